package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InPlaceAdamTest {
    private static final int COUNT = 70_003;

    /** Number by number, as {@link InPlaceAdam.Stretch#step} says. */
    private static final class NumberByNumber implements InPlaceAdam {
        private final AtomicInteger numbers = new AtomicInteger();

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public Stretch over(ByteBuffer values, ByteBuffer gradients) {
            return (from, n, m, v, c, sums) -> {
                numbers.addAndGet(n);
                for (int i = 0; i < n; i++) {
                    int at = (from + i) * Float.BYTES;
                    float w = values.getFloat(at);
                    float g = c.clip() * gradients.getFloat(at);
                    if (c.l1()) {
                        g += c.lambda1() * Math.signum(w);
                    }
                    if (c.l2()) {
                        g += c.lambda2() * w;
                    }
                    sums[0] += Math.abs(w);
                    sums[1] += w * w;
                    m[i] = c.keep1() * m[i] + c.take1() * g;
                    v[i] = c.keep2() * v[i] + c.take2() * (g * g);
                    values.putFloat(
                            at,
                            c.keep() * w - c.stepSize() * (m[i] / ((float) Math.sqrt(v[i]) * c.vScale() + c.eps())));
                }
            };
        }
    }

    /** The weights after three steps, and the penalties of each. */
    private record Run(float[] weights, List<List<LedgerEntry>> ledgers, List<LedgerEntry> penalties) {}

    private static Run run(Optional<InPlaceAdam> inPlace, Optimizer optimizer, @Nullable Regularizer regularizer) {
        INDArray w = Nd4j.createFromArray(gaussian(1));
        INDArray g = Nd4j.createFromArray(gaussian(2));
        FusedUpdate<?> update = FusedUpdate.over(
                w,
                g,
                List.of(
                        new FusedUpdate.Tensor(0, COUNT - 3, regularizer),
                        new FusedUpdate.Tensor(COUNT - 3, 3, regularizer)),
                2,
                inPlace);
        List<List<LedgerEntry>> ledgers =
                List.of(update.update(optimizer), update.update(optimizer), update.update(optimizer));
        return new Run(w.toFloatVector(), ledgers, update.penalties());
    }

    private static float[] gaussian(long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            numbers[i] = i % 100 == 0 ? 0 : (float) random.nextGaussian();
        }
        return numbers;
    }

    private static Regularizer terms(Term... terms) {
        return new Regularizer("terms", terms);
    }

    /** Runs with and without, which must make no difference, and counts how many steps of numbers were in place. */
    private static int inPlace(Optimizer optimizer, @Nullable Regularizer regularizer) {
        NumberByNumber counted = new NumberByNumber();
        Run expected = run(Optional.empty(), optimizer, regularizer);
        Run found = run(Optional.of(counted), optimizer, regularizer);
        assertThat(found.weights()).isEqualTo(expected.weights());
        assertThat(found.penalties()).isEqualTo(expected.penalties());
        for (int step = 0; step < 3; step++) {
            List<LedgerEntry> ledger = expected.ledgers().get(step);
            for (int entry = 0; entry < ledger.size(); entry++) {
                LedgerEntry other = found.ledgers().get(step).get(entry);
                assertThat(other.term()).isEqualTo(ledger.get(entry).term());
                double value = ledger.get(entry).value();
                assertThat(other.value()).isCloseTo(value, within(1e-6 * Math.abs(value)));
            }
        }
        return counted.numbers.get();
    }

    @Test
    void adamWithL1AndL2WorksInPlace() {
        assertThat(inPlace(new Adam(1e-3), null)).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-3), terms(new L1(1e-2)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-3), terms(new L2(1e-2)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-3), terms(new L1(1e-2), new L2(2e-2)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-3), terms(new L2(1e-2), new L1(2e-2)))).isEqualTo(3 * COUNT);
    }

    @Test
    void soDoesWhatComesBeforeAndAfterTheLoop() {
        Adam clipped = new Adam(1e-3);
        clipped.clipNorm(3);
        assertThat(inPlace(clipped, terms(new L2(1e-2)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new AdamW(1e-2), terms(new L1(1e-2)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-2), terms(new L1(1e-2), new Decay(0.3)))).isEqualTo(3 * COUNT);
        assertThat(inPlace(new Adam(1e-2), terms(new L2(1e-2), new MaxNorm(1)))).isEqualTo(3 * COUNT);
    }

    @Test
    void anythingElseIsCopied() {
        Adam clamped = new Adam(1e-3);
        clamped.clipValue(0.5);
        assertThat(inPlace(clamped, terms(new L2(1e-2)))).isZero();
        assertThat(inPlace(new Sgd(1e-2, 0.9, 0, false), terms(new L2(1e-2)))).isZero();
        assertThat(inPlace(new Adam(1e-3), terms(new L1(1e-2, Mode.PROX)))).isZero();
        assertThat(inPlace(new Adam(1e-3), terms(new L2(1e-2), new GroupLasso(1e-2))))
                .isZero();
    }

    @Test
    void withoutALibraryThatHasItThereIsNone() {
        assertThat(InPlaceAdam.find()).isEmpty();
    }

    @Test
    void aResumedRunReportsTheBitsOfAnUninterruptedOne() throws IOException {
        Optimizer adam = new Adam(1e-2);
        List<FusedUpdate.Tensor> tensors = List.of(new FusedUpdate.Tensor(0, COUNT, terms(new L1(1e-3), new L2(1e-3))));
        INDArray w = Nd4j.createFromArray(gaussian(1));
        INDArray g = Nd4j.createFromArray(gaussian(2));
        FusedUpdate<?> uninterrupted = FusedUpdate.over(w, g, tensors, 2, Optional.of(new NumberByNumber()));
        uninterrupted.update(adam);
        FusedUpdate<?> resumed = FusedUpdate.over(w.dup(), g, tensors, 2, Optional.of(new NumberByNumber()));
        FusedUpdate.Restored restored = resumed.restore(List.of(adam));
        restored.steps(0, 1);
        for (int state = 0; state < adam.stateNames().size(); state++) {
            int which = state;
            uninterrupted.writeState(0, state, bytes -> restored.read(0, which, bytes));
        }
        restored.use();

        assertThat(resumed.update(adam)).isEqualTo(uninterrupted.update(adam));
    }
}
