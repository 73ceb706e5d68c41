package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.espalier.runtime.optim.optimizer.Lamb;
import org.espalier.runtime.optim.optimizer.Muon;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Optimizers that look at a parameter as a whole: parameters of several chunks, threads, both precisions, penalties.
 */
class WholeUpdateTest {
    private static final int ROWS = 700;
    private static final int COLUMNS = 100;

    private static double[] gaussian(long seed) {
        return new Random(seed).doubles(ROWS * COLUMNS, -1, 1).toArray();
    }

    /** The weights after three steps. */
    private static double[] stepped(DataType type, Optimizer optimizer, int threads, boolean tall) {
        INDArray w = Nd4j.createFromArray(gaussian(1)).castTo(type);
        INDArray g = Nd4j.createFromArray(gaussian(2)).castTo(type);
        long rows = tall ? ROWS : COLUMNS;
        FusedUpdate.Tensor tensor = new FusedUpdate.Tensor(
                0, List.of(rows, ROWS * COLUMNS / rows), new Regularizer("sparse", new L1(1e-3)));
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(tensor), threads, Optional.empty());
        for (int step = 0; step < 3; step++) {
            update.update(optimizer);
        }
        return w.castTo(DataType.DOUBLE).toDoubleVector();
    }

    @Test
    void singlePrecisionIsNearDoublePrecisionWhereverTheLongSideIs() {
        for (boolean tall : new boolean[] {true, false}) {
            assertThat(stepped(DataType.FLOAT, new Muon(0.02), 2, tall))
                    .containsExactly(stepped(DataType.DOUBLE, new Muon(0.02), 2, tall), within(2e-5));
            assertThat(stepped(DataType.FLOAT, new Lamb(0.01), 2, tall))
                    .containsExactly(stepped(DataType.DOUBLE, new Lamb(0.01), 2, tall), within(2e-5));
        }
    }

    @Test
    void numbersAreTheSameOnAnyNumberOfThreads() {
        assertThat(stepped(DataType.FLOAT, new Lamb(0.01), 3, true))
                .isEqualTo(stepped(DataType.FLOAT, new Lamb(0.01), 1, true));
        assertThat(stepped(DataType.DOUBLE, new Muon(0.02), 3, true))
                .isEqualTo(stepped(DataType.DOUBLE, new Muon(0.02), 1, true));
    }
}
