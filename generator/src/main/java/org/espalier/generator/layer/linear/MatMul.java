package org.espalier.generator.layer.linear;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y = a b, matrix by matrix: a is [batch, …, m, k], b [batch, …, k, n], y [batch, …, m, n], or each without a batch.
 * Either may be given transposed, which costs nothing.
 *
 * @param transposeA whether a is [batch, …, k, m]
 * @param transposeB whether b is [batch, …, n, k]
 */
public record MatMul(Origin origin, Value a, Value b, Value y, boolean transposeA, boolean transposeB)
        implements ForwardOp {
    private static final String TRANSPOSE_A = "transpose_a";
    private static final String TRANSPOSE_B = "transpose_b";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "matmul",
            p -> new MatMul(p.origin(), p.operand(), p.operand(), p.result(), p.flag(TRANSPOSE_A), p.flag(TRANSPOSE_B)),
            "matmul_backward",
            p -> new Backward(
                    p.origin(), p.operand(), p.operand(), p.result(), p.flag(TRANSPOSE_A), p.flag(TRANSPOSE_B)));

    @Override
    public OpSignature signature() {
        return signature("matmul", a, b, y, transposeA, transposeB);
    }

    private static OpSignature signature(
            String name, Value a, Value b, Value y, boolean transposeA, boolean transposeB) {
        return OpSignature.of(name)
                .from(a, b)
                .to(y)
                .attribute(TRANSPOSE_A, transposeA)
                .attribute(TRANSPOSE_B, transposeB)
                .build();
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.add("MatMul", matrix(nodes, a, transposeA), matrix(nodes, b, transposeB)));
    }

    private static String matrix(OnnxNodes nodes, Value value, boolean transpose) {
        int rank = value.shape().rank();
        return transpose ? nodes.exchanged(nodes.of(value), rank, rank - 2, rank - 1) : nodes.of(value);
    }

    @Override
    public List<String> violations() {
        return check(a, b, y, transposeA, transposeB).violations();
    }

    private static ShapeCheck check(Value a, Value b, Value y, boolean transposeA, boolean transposeB) {
        int rank = a.shape().rank();
        return new ShapeCheck()
                .that(rank - a.shape().firstAxis() >= 2, () -> a + " is " + a.shape() + " and should be a matrix")
                .that(
                        b.shape().batched() == a.shape().batched() && b.shape().rank() == rank,
                        () -> b + " is " + b.shape() + " and should have as many axes as " + a.shape())
                .then(check -> {
                    int rows = a.shape().axis(transposeA ? rank - 1 : rank - 2);
                    int inner = a.shape().axis(transposeA ? rank - 2 : rank - 1);
                    int columns = b.shape().axis(transposeB ? rank - 2 : rank - 1);
                    Shape left = a.shape().with(rank - 2, inner);
                    check.equal(b, transposeB ? left.with(rank - 2, columns).withLast(inner) : left.withLast(columns))
                            .equal(y, left.with(rank - 2, rows).withLast(columns));
                });
    }

    @Override
    public MatMul untransposed(Function<Value, Optional<Value>> original) {
        Optional<Value> left = original.apply(a);
        Optional<Value> right = original.apply(b);
        return new MatMul(
                origin,
                left.orElse(a),
                right.orElse(b),
                y,
                transposeA ^ left.isPresent(),
                transposeB ^ right.isPresent());
    }

    @Override
    public List<Value> strided() {
        return List.of(a, b, y);
    }

    @Override
    public long multiplyAdds() {
        return y.shape().elements() * inner(a, transposeA);
    }

    private static int inner(Value a, boolean transposeA) {
        int rank = a.shape().rank();
        return a.shape().axis(transposeA ? rank - 2 : rank - 1);
    }

    // y = a b: da = dY bᵀ, db = aᵀ dY; of one that is transposed, the transpose of that.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(
                b,
                db -> transposeB
                        ? new Backward(origin, dY, a, db, true, transposeA)
                        : new Backward(origin, a, dY, db, !transposeA, false));
        tape.contribute(
                a,
                da -> transposeA
                        ? new Backward(origin, b, dY, da, transposeB, true)
                        : new Backward(origin, dY, b, da, false, !transposeB));
    }

    /** A product that is the gradient by an operand of another: one of a and b is the gradient by y. */
    public record Backward(Origin origin, Value a, Value b, Value product, boolean transposeA, boolean transposeB)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return MatMul.signature("matmul_backward", a, b, product, transposeA, transposeB);
        }

        @Override
        public List<String> violations() {
            return check(a, b, product, transposeA, transposeB).violations();
        }

        @Override
        public List<Value> strided() {
            return List.of(a, b, product);
        }

        @Override
        public long multiplyAdds() {
            return product.shape().elements() * inner(a, transposeA);
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(
                    "matmul",
                    new Argument.Operand(a),
                    new Argument.Operand(b),
                    new Argument.Operand(product),
                    new Argument.Flag(transposeA),
                    new Argument.Flag(transposeB));
        }
    }
}
