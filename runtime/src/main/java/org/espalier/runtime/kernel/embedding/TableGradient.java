package org.espalier.runtime.kernel.embedding;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient by a table, [rows, columns], with the rows of it that may be other than 0: those of the numbers that
 * occurred since it was last begun. So that the next one need not clear, nor an update read, what is 0 anyway.
 */
public final class TableGradient {
    private final INDArray array;
    private int[] rows = {};
    private boolean whole = true;
    private boolean givenOut;

    /** One of which nothing is known. */
    public TableGradient(INDArray array) {
        this.array = array;
    }

    /** All rows. */
    public INDArray array() {
        return array;
    }

    /** Tells whether any row may be other than 0. */
    public boolean isWhole() {
        return whole;
    }

    /** The rows that may be other than 0, ascending, unless all of them may. */
    public int[] rows() {
        return rows;
    }

    /** Takes note that any row may have been written. */
    public void writtenWhole() {
        whole = true;
        rows = new int[0];
    }

    /** Takes note that others may write to it at any time, from now on. */
    public void givenOut() {
        givenOut = true;
        writtenWhole();
    }

    /** Takes note that all is 0. */
    void cleared() {
        whole = givenOut;
        rows = new int[0];
    }

    /** Takes note that some rows were written. */
    void written(int[] further) {
        if (!whole) {
            rows = rows.length == 0
                    ? further
                    : IntStream.concat(Arrays.stream(rows), Arrays.stream(further))
                            .sorted()
                            .distinct()
                            .toArray();
        }
    }
}
