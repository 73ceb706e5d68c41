package org.espalier.runtime.kernel.memory;

import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's arrays, made outside its workspaces: a caller may have one open, and arrays made in it end with it, or are
 * overwritten when it is opened again.
 */
public final class NdArrays {
    private NdArrays() {}

    /** An array in 'c' order of whatever the memory held, in no workspace. */
    public static INDArray detached(DataType type, long... shape) {
        return detached(() -> Nd4j.createUninitialized(type, shape, 'c'));
    }

    /** A copy in 'c' order, in no workspace. */
    public static INDArray detachedCopy(INDArray array) {
        return detached(() -> array.dup('c'));
    }

    /** An array made in no workspace. */
    // The scope is there for what opening and closing it does.
    @SuppressWarnings("try")
    public static INDArray detached(Supplier<INDArray> making) {
        NativeLibraries.load();
        if (Nd4j.getMemoryManager().getCurrentWorkspace() == null) {
            return making.get();
        }
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return making.get();
        }
    }

    /**
     * Tells kernels, which remember arrays by their identity, that this one is not only theirs: it may have other
     * memory or another shape than when they last saw it.
     */
    public static void recheck(INDArray array) {
        Operand.recheck(array);
    }

    /** The array as one sample: what has no batch gets one of 1, so that kernels work along its first axis. */
    public static INDArray asSample(INDArray array) {
        long[] shape = new long[array.rank() + 1];
        shape[0] = 1;
        System.arraycopy(array.shape(), 0, shape, 1, array.rank());
        return detached(() -> array.reshape('c', shape));
    }

    /** Returns the address of an array's first element. */
    public static long address(INDArray array) {
        return array.data().pointer().address()
                + array.offset() * array.dataType().width();
    }
}
