package org.espalier.generator.layer.linear;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.elementwise.Broadcasting;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.shape.Permute;

/**
 * {@code a @ b}, {@code matmul(a, b)} and {@code bmm(a, b)}: the product of [batch, …, n, k] and [batch, …, k, m],
 * matrix by matrix. The axes before the last two are repeated as PyTorch broadcasts them. A matrix that all samples
 * share, such as a parameter [k, m], is the weight of a {@code Linear}.
 */
public record Product(String word) implements LayerRule {
    private static final Function IDENTITY = Elementwise.formula("expand", List.of("x"), "x", Map.of());

    public static final List<Builtin> ALL = List.of(of("matmul"), of("bmm"));

    private static Builtin of(String word) {
        Signature signature = Signature.of(word)
                .required("input", Type.TENSOR)
                .required("other", Type.TENSOR)
                .build();
        return TensorFunction.of(signature, arguments -> new Product(word));
    }

    @Override
    public String kind() {
        return "matmul";
    }

    @Override
    public int inputCount() {
        return 2;
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape a = inputs.get(0);
        Shape b = inputs.get(1);
        return shape(a, b)
                .<Fit>map(shape -> Fit.of(word, shape.batched(), shape.dimensions()))
                .orElseGet(() -> new Fit.Misfit(
                        DiagnosticCode.MERGE_MISMATCH,
                        List.of(word, "[batch, …, n, k] and [batch, …, k, m]", a + " and " + b),
                        Optional.empty()));
    }

    private static boolean isMatrix(Shape shape) {
        return shape.rank() - shape.firstAxis() >= 2;
    }

    /** A matrix that all samples share. */
    private static boolean isShared(Shape shape) {
        return !shape.batched() && shape.rank() == 2;
    }

    /** The shape of the product. */
    private static Optional<Shape> shape(Shape a, Shape b) {
        if (a.batched() && isShared(b)) {
            return a.rank() > 1 && a.last() == b.axis(0) ? Optional.of(a.withLast(b.last())) : Optional.empty();
        }
        if (!isMatrix(a) || !isMatrix(b) || a.last() != b.axis(b.rank() - 2)) {
            return Optional.empty();
        }
        Shape rows = a.with(a.rank() - 1, 1);
        Shape columns = b.with(b.rank() - 2, 1);
        return Broadcasting.shape(List.of(rows, columns));
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value y = outputs.get(0);
        int rank = y.shape().rank();
        Value a = inputs.get(0);
        Value b = inputs.get(1);
        if (a.shape().batched() && isShared(b.shape())) {
            wiring.add(new Linear(wiring.origin(), a, transposed(wiring, "weight", b), Optional.empty(), y));
            return;
        }
        if (isShared(a.shape()) && b.shape().batched()) {
            Value x = transposed(wiring, "columns", b);
            Value rows = wiring.between("rows", exchanged(y.shape()));
            wiring.add(new Linear(wiring.origin(), x, a, Optional.empty(), rows));
            wiring.add(new Permute(wiring.origin(), rows, y, order(rank)));
            return;
        }
        int inner = a.shape().last();
        Value left = expanded(wiring, a, y.shape().with(rank - 1, inner));
        Value right = expanded(wiring, b, y.shape().with(rank - 2, inner));
        wiring.add(new MatMul(wiring.origin(), left, right, y, false, false));
    }

    /** The order of axes of which the last two are exchanged. */
    private static List<Integer> order(int rank) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.swap(order, rank - 2, rank - 1);
        return order;
    }

    private static Shape exchanged(Shape shape) {
        return Permute.of(shape, order(shape.rank()));
    }

    private static Value transposed(Wiring wiring, String name, Value value) {
        Value transposed = wiring.between(name, exchanged(value.shape()));
        wiring.add(new Permute(
                wiring.origin(), value, transposed, order(value.shape().rank())));
        return transposed;
    }

    private static Value expanded(Wiring wiring, Value value, Shape shape) {
        if (value.shape().equals(shape)) {
            return value;
        }
        Value expanded = wiring.between("expanded", shape);
        int axis = value.shape().batched() ? 0 : shape.rank() - value.shape().rank();
        wiring.add(new Elementwise(wiring.origin(), IDENTITY, List.of(value), List.of(axis), expanded));
        return expanded;
    }
}
