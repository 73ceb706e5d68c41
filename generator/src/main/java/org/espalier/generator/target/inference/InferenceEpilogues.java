package org.espalier.generator.target.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.Storage;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sum and the activation behind a convolution that its kernel can do on its way to memory. What they compute
 * has to lie where the convolution's own result would or where the other summand is, so that nothing is overwritten
 * that the convolution still reads.
 */
final class InferenceEpilogues {
    private static final Set<String> CONVOLUTIONS =
            Set.of("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d");

    private final Storage storage;

    /** Tells whether one operation alone reads a value. */
    private final Predicate<Value> readOnce;

    InferenceEpilogues(Storage storage, Predicate<Value> readOnce) {
        this.storage = storage;
        this.readOnce = readOnce;
    }

    /** The operations behind the first that go with it; none if it is no convolution. */
    List<Op> behind(List<Op> operations) {
        Op head = operations.get(0);
        List<Op> behind = new ArrayList<>();
        if (!CONVOLUTIONS.contains(head.call().kernel())) {
            return behind;
        }
        Value result = head.result();
        @Nullable Value summand = null;
        if (operations.size() > 1 && isSum(operations.get(1), result)) {
            Op sum = operations.get(1);
            summand = summand(sum, result);
            behind.add(sum);
            result = sum.result();
        }
        if (operations.size() > behind.size() + 1 && isCurve(operations.get(behind.size() + 1), result)) {
            behind.add(operations.get(behind.size() + 1));
        }
        while (!behind.isEmpty() && !isInPlace(behind.get(behind.size() - 1).result(), head.result(), summand)) {
            behind.remove(behind.size() - 1);
        }
        return behind;
    }

    private boolean isInPlace(Value last, Value first, @Nullable Value summand) {
        return storage.same(last, first) || (summand != null && storage.same(last, summand));
    }

    private boolean isSum(Op op, Value result) {
        return op.call().kernel().equals("add")
                && op.inputs().size() == 2
                && op.inputs().contains(result)
                && readOnce.test(result)
                && op.inputs().stream().allMatch(value -> value.shape().equals(result.shape()));
    }

    /** Returns the value that an addition adds to another. */
    private static Value summand(Op sum, Value to) {
        return sum.inputs().get(sum.inputs().get(0).equals(to) ? 1 : 0);
    }

    private boolean isCurve(Op op, Value result) {
        return op.call().owner() == KernelCall.Owner.ACTIVATIONS
                && op.isElementwise()
                && op.inputs().equals(List.of(result))
                && readOnce.test(result);
    }
}
