package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code permute}, {@code transpose} and {@code t}: axes in another order. A batch stays the first.
 *
 * @param wanted what the tensor must be like, for messages
 * @param order the order of the axes of a shape, if it has them
 */
public record Permuting(String word, String wanted, Function<Shape, Optional<List<Integer>>> order)
        implements UnaryRule {
    public static final List<Builtin> ALL = List.of(
            TensorFunction.of(
                    Signature.of("permute")
                            .required("input", Type.TENSOR)
                            .rest("dims", Type.SIZES)
                            .build(),
                    Permuting::permute),
            TensorFunction.of(
                    Signature.of("transpose")
                            .required("input", Type.TENSOR)
                            .required("dim0", Type.INT)
                            .required("dim1", Type.INT)
                            .build(),
                    arguments -> {
                        Axis one = Axis.any(arguments, "dim0");
                        Axis other = Axis.any(arguments, "dim1");
                        return new Permuting(
                                "transpose",
                                "a tensor with axes " + one.dim() + " and " + other.dim(),
                                x -> exchanged(x, one, other));
                    }),
            TensorFunction.of(
                    Signature.of("t").required("input", Type.TENSOR).build(),
                    arguments -> new Permuting(
                            "t",
                            "a matrix without a batch, such as a parameter [rows, columns]",
                            x -> x.rank() == 2 ? exchanged(x, new Axis(0), new Axis(1)) : Optional.empty())));

    /** {@code x.mT}, the matrices of the last two axes with these exchanged, and {@code weight.T} of one matrix. */
    public static Optional<LayerRule> member(String name) {
        return switch (name) {
            case "mT" ->
                Optional.of(new Permuting(
                        "mT",
                        "a tensor with two axes, of which none is the batch, at its end",
                        x -> x.rank() < 2 ? Optional.empty() : exchanged(x, new Axis(-2), new Axis(-1))));
            case "T" ->
                Optional.of(new Permuting(
                        "T",
                        "a matrix without a batch, such as a parameter [rows, columns]",
                        x -> x.rank() == 2 ? exchanged(x, new Axis(0), new Axis(1)) : Optional.empty()));
            default -> Optional.empty();
        };
    }

    private static Permuting permute(Arguments arguments) {
        List<Integer> dims = arguments.rest("dims").stream()
                .flatMap(dim -> Type.elements(dim).stream())
                .map(dim -> Math.toIntExact(Math.max(-1000, Math.min(1000, ((Datum.Int) dim).value()))))
                .toList();
        if (dims.isEmpty()) {
            arguments.outOfRange("dims", "an order of all axes");
        }
        String wanted = "a tensor with " + dims.size() + " axes, of which a batch stays the first";
        return new Permuting("permute", wanted, x -> ordered(x, dims));
    }

    private static Optional<List<Integer>> ordered(Shape x, List<Integer> dims) {
        List<Integer> order =
                dims.stream().map(dim -> dim < 0 ? dim + x.rank() : dim).toList();
        boolean all = order.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, x.rank()).boxed().toList());
        return all && (!x.batched() || order.get(0) == 0) ? Optional.of(order) : Optional.empty();
    }

    private static Optional<List<Integer>> exchanged(Shape x, Axis one, Axis other) {
        if (!one.isOf(x) || !other.isOf(x)) {
            return Optional.empty();
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        Collections.swap(order, one.of(x), other.of(x));
        return Optional.of(order);
    }

    @Override
    public boolean convertsWhole() {
        return true;
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
    public Fit fit(Shape x) {
        return order.apply(x)
                .<Fit>map(axes -> new Fit.Fitting(Permute.of(x, axes)))
                .orElseGet(() -> Fit.mismatch(word, wanted, x));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        List<Integer> axes = order.apply(x.shape()).orElseThrow();
        boolean same = IntStream.range(0, axes.size()).allMatch(axis -> axes.get(axis) == axis);
        wiring.add(same ? new Reshape(wiring.origin(), x, y) : new Permute(wiring.origin(), x, y, axes));
    }
}
