package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
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
 * {@code cat} joins tensors along an axis that they have, {@code stack} along a new one.
 *
 * @param inputCount how many tensors
 * @param alongNew whether the axis is a new one
 */
public record Joining(String word, int inputCount, Axis axis, boolean alongNew) implements LayerRule {
    /** More would make a call longer than a reader, or in the end the JVM, takes. */
    private static final int MOST = 200;

    public static final List<Builtin> ALL = List.of(of("cat", false), of("concatenate", false), of("stack", true));

    private static Builtin of(String word, boolean alongNew) {
        return TensorFunction.of(
                Signature.of(word)
                        .required("tensors", Type.TENSORS)
                        .required("dim", Type.INT)
                        .build(),
                arguments -> {
                    int count = Type.elements(arguments.get("tensors")).size();
                    if (count > MOST) {
                        arguments.outOfRange("tensors", "at most " + MOST + " tensors");
                    }
                    return new Joining(word, count, Axis.any(arguments, "dim"), alongNew);
                });
    }

    @Override
    public String kind() {
        return word;
    }

    private int place(Shape x) {
        return axis.dim() < 0 ? axis.dim() + x.rank() + (alongNew ? 1 : 0) : axis.dim();
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape first = inputs.get(0);
        int place = place(first);
        int rank = first.rank() + (alongNew ? 1 : 0);
        if (place < first.firstAxis() || place >= rank) {
            return axis.misfit(word, first);
        }
        boolean alike = inputs.stream()
                .allMatch(shape -> shape.rank() == first.rank()
                        && (alongNew ? shape : shape.with(place, first.axis(place))).equals(first));
        if (!alike) {
            return new Fit.Misfit(
                    DiagnosticCode.MERGE_MISMATCH,
                    List.of(
                            word,
                            alongNew ? "tensors of one shape" : "tensors that differ only along axis " + axis.dim(),
                            inputs.stream().map(Shape::toString).collect(Collectors.joining(" and "))),
                    Optional.empty());
        }
        long length = inputs.stream()
                .mapToLong(shape -> alongNew ? 1 : shape.axis(place))
                .sum();
        int size = Math.toIntExact(Math.min(Integer.MAX_VALUE, length));
        Shape joined = alongNew ? first.inserting(place, size) : first.with(place, size);
        return Fit.of(word, joined.batched(), joined.dimensions());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        int place = place(inputs.get(0).shape());
        List<Value> parts = new ArrayList<>();
        for (Value input : inputs) {
            if (!alongNew) {
                parts.add(input);
                continue;
            }
            Value part = wiring.between("part", input.shape().inserting(place, 1));
            wiring.add(new Reshape(wiring.origin(), input, part));
            parts.add(part);
        }
        wiring.add(new Concat(wiring.origin(), parts, outputs.get(0), place));
    }
}
