package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code chunk} and {@code split}: a tensor in parts that follow each other along an axis.
 *
 * @param outputCount how many parts
 * @param wanted what the axis must be, for messages
 * @param sizes of the parts of an axis, if it can be divided so
 */
public record Splitting(
        String word, int outputCount, Axis axis, String wanted, IntFunction<Optional<List<Integer>>> sizes)
        implements LayerRule {
    /** More would make a call longer than a reader, or in the end the JVM, takes. */
    private static final int MOST = 200;

    public static final List<Builtin> ALL = List.of(
            TensorFunction.of(
                    Signature.of("chunk")
                            .required("input", Type.TENSOR)
                            .required("chunks", Type.INT)
                            .required("dim", Type.INT)
                            .build(),
                    Splitting::chunk),
            TensorFunction.of(
                    Signature.of("split")
                            .required("tensor", Type.TENSOR)
                            .required("split_size_or_sections", Type.SHAPE)
                            .required("dim", Type.INT)
                            .build(),
                    Splitting::split));

    private static Splitting chunk(Arguments arguments) {
        int chunks = arguments.integer("chunks", 1);
        if (chunks > MOST) {
            arguments.outOfRange("chunks", "at most " + MOST);
        }
        return new Splitting(
                "chunk",
                chunks,
                Axis.any(arguments, "dim"),
                chunks + " chunks can be made of",
                size -> chunks(size, chunks));
    }

    /** Of ⌈size / chunks⌉ elements each, the last of what is left; none may be missing. */
    private static Optional<List<Integer>> chunks(int size, int chunks) {
        int each = (size + chunks - 1) / chunks;
        int last = size - each * (chunks - 1);
        if (last < 1) {
            return Optional.empty();
        }
        List<Integer> sizes = new ArrayList<>(Collections.nCopies(chunks - 1, each));
        sizes.add(last);
        return Optional.of(sizes);
    }

    private static Splitting split(Arguments arguments) {
        List<Integer> sections = arguments.sizes("split_size_or_sections", 1);
        if (sections.size() < 2) {
            // PyTorch reads one size as that of every part; how many there are would depend on the shape.
            arguments.outOfRange(
                    "split_size_or_sections",
                    "the size of each part, as in (8, 16); chunk(x, 3, dim) makes equal parts");
        }
        if (sections.size() > MOST) {
            arguments.outOfRange("split_size_or_sections", "at most " + MOST + " sizes");
        }
        long all = sections.stream().mapToLong(Integer::longValue).sum();
        return new Splitting(
                "split",
                sections.size(),
                Axis.any(arguments, "dim"),
                "is " + all + " long",
                size -> size == all ? Optional.of(sections) : Optional.empty());
    }

    @Override
    public String kind() {
        return word;
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        if (!axis.isOf(x)) {
            return axis.misfit(word, x);
        }
        int place = axis.of(x);
        return sizes.apply(x.axis(place))
                .<Fit>map(parts -> new Fit.Fitting(
                        parts.stream().map(size -> x.with(place, size)).toList()))
                .orElseGet(() -> Fit.mismatch(word, "a tensor whose axis " + axis.dim() + " " + wanted, x));
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value x = inputs.get(0);
        wiring.add(Slice.split(wiring.origin(), x, outputs, axis.of(x.shape())));
    }
}
