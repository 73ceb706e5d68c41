package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.optim.regularizer.TermAccess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FusedUpdateTest {
    /** Parameters below a block, of exactly one, of several chunks and an odd rest. */
    private static final int[] SIZES = {5, 4_096, 200_001, 1, 4_097};

    private static final int COUNT = 208_200;

    private final Regularizer elastic = new Regularizer("elastic", new L1(1e-2), new L2(3e-2));
    private final Regularizer lasso = new Regularizer("lasso", new L1(2e-2));
    private final List<@Nullable Regularizer> regularizers = Arrays.asList(elastic, null, elastic, null, lasso);

    private List<FusedUpdate.Tensor> tensors() {
        List<FusedUpdate.Tensor> tensors = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < SIZES.length; i++) {
            tensors.add(new FusedUpdate.Tensor(offset, SIZES[i], regularizers.get(i)));
            offset += SIZES[i];
        }
        return tensors;
    }

    /** Ordinary numbers, and among them every kind that is not. */
    private static float[] weights() {
        Random random = new Random(1);
        float[] special = {
            0f, -0f, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-30f, -1e-30f, 3e38f, -3e38f, Float.MIN_NORMAL
        };
        float[] weights = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            weights[i] = i % 1_000 < special.length ? special[i % 1_000] : (float) random.nextGaussian();
        }
        return weights;
    }

    private static float[] gradients(long seed) {
        Random random = new Random(seed);
        float[] gradients = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        return gradients;
    }

    static Stream<UnfusedOptimizer.Pair> optimizers() {
        return UnfusedOptimizer.all();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void theFusedUpdateIsTheUnfusedOneToTheBit(UnfusedOptimizer.Pair tested) {
        INDArray w = Nd4j.createFromArray(weights());
        INDArray g = Nd4j.createFromArray(new float[COUNT]);
        FusedUpdate<?> update = FusedUpdate.over(w, g, tensors());
        float[] expected = weights();
        UnfusedOptimizer unfused = tested.unfused().apply(COUNT);
        tested.optimizer().clipValue(1.5);

        for (int count = 1; count <= 4; count++) {
            float[] gradients = gradients(count);
            g.assign(Nd4j.createFromArray(gradients));
            update.update(tested.optimizer());
            unfused(unfused, count, expected, gradients);
        }

        float[] found = w.toFloatVector();
        for (int i = 0; i < COUNT; i++) {
            assertThat(Float.floatToIntBits(found[i])).as("weight " + i).isEqualTo(Float.floatToIntBits(expected[i]));
        }
    }

    private void unfused(UnfusedOptimizer optimizer, int count, float[] w, float[] g) {
        int i = 0;
        for (int tensor = 0; tensor < SIZES.length; tensor++) {
            Regularizer regularizer = regularizers.get(tensor);
            for (int end = i + SIZES[tensor]; i < end; i++) {
                float gradient = Math.max(-1.5f, Math.min(1.5f, g[i]));
                if (regularizer != null) {
                    for (Term penalty : regularizer.terms()) {
                        float direction = penalty instanceof L1 ? Math.signum(w[i]) : w[i];
                        gradient += (float) penalty.lambda() * direction;
                    }
                }
                w[i] = optimizer.step(i, count, optimizer.keeps() * w[i], gradient);
            }
        }
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        List<LedgerEntry> ledger = null;
        float[] weights = null;
        for (int threads : new int[] {1, 2, 5}) {
            INDArray w = Nd4j.createFromArray(gradients(7));
            INDArray g = Nd4j.createFromArray(new float[COUNT]);
            FusedUpdate<?> update = FusedUpdate.over(w, g, tensors(), threads, Optional.empty());
            Adam adam = new Adam(1e-2);
            adam.clipNorm(10);
            List<LedgerEntry> last = List.of();
            for (int count = 1; count <= 3; count++) {
                g.assign(Nd4j.createFromArray(gradients(count)));
                last = update.update(adam);
            }
            if (threads > 1) {
                assertThat(w.toFloatVector()).isEqualTo(weights);
                assertThat(last).isEqualTo(ledger);
            }
            weights = w.toFloatVector();
            ledger = last;
        }
    }

    @Test
    void theLedgerHasThePenaltiesOfTheWeightsBeforeTheStep() {
        float[] weights = gradients(3);
        INDArray w = Nd4j.createFromArray(weights);
        INDArray g = Nd4j.createFromArray(gradients(4));
        FusedUpdate<?> update = FusedUpdate.over(w, g, tensors());
        double[] elasticSums = new double[2];
        double[] lassoSums = new double[2];
        int i = 0;
        for (int tensor = 0; tensor < SIZES.length; tensor++) {
            for (int end = i + SIZES[tensor]; i < end; i++) {
                double[] sums = regularizers.get(tensor) == elastic ? elasticSums : lassoSums;
                sums[0] += regularizers.get(tensor) == null ? 0 : Math.abs((double) weights[i]);
                sums[1] += regularizers.get(tensor) == null ? 0 : (double) weights[i] * weights[i];
            }
        }

        List<LedgerEntry> before = update.penalties();
        List<LedgerEntry> during = update.update(new Sgd(0.1));

        assertThat(during).isEqualTo(before);
        assertThat(update.penalties()).isNotEqualTo(before);
        assertThat(before).extracting(LedgerEntry::name).containsExactly("elastic:l1", "elastic:l2", "lasso:l1");
        double[] expected = {1e-2 * elasticSums[0], 0.5 * 3e-2 * elasticSums[1], 2e-2 * lassoSums[0]};
        for (int entry = 0; entry < expected.length; entry++) {
            assertThat(before.get(entry).value()).isCloseTo(expected[entry], within(1e-6 * expected[entry]));
        }
    }

    @Test
    void aChangedLambdaHoldsFromTheNextUpdateOn() {
        INDArray w = Nd4j.createFromArray(2f, -4f);
        INDArray g = Nd4j.createFromArray(0f, 0f);
        Regularizer ridge = new Regularizer("ridge", new L2(0.5));
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 2, ridge)));
        assertThat(update.update(new Sgd(1)).get(0).value()).isEqualTo(0.5 * 0.5 * (4 + 16));
        assertThat(w.toFloatVector()).containsExactly(1f, -2f);

        ridge.term("l2").lambda(1);

        assertThat(update.update(new Sgd(1)).get(0).value()).isEqualTo(0.5 * (1 + 4));
        assertThat(w.toFloatVector()).containsExactly(0f, 0f);
    }

    @Test
    void theDerivativeOfTheAbsoluteValueIsTheSignForEveryKindOfNumber() {
        float[] w = {
            0f, -0f, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-38f, 5f, -5f, Float.POSITIVE_INFINITY, -1e38f
        };
        float[] g = new float[w.length];
        TermAccess.accumulate(new L1(0.25), w, g, new float[w.length], w.length);
        assertThat(g).containsExactly(0f, 0f, Float.NaN, 0.25f, -0.25f, 0.25f, 0.25f, -0.25f, 0.25f, -0.25f);

        double[] doubles = {0, -0.0, Double.NaN, Double.MIN_VALUE, -Double.MIN_VALUE, 1e-308, 5, -Double.MAX_VALUE};
        double[] signs = new double[doubles.length];
        TermAccess.accumulate(new L1(1), doubles, signs, new double[doubles.length], doubles.length);
        assertThat(signs).containsExactly(0, 0, Double.NaN, 1, -1, 1, 1, -1);
    }

    @Test
    void aStepAllocatesNextToNothing() {
        INDArray w = Nd4j.createFromArray(gradients(1));
        INDArray g = Nd4j.createFromArray(gradients(2));
        FusedUpdate<?> update = FusedUpdate.over(w, g, tensors(), 1, Optional.empty());
        Adam adam = new Adam(1e-3);
        adam.clipNorm(1);
        update.update(adam);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        update.update(adam);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(4_096);
    }

    @Test
    void itKeepsTheMemoryThatItWorksOn() {
        WeakReference<INDArray> w = new WeakReference<>(Nd4j.createFromArray(2f, -4f));
        WeakReference<INDArray> g = new WeakReference<>(Nd4j.createFromArray(1f, 1f));
        FusedUpdate<?> update = FusedUpdate.over(w.get(), g.get(), List.of(new FusedUpdate.Tensor(0, 2, null)));

        System.gc();

        assertThat(w.get()).isNotNull();
        assertThat(g.get()).isNotNull();
        update.update(new Sgd(1));
        assertThat(w.get().toFloatVector()).containsExactly(1f, -5f);
    }

    @Test
    void itRefusesMemoryThatWasClosed() {
        for (int closed = 0; closed < 2; closed++) {
            INDArray w = Nd4j.createFromArray(2f, -4f);
            INDArray g = Nd4j.createFromArray(1f, 1f);
            FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 2, null)));
            (closed == 0 ? w : g).close();

            assertThatThrownBy(() -> update.update(new Sgd(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("values or gradients of this update were closed");
            assertThatThrownBy(update::penalties).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void itRefusesMemoryThatItsTensorsDoNotLieIn() {
        INDArray w = Nd4j.createFromArray(2f, -4f);
        List<FusedUpdate.Tensor> both = List.of(new FusedUpdate.Tensor(0, 2, null));
        INDArray closed = w.dup();
        closed.close();

        for (INDArray unfit : List.of(
                closed,
                w.castTo(DataType.DOUBLE),
                Nd4j.createFromArray(1f),
                Nd4j.createFromArray(1f, 2f, 3f, 4f).get(NDArrayIndex.interval(0, 2, 4)))) {
            assertThatThrownBy(() -> FusedUpdate.over(w, unfit, both)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> FusedUpdate.over(unfit, w, both)).isInstanceOf(IllegalArgumentException.class);
        }
        for (FusedUpdate.Tensor beyond : List.of(
                new FusedUpdate.Tensor(1, 2, null),
                new FusedUpdate.Tensor(-1, 2, null),
                new FusedUpdate.Tensor(Long.MAX_VALUE, 1, null),
                new FusedUpdate.Tensor(0, 1L << 40, null))) {
            assertThatThrownBy(() -> FusedUpdate.over(w, w.dup(), List.of(beyond)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected tensors within 2 values, found ");
        }
    }
}
