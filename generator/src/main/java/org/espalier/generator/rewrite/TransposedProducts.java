package org.espalier.generator.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.linear.MatMul;
import org.espalier.generator.layer.shape.Permute;

/**
 * Lets products read transposed matrices where they lie: {@code q @ k.transpose(-2, -1)} moves nothing, and neither
 * does {@code x @ weight.t()}.
 */
final class TransposedProducts {
    private TransposedProducts() {}

    static List<ForwardOp> fold(List<ForwardOp> operations, Set<Value> kept) {
        Map<Value, Permute> transposes = new HashMap<>();
        List<ForwardOp> folded = new ArrayList<>();
        for (ForwardOp op : operations) {
            if (op instanceof Permute permute && isTranspose(permute)) {
                transposes.put(permute.y(), permute);
            }
            folded.add(
                    op instanceof MatMul product
                            ? folded(product, transposes)
                            : op instanceof Linear linear ? folded(linear, transposes) : op);
        }
        return read(folded, transposes.keySet(), kept);
    }

    /** The operations without those transposes that nothing reads any more. */
    private static List<ForwardOp> read(List<ForwardOp> operations, Set<Value> transposes, Set<Value> kept) {
        Set<Value> read = new HashSet<>(kept);
        Deque<ForwardOp> left = new ArrayDeque<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            ForwardOp op = operations.get(i);
            if (!transposes.contains(op.result()) || read.contains(op.result())) {
                left.addFirst(op);
                read.addAll(op.inputs());
            }
        }
        return List.copyOf(left);
    }

    /** Tells whether it exchanges the last two axes alone. */
    private static boolean isTranspose(Permute permute) {
        List<Integer> order = permute.order();
        int rank = order.size();
        return rank >= 2
                && order.get(rank - 2) == rank - 1
                && order.get(rank - 1) == rank - 2
                && IntStream.range(0, rank - 2).allMatch(axis -> order.get(axis) == axis);
    }

    /** A weight that was transposed twice is the one that there was. */
    private static Linear folded(Linear linear, Map<Value, Permute> transposes) {
        return Optional.ofNullable(transposes.get(linear.weight()))
                .flatMap(twice -> Optional.ofNullable(transposes.get(twice.x())))
                .map(once -> new Linear(linear.origin(), linear.x(), once.x(), linear.bias(), linear.y()))
                .orElse(linear);
    }

    private static MatMul folded(MatMul product, Map<Value, Permute> transposes) {
        Optional<Permute> a = Optional.ofNullable(transposes.get(product.a()));
        Optional<Permute> b = Optional.ofNullable(transposes.get(product.b()));
        return new MatMul(
                product.origin(),
                a.map(Permute::x).orElse(product.a()),
                b.map(Permute::x).orElse(product.b()),
                product.y(),
                product.transposeA() ^ a.isPresent(),
                product.transposeB() ^ b.isPresent());
    }
}
