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
                    return new Joining(word, count, Axis.read(arguments, "dim"), alongNew);
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
    public Fit fit(List<Shape> inputs) {
        Shape first = inputs.get(0);
        int place = place(first);
        int rank = first.rank() + (alongNew ? 1 : 0);
        if (place < 1 || place >= rank) {
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
        List<Integer> sizes = new ArrayList<>(first.dimensions());
        if (alongNew) {
            sizes.add(place - 1, inputs.size());
        } else {
            sizes.set(
                    place - 1,
                    Math.toIntExact(Math.min(
                            Integer.MAX_VALUE,
                            inputs.stream()
                                    .mapToLong(shape -> shape.axis(place))
                                    .sum())));
        }
        return Fit.of(word, sizes.stream().mapToLong(Integer::longValue).toArray());
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
            List<Integer> sizes = new ArrayList<>(input.shape().dimensions());
            sizes.add(place - 1, 1);
            Value part = wiring.between("part", new Shape(true, sizes));
            wiring.add(new Reshape(wiring.origin(), input, part));
            parts.add(part);
        }
        wiring.add(new Concat(wiring.origin(), parts, outputs.get(0), place));
    }
}
