package org.espalier.generator.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.linear.MatMul;
import org.espalier.generator.layer.shape.Permute;

/** Lets products read transposed matrices where they lie: {@code q @ k.transpose(-2, -1)} moves nothing. */
final class TransposedProducts {
    private TransposedProducts() {}

    static List<ForwardOp> fold(List<ForwardOp> operations, Set<Value> kept) {
        Map<Value, Permute> transposes = new HashMap<>();
        List<ForwardOp> folded = new ArrayList<>();
        for (ForwardOp op : operations) {
            if (op instanceof Permute permute && isTranspose(permute)) {
                transposes.put(permute.y(), permute);
            }
            folded.add(op instanceof MatMul product ? folded(product, transposes) : op);
        }
        Map<Value, Integer> readers = Rewrite.readers(folded);
        return folded.stream()
                .filter(op -> !transposes.containsKey(op.result())
                        || readers.containsKey(op.result())
                        || kept.contains(op.result()))
                .toList();
    }

    /** Tells whether it exchanges the last two axes alone. */
    private static boolean isTranspose(Permute permute) {
        List<Integer> order = permute.order();
        int rank = order.size();
        return rank > 2
                && order.get(rank - 2) == rank - 1
                && order.get(rank - 1) == rank - 2
                && IntStream.range(0, rank - 2).allMatch(axis -> order.get(axis) == axis);
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
