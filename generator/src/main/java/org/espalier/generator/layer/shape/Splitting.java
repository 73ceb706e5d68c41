package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code chunk}, {@code split} and {@code unbind}: a tensor in parts that follow each other along an axis.
 *
 * @param outputCount how many parts
 * @param drops whether the parts, which are of size 1, have the axis no longer
 * @param wanted what the axis must be, for messages
 * @param sizes of the parts of an axis, if it can be divided so
 */
public record Splitting(
        String word,
        int outputCount,
        Axis axis,
        boolean drops,
        String wanted,
        IntFunction<Optional<List<Integer>>> sizes)
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
            new Builtin(
                    Builtin.Kind.TENSOR_FUNCTION,
                    Signature.of("split")
                            .required("tensor", Type.TENSOR)
                            .required("split_size_or_sections", Type.SHAPE)
                            .required("dim", Type.INT)
                            .build(),
                    Splitting::split),
            new Builtin(
                    Builtin.Kind.TENSOR_FUNCTION,
                    Signature.of("unbind")
                            .required("input", Type.TENSOR)
                            .required("dim", Type.INT)
                            .build(),
                    (site, arguments) -> unbind(site, arguments.get("input"), Axis.any(arguments, "dim"))));

    private static Splitting chunk(Arguments arguments) {
        int chunks = arguments.integer("chunks", 1);
        if (chunks > MOST) {
            arguments.outOfRange("chunks", "at most " + MOST);
        }
        return new Splitting(
                "chunk",
                chunks,
                Axis.any(arguments, "dim"),
                false,
                chunks + " chunks can be made of",
                size -> chunks(size, chunks));
    }

    /** Of ⌈size / chunks⌉ elements each, the last of what is left; none may be missing. */
    private static Optional<List<Integer>> chunks(int size, int chunks) {
        return chunks(size, chunks, (size + chunks - 1) / chunks);
    }

    private static Optional<List<Integer>> chunks(int size, int chunks, int each) {
        int last = size - each * (chunks - 1);
        if (last < 1) {
            return Optional.empty();
        }
        List<Integer> sizes = new ArrayList<>(Collections.nCopies(chunks - 1, each));
        sizes.add(last);
        return Optional.of(sizes);
    }

    private static Datum split(CallSite site, Arguments arguments) {
        List<Integer> sections = arguments.sizes("split_size_or_sections", 1);
        if (sections.size() > MOST) {
            arguments.outOfRange("split_size_or_sections", "at most " + MOST + " sizes");
        }
        Axis axis = Axis.any(arguments, "dim");
        List<Datum> tensor = List.of(arguments.get("tensor"));
        if (!arguments.areSound()) {
            return site.session().unknown();
        }
        if (sections.size() == 1) {
            int each = sections.get(0);
            return new Datum.Sections(
                    count -> parts(site, "split", count, sized(count, axis, each), tensor),
                    place -> TensorFunction.apply(site, "split", Subscript.section(axis, each, place), tensor));
        }
        long all = sections.stream().mapToLong(Integer::longValue).sum();
        Splitting rule = new Splitting(
                "split",
                sections.size(),
                axis,
                false,
                "is " + all + " long",
                size -> size == all ? Optional.of(sections) : Optional.empty());
        return TensorFunction.apply(site, "split", rule, tensor);
    }

    /** Parts of one size, the last of what is left. */
    private static Splitting sized(int count, Axis axis, int each) {
        return new Splitting(
                "split",
                count,
                axis,
                false,
                "makes " + Words.count(count, "part") + " of " + each,
                size -> (size + each - 1) / each == count ? chunks(size, count, each) : Optional.empty());
    }

    /** Every element of an axis, which is dropped. */
    private static Datum unbind(CallSite site, Datum tensor, Axis axis) {
        return new Datum.Sections(
                count -> {
                    Splitting rule = new Splitting(
                            "unbind",
                            count,
                            axis,
                            true,
                            "is " + count + " long",
                            size -> size == count ? Optional.of(Collections.nCopies(count, 1)) : Optional.empty());
                    return parts(site, "unbind", count, rule, List.of(tensor));
                },
                place -> TensorFunction.apply(
                        site, "unbind", Subscript.element("unbind", axis, place), List.of(tensor)));
    }

    private static List<Datum> parts(CallSite site, String word, int count, Splitting rule, List<Datum> tensor) {
        Datum parts = TensorFunction.apply(site, word, rule, tensor);
        return parts instanceof Datum.Unknown
                ? Collections.nCopies(count, parts)
                : parts instanceof Datum.Tuple tuple ? tuple.elements() : List.of(parts);
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
                        parts.stream().map(size -> part(x, place, size)).toList()))
                .orElseGet(() -> Fit.mismatch(word, "a tensor whose axis " + axis.dim() + " " + wanted, x));
    }

    private Shape part(Shape x, int place, int size) {
        if (!drops) {
            return x.with(place, size);
        }
        List<Integer> sizes = new ArrayList<>(x.dimensions());
        sizes.remove(place - x.firstAxis());
        return new Shape(x.batched(), sizes);
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value x = inputs.get(0);
        int place = axis.of(x.shape());
        if (!drops) {
            wiring.add(Slice.split(wiring.origin(), x, outputs, place));
            return;
        }
        List<Value> kept = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            kept.add(wiring.between("part" + i, x.shape().with(place, 1)));
        }
        wiring.add(Slice.split(wiring.origin(), x, kept, place));
        for (int i = 0; i < outputs.size(); i++) {
            wiring.add(new Reshape(wiring.origin(), kept.get(i), outputs.get(i)));
        }
    }
}
