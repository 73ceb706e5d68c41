package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Hides what comes later: of matrices [batch, …, rows, columns], element j of row i is hidden where i < j. */
public final class CausalMask {
    private CausalMask() {}

    /** y = x, and {@code hidden} where it is hidden. y may be x. */
    public static void apply(INDArray x, INDArray y, double hidden) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        int columns = Math.toIntExact(x.size(x.rank() - 1));
        int rows = Math.toIntExact(x.size(x.rank() - 2));
        int matrices = from.sampleSize / (rows * columns);
        Channels.forEach(from.samples * matrices, rows * columns, matrix -> {
            int place = matrix % matrices * rows * columns;
            int start = matrix / matrices * from.sampleStride + place;
            int end = matrix / matrices * to.sampleStride + place;
            if (from.isFloat) {
                float[] row = Scratch.get().row(columns);
                for (int i = 0; i < rows; i++) {
                    from.get(start + i * columns, row, columns);
                    Arrays.fill(row, Math.min(columns, i + 1), columns, (float) hidden);
                    to.put(end + i * columns, row, columns);
                }
            } else {
                double[] row = new double[columns];
                for (int i = 0; i < rows; i++) {
                    from.get(start + i * columns, row);
                    Arrays.fill(row, Math.min(columns, i + 1), columns, hidden);
                    to.put(end + i * columns, row);
                }
            }
        });
    }
}
