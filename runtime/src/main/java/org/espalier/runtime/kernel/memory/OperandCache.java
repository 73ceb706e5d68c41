package org.espalier.runtime.kernel.memory;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Remembers the operands that were made last, weakly, by the identity of their arrays. */
final class OperandCache {
    private static final int REMEMBERED = 4096;

    /** Entries are immutable, so a race costs at most a second making. */
    private final @Nullable Operand[] operands = new Operand[REMEMBERED];

    /** The operand of an array that is open. */
    Operand of(INDArray array) {
        int slot = slot(array);
        Operand known = operands[slot];
        if (known != null && known.isOf(array)) {
            return known;
        }
        Operand made = new Operand(array);
        operands[slot] = made;
        return made;
    }

    /** Forgets what is remembered of an array if its owner has given it other memory or another shape since. */
    void recheck(INDArray array) {
        int slot = slot(array);
        Operand known = operands[slot];
        if (known != null && known.isOf(array) && !known.isCurrent(array)) {
            operands[slot] = null;
        }
    }

    private static int slot(INDArray array) {
        return System.identityHashCode(array) & (REMEMBERED - 1);
    }
}
