package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Updates that look at the rows that occur give the bits of those that look at all. */
class TableRowsTest {
    private static final int ROWS = 3_000;

    /** Rows that lie across blocks and chunks. */
    private static final int COLUMNS = 50;

    private static final int OTHERS = 70;

    static Stream<Optimizer> optimizers() {
        Sgd clipped = new Sgd(0.1);
        clipped.clipNorm(0.5);
        clipped.clipValue(0.01);
        Adagrad started = new Adagrad(0.1, 0.01, 0.5, 1e-10);
        return Stream.of(
                new Sgd(0.1),
                clipped,
                new Adagrad(0.1),
                started,
                new Adagrad(0.1, 0, 0, 0),
                new Sgd(0.1).maximize(),
                new Sgd(0.1, 0.9, 0, false),
                new Adam(0.1),
                new AdamW(0.1),
                new RmsProp(0.1));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void haveTheBitsOfWholeOnes(Optimizer optimizer) {
        haveTheBitsOfWholeOnes(optimizer, null);
    }

    @Test
    void areWholeWhereATermAsks() {
        haveTheBitsOfWholeOnes(new Sgd(0.1), new Regularizer("l2(0.1)", new L2(0.1)));
    }

    @Test
    void leaveRowsAloneThatDoNotOccur() {
        Side side = new Side(true, null);
        side.backward(new Random(1));
        side.gradients.get(NDArrayIndex.interval(OTHERS, OTHERS + COLUMNS)).assign(7); // Row 0, which does not occur.
        INDArray before = side.values.dup();
        side.step(new Sgd(0.1));

        assertThat(side.values.get(NDArrayIndex.interval(OTHERS, OTHERS + COLUMNS)))
                .isEqualTo(before.get(NDArrayIndex.interval(OTHERS, OTHERS + COLUMNS)));
        assertThat(side.values).isNotEqualTo(before);
    }

    @Test
    void seeWhereAGradientIsInfinite() {
        Side side = new Side(true, null);
        side.backward(new Random(1));
        int row = side.gradient.rows()[4];
        side.gradients.putScalar(OTHERS + (long) row * COLUMNS + 3, Float.POSITIVE_INFINITY);

        assertThat(side.update.gradientNorm(new Sgd(0.1)).isFinite()).isFalse();
    }

    private static void haveTheBitsOfWholeOnes(Optimizer optimizer, Regularizer regularizer) {
        Side rows = new Side(true, regularizer);
        Side whole = new Side(false, regularizer);
        Random random = new Random(2);
        Random same = new Random(2);
        for (int step = 0; step < 5; step++) {
            rows.backward(random);
            whole.backward(same);
            rows.step(optimizer);
            whole.step(optimizer);

            assertThat(rows.values.data().asFloat())
                    .as("step %d of %s", step, optimizer)
                    .isEqualTo(whole.values.data().asFloat());
        }
    }

    /** Some numbers and a table behind them. */
    private static final class Side {
        private final INDArray values = Nd4j.create(DataType.FLOAT, OTHERS + (long) ROWS * COLUMNS);
        private final INDArray gradients = Nd4j.zeros(DataType.FLOAT, OTHERS + (long) ROWS * COLUMNS);
        private final TableGradient gradient = new TableGradient(
                gradients.get(NDArrayIndex.interval(OTHERS, gradients.length())).reshape(ROWS, COLUMNS));
        private final FusedUpdate<?> update;

        Side(boolean byRows, Regularizer regularizer) {
            Random random = new Random(3);
            for (long i = 0; i < values.length(); i++) {
                values.putScalar(i, i % 97 == 0 ? -0f : (float) random.nextGaussian());
            }
            update = FusedUpdate.over(
                    values,
                    gradients,
                    List.of(
                            new FusedUpdate.Tensor(0, OTHERS, null),
                            new FusedUpdate.Tensor(OTHERS, List.of((long) ROWS, (long) COLUMNS), regularizer)));
            if (byRows) {
                update.tableGradient(1, () -> Optional.of(gradient));
            }
        }

        void backward(Random random) {
            int[] numbers = random.ints(200, 1, ROWS).toArray();
            double[] dY = random.doubles(200L * COLUMNS, -1, 1).toArray();
            Kernels.embeddingBackwardWeight(
                    Nd4j.createFromArray(numbers).reshape(1, 200),
                    Nd4j.create(dY, new long[] {1, 200, COLUMNS}, DataType.FLOAT),
                    gradient,
                    -1,
                    false);
            for (int i = 0; i < OTHERS; i++) {
                gradients.putScalar(i, random.nextFloat());
            }
        }

        void step(Optimizer optimizer) {
            update.update(List.of(optimizer), update.gradientNorm(optimizer), 0.5);
        }
    }
}
