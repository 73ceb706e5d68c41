package org.espalier.runtime.kernel.product;

import org.espalier.runtime.kernel.memory.Operand;

/**
 * The matrices of an array [batch, …, rows, columns], or of one without a batch, wherever they lie: those of the heads
 * of attention, for instance, between each other.
 */
final class Matrices {
    final Operand operand;
    final int rows;
    final int columns;

    /** Elements from a row to the next, or from a column to the next if {@link #transposed}. */
    final int stride;

    /** Tells whether the columns are contiguous, rather than the rows. */
    final boolean transposed;

    /** Offsets of the matrices of the first sample, in elements. */
    private final int[] starts;

    private final int sampleStride;

    /** Looks at an array whose last two axes are those of matrices. */
    Matrices(Operand operand) {
        this.operand = operand;
        int rank = operand.rank();
        rows = operand.size(rank - 2);
        columns = operand.size(rank - 1);
        int rowStride = operand.stride(rank - 2);
        int columnStride = operand.stride(rank - 1);
        transposed = columns > 1 && columnStride != 1;
        if (transposed && rows > 1 && rowStride != 1) {
            throw new IllegalArgumentException("neither the rows nor the columns of matrices " + rows + " by " + columns
                    + " are contiguous, but " + rowStride + " and " + columnStride + " elements apart; pass dup('c')");
        }
        // A single row has none after it, so how far apart rows lie says nothing.
        stride = transposed ? Math.max(rows, columnStride) : rows > 1 ? Math.max(columns, rowStride) : columns;
        boolean batched = rank > 2;
        sampleStride = batched ? operand.stride(0) : 0;
        starts = starts(operand, batched ? 1 : 0, rank - 2);
    }

    /** Offsets of the blocks of an array along some of its axes. */
    private static int[] starts(Operand operand, int fromAxis, int toAxis) {
        int[] starts = new int[1];
        for (int axis = fromAxis; axis < toAxis; axis++) {
            int size = operand.size(axis);
            int[] further = new int[starts.length * size];
            for (int i = 0; i < further.length; i++) {
                further[i] = starts[i / size] + i % size * operand.stride(axis);
            }
            starts = further;
        }
        return starts;
    }

    /** Matrices of all samples. */
    int count() {
        return starts.length * (operand.rank() > 2 ? operand.samples : 1);
    }

    /** The offset of a matrix, in elements. */
    int start(int matrix) {
        return matrix / starts.length * sampleStride + starts[matrix % starts.length];
    }

    /** Returns the distance of an element of a matrix from its first. */
    int place(int row, int column) {
        return transposed ? column * stride + row : row * stride + column;
    }
}
