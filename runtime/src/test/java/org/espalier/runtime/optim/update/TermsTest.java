package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Rprop;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TermsTest {
    /** Several chunks, none of which ends where a group does. */
    private static final List<Long> SHAPE = List.of(4L, 3L, 20_011L);

    private static final int COUNT = 4 * 3 * 20_011;

    private static FusedUpdate<?> over(INDArray w, INDArray g, List<Long> shape, Term... terms) {
        return FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, shape, new Regularizer("terms", terms))));
    }

    private static double[] numbers(long seed) {
        return new Random(seed).doubles(COUNT, -1, 1).toArray();
    }

    private static int group(int i, int axis) {
        return axis == 0 ? i / (3 * 20_011) : i / 20_011 % 3;
    }

    private static double[] norms(double[] w, int axis) {
        double[] norms = new double[axis == 0 ? 4 : 3];
        for (int i = 0; i < w.length; i++) {
            norms[group(i, axis)] += w[i] * w[i];
        }
        for (int i = 0; i < norms.length; i++) {
            norms[i] = Math.sqrt(norms[i]);
        }
        return norms;
    }

    @Test
    void groupsOfALargeParameterAreSeenWhole() {
        for (int axis : new int[] {0, 1}) {
            double[] w = numbers(1);
            double[] g = numbers(2);
            double scale = Math.sqrt(COUNT / (axis == 0 ? 4.0 : 3.0));
            double[] norms = norms(w, axis);
            double whole = 0;
            double lasso = 0;
            for (double norm : norms) {
                whole += norm * norm;
                lasso += 0.01 * scale * norm;
            }
            whole = Math.sqrt(whole);
            INDArray values = Nd4j.createFromArray(w);
            FusedUpdate<?> update = over(
                    values,
                    Nd4j.createFromArray(g),
                    SHAPE,
                    new GroupLasso(0.01, axis, Mode.SUBGRADIENT),
                    new L2Norm(3));

            List<LedgerEntry> ledger = update.update(new Sgd(0.1));

            assertThat(ledger).extracting(LedgerEntry::name).containsExactly("terms:group_lasso", "terms:l2_norm");
            assertThat(ledger.get(0).value()).isCloseTo(lasso, within(1e-9 * lasso));
            assertThat(ledger.get(1).value()).isCloseTo(3 * whole, within(1e-9 * whole));
            for (int i = 0; i < COUNT; i++) {
                double gradient = g[i] + 0.01 * scale / norms[group(i, axis)] * w[i] + 3 / whole * w[i];
                assertThat(values.getDouble(i)).isCloseTo(w[i] - 0.1 * gradient, within(1e-12));
            }
        }
    }

    @Test
    void noUnitOfALargeParameterPassesItsBound() {
        for (int axis : new int[] {0, 1}) {
            double[] w = numbers(1);
            // All units but the first are above the bound.
            for (int i = 0; i < COUNT; i++) {
                w[i] *= group(i, axis) == 0 ? 0.01 : 1;
            }
            INDArray values = Nd4j.createFromArray(w);
            MaxNorm bound = new MaxNorm(20, axis);
            FusedUpdate<?> update = over(values, Nd4j.create(DataType.DOUBLE, COUNT), SHAPE, bound);

            assertThat(update.update(new Sgd(0.1))).isEmpty();

            double[] found = values.toDoubleVector();
            double[] norms = norms(found, axis);
            assertThat(found[5]).isEqualTo(w[5]);
            assertThat(norms[0]).isLessThan(3);
            for (int unit = 1; unit < norms.length; unit++) {
                assertThat(norms[unit]).isCloseTo(20, within(1e-9));
            }
        }
    }

    @Test
    void theNumberOfThreadsChangesNoBitOfAnyTerm() {
        float[] weights = null;
        List<LedgerEntry> ledger = null;
        for (int threads : new int[] {1, 2, 5}) {
            INDArray w = Nd4j.createFromArray(numbers(1)).castTo(DataType.FLOAT);
            INDArray g = Nd4j.createFromArray(numbers(2)).castTo(DataType.FLOAT);
            Regularizer all = new Regularizer(
                    "all",
                    new L1(0.01, Mode.PROX),
                    new L2(0.01),
                    new L2Norm(0.1),
                    new GroupLasso(0.001, 1, Mode.SUBGRADIENT),
                    new GroupLasso(0.002, 0, Mode.PROX),
                    new Orthogonal(1e-8),
                    new Decay(0.1),
                    new MaxNorm(100, 1));
            FusedUpdate<?> update =
                    FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, SHAPE, all)), threads, Optional.empty());
            List<LedgerEntry> last = List.of();
            for (int step = 0; step < 3; step++) {
                last = update.update(new RmsProp(0.01));
            }
            assertThat(last)
                    .extracting(LedgerEntry::term)
                    .containsExactly(
                            "l1",
                            "l2",
                            "l2_norm",
                            "group_lasso(axis=1)",
                            "group_lasso(axis=0, mode=prox)",
                            "orthogonal");
            if (weights != null) {
                assertThat(w.toFloatVector()).isEqualTo(weights);
                assertThat(last).isEqualTo(ledger);
            }
            weights = w.toFloatVector();
            ledger = last;
        }
    }

    @Test
    void aStepOfEveryTermAllocatesNothingOfAParametersSize() {
        INDArray w = Nd4j.createFromArray(numbers(1)).castTo(DataType.FLOAT);
        INDArray g = Nd4j.createFromArray(numbers(2)).castTo(DataType.FLOAT);
        Regularizer all = new Regularizer(
                "all",
                new L1(0.01, Mode.PROX),
                new L2Norm(0.1),
                new GroupLasso(0.001, 1, Mode.SUBGRADIENT),
                new GroupLasso(0.001, 0, Mode.PROX),
                new Orthogonal(1e-8),
                new Decay(0.1),
                new MaxNorm(100, 1));
        FusedUpdate<?> update =
                FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, SHAPE, all)), 1, Optional.empty());
        Adagrad adagrad = new Adagrad(0.01);
        update.update(adagrad);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        update.update(adagrad);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(16_384);
    }

    @Test
    void aNormHasGradient0At0AndLetsNanBeSeen() {
        double[] w = {0, -0.0, 0, 3, 4, 0, Double.NaN, 1, 0};
        INDArray values = Nd4j.createFromArray(w);
        INDArray g = Nd4j.create(DataType.DOUBLE, 9);
        over(values, g, List.of(3L, 3L), new GroupLasso(1)).update(new Sgd(1));
        double root = Math.sqrt(3);
        double[] found = values.toDoubleVector();
        assertThat(new double[] {found[0], found[1], found[2], found[5]}).containsOnly(new double[] {0}, within(0.0));
        assertThat(found[3]).isCloseTo(3 - root * 0.6, within(1e-15));
        assertThat(found[4]).isCloseTo(4 - root * 0.8, within(1e-15));
        assertThat(new double[] {found[6], found[7]}).containsOnly(Double.NaN);

        INDArray zero = Nd4j.createFromArray(0.0, -0.0);
        INDArray nothing = Nd4j.create(DataType.DOUBLE, 2);
        assertThat(over(zero, nothing, List.of(2L), new L2Norm(5))
                        .update(new Sgd(1))
                        .get(0)
                        .value())
                .isEqualTo(0);
        assertThat(zero.getDouble(0) == 0 && zero.getDouble(1) == 0).isTrue();
    }

    @Test
    void softThresholdingGives0BetweenAndKeepsNanAndInfinity() {
        INDArray w = Nd4j.createFromArray(
                0f, -0f, 0.25f, -0.25f, 0.5f, -0.5f, 2f, -2f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE);
        FusedUpdate<?> update = over(w, Nd4j.create(DataType.FLOAT, 11), List.of(11L), new L1(1, Mode.PROX));

        update.update(new Sgd(0.5));

        float[] found = w.toFloatVector();
        assertThat(found)
                .containsExactly(
                        new float[] {0, 0, 0, 0, 0, 0, 1.5f, -1.5f, Float.NaN, Float.POSITIVE_INFINITY, 0}, within(0f));
    }

    @Test
    void aProximalPenaltyIsInTheLedgerThoughNotInTheGradient() {
        INDArray w = Nd4j.createFromArray(3.0, -4.0);
        FusedUpdate<?> update = over(
                w,
                Nd4j.create(DataType.DOUBLE, 2),
                List.of(1L, 2L),
                new L1(0.5, Mode.PROX),
                new GroupLasso(2, 0, Mode.PROX));
        assertThat(update.update(new Sgd(0)))
                .extracting(LedgerEntry::value)
                .containsExactly(0.5 * 7, 2 * Math.sqrt(2) * 5);
        assertThat(w.toDoubleVector()).containsExactly(3, -4);
    }

    /** The proximal map in the optimizer's metric is 0 exactly where the norm of u / r is at most λ √size. */
    @Test
    void withAnAdaptiveOptimizerAGroupDiesWhereTheProximalMapOfItsMetricIs0() {
        double[] gradient = {0.3, -2, 0.05, 0.7};
        double[] plain = {0.11, -0.08, 0.4, 0.5};
        INDArray u = Nd4j.createFromArray(plain);
        over(u, Nd4j.createFromArray(gradient), List.of(2L, 2L)).update(new Adagrad(0.01));
        double[] scaled = new double[2];
        for (int i = 0; i < 4; i++) {
            double rate = 0.01 / (Math.abs(gradient[i]) + 1e-10);
            scaled[i / 2] = Math.hypot(scaled[i / 2], u.getDouble(i) / rate);
        }
        for (int group = 0; group < 2; group++) {
            for (double share : new double[] {0.999, 1.001}) {
                double lambda = share * scaled[group] / Math.sqrt(2);
                INDArray w = Nd4j.createFromArray(plain);
                over(w, Nd4j.createFromArray(gradient), List.of(2L, 2L), new GroupLasso(lambda, 0, Mode.PROX))
                        .update(new Adagrad(0.01));
                for (int i = 2 * group; i < 2 * group + 2; i++) {
                    double expected = share > 1 ? 0 : (1 - share) * u.getDouble(i);
                    assertThat(w.getDouble(i)).isCloseTo(expected, within(1e-12));
                    assertThat(w.getDouble(i) == 0).isEqualTo(share > 1);
                }
            }
        }
    }

    @Test
    void decayIsDecoupledAndAdamwIsAdamWithIt() {
        double[] start = {1, -2, 0.5, 0};
        double[] gradient = {0.1, -0.2, 0.3, 0};
        INDArray byTerm = Nd4j.createFromArray(start);
        INDArray byOptimizer = Nd4j.createFromArray(start);
        FusedUpdate<?> term = over(byTerm, Nd4j.createFromArray(gradient), List.of(4L), new Decay(0.1));
        FusedUpdate<?> optimizer = over(byOptimizer, Nd4j.createFromArray(gradient), List.of(4L));
        Adam adam = new Adam(0.01);
        AdamW adamw = new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1);
        for (int step = 0; step < 3; step++) {
            assertThat(term.update(adam)).isEmpty();
            optimizer.update(adamw);
            adam.lr(0.02);
            adamw.lr(0.02);
        }
        assertThat(byTerm.toDoubleVector()).isEqualTo(byOptimizer.toDoubleVector());
        assertThat(byTerm.getDouble(3)).isZero();

        INDArray w = Nd4j.createFromArray(2.0);
        over(w, Nd4j.createFromArray(1.0), List.of(1L), new Decay(0.25)).update(new Sgd(0.5));
        assertThat(w.getDouble(0)).isEqualTo(2 - 0.5 * 0.25 * 2 - 0.5);
    }

    @Test
    void aFrozenParameterIsNeitherDecayedNorBounded() {
        INDArray w = Nd4j.createFromArray(3.0, 4.0);
        FusedUpdate<?> update = over(
                w,
                Nd4j.createFromArray(1.0, 1.0),
                List.of(2L, 1L),
                new Decay(0.5),
                new L1(1, Mode.PROX),
                new GroupLasso(1, 0, Mode.PROX),
                new MaxNorm(1));
        update.frozen(0, true);
        assertThat(update.update(new Sgd(1))).extracting(LedgerEntry::value).containsExactly(0.0, 0.0);
        assertThat(w.toDoubleVector()).containsExactly(3, 4);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new GroupLasso(1, -1, Mode.PROX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("axis of group_lasso must be at least 0, but is -1");
        INDArray two = Nd4j.create(DataType.DOUBLE, 2);
        assertThatThrownBy(() -> over(two, two, List.of(2L), new MaxNorm(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max_norm(1.0, axis=1) needs a parameter with an axis 1, but its shape is [2]");
        assertThatThrownBy(() -> new RmsProp(1, 1, 0, 0, false))
                .hasMessage("alpha must be at least 0 and below 1, but is 1.0");
        assertThatThrownBy(() -> new Adagrad(1, -1, 0, 0))
                .hasMessage("lrDecay must be a finite number of at least 0, but is -1.0");
        assertThatThrownBy(() -> new Rprop(1, 0.5, 1, 0, 1))
                .hasMessage("etaMinus must be above 0 and etaPlus above 1, but they are 0.5 and 1.0");
        assertThat(new AdamW(0.5).amsgrad().maximize())
                .hasToString("AdamW(lr=0.5, betas=(0.9, 0.999), eps=1.0E-8, amsgrad=true, weight_decay=0.01,"
                        + " maximize=true)");
        assertThatThrownBy(() -> new AdamW(1, 0.9, 0.9, 0, Double.NaN))
                .hasMessage("weightDecay must be a finite number of at least 0, but is NaN");
        assertThat(new Regularizer("all", new L1(1, Mode.PROX), new GroupLasso(2), new Decay(3)))
                .hasToString("all = l1(1.0, mode=prox) + group_lasso(2.0) + decay(3.0)");
    }

    @Test
    void aLearningRateOf0LeavesGroupsAsTheyAreZerosToo() {
        for (Optimizer optimizer : List.of(new Sgd(0), new Adam(0), new RmsProp(0), new Adagrad(0))) {
            INDArray w = Nd4j.createFromArray(0f, 0f, 1f, -2f);
            FusedUpdate<?> update =
                    over(w, Nd4j.createFromArray(1f, 0f, 1f, 1f), List.of(2L, 2L), new GroupLasso(0.5, 0, Mode.PROX));

            update.update(optimizer);

            assertThat(w.toFloatVector()).containsExactly(0f, 0f, 1f, -2f);
        }
    }

    @Test
    void aFrozenParameterHasNoPenaltyAndNoShareInTheNormThatIsClipped() {
        INDArray w = Nd4j.createFromArray(1f, 2f);
        INDArray g = Nd4j.createFromArray(3f, 4f);
        Regularizer first = new Regularizer("first", new L1(0.5));
        Regularizer second = new Regularizer("second", new L1(0.5));
        FusedUpdate<?> update = FusedUpdate.over(
                w, g, List.of(new FusedUpdate.Tensor(0, 1, first), new FusedUpdate.Tensor(1, 1, second)));
        Sgd sgd = new Sgd(0);
        sgd.clipNorm(3);
        assertThat(update.update(sgd)).extracting(LedgerEntry::value).containsExactly(0.5, 1.0);
        first.term("l1").lambda(0);
        sgd.lr(1);

        update.frozen(1, true);

        assertThat(update.update(sgd)).extracting(LedgerEntry::value).containsExactly(0.0, 0.0);
        // The norm is 3 without the frozen 4, and is not clipped.
        assertThat(w.getDouble(0)).isCloseTo(1 - 3, within(1e-5));
        assertThat(w.getDouble(1)).isEqualTo(2);
    }
}
