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
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;

/**
 * Lets products read transposed matrices where they lie: {@code q @ k.transpose(-2, -1)} moves nothing, and neither
 * does {@code x @ weight.t()}.
 */
final class TransposedProducts {
    private TransposedProducts() {}

    static List<ForwardOp> fold(List<ForwardOp> operations, Set<Value> kept) {
        Map<Value, Value> transposes = new HashMap<>();
        List<ForwardOp> folded = new ArrayList<>();
        for (ForwardOp op : operations) {
            op.transposed().ifPresent(matrix -> transposes.put(op.result(), matrix));
            folded.add(op.untransposed(value -> Optional.ofNullable(transposes.get(value))));
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
}
