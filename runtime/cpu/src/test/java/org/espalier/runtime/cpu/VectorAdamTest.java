package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.espalier.runtime.optim.update.InPlaceAdam;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VectorAdamTest {
    /** Below a vector, around one, around a block, and chunks with an odd rest. */
    private static final int[] SIZES = {1, 7, 15, 16, 17, 100, 4_095, 4_096, 4_097, 70_001};

    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.NaN,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        3e38f,
        -3e38f,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY
    };

    @Test
    void isFoundWhereTheJvmHasTheVectorApi() {
        assertThat(ServiceLoader.load(InPlaceAdam.class)).hasExactlyElementsOfTypes(VectorAdam.class);
        assertThat(InPlaceAdam.find()).isPresent();
    }

    @Test
    void readsAndWritesABufferFromItsFirstByteOnWhereverItStands() {
        int lanes = VectorMemory.SPECIES.length();
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * Float.BYTES * lanes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 2 * lanes; i++) {
            buffer.putFloat(i);
        }

        Object memory = VectorMemory.of(buffer.flip().position(Float.BYTES).limit(2 * Float.BYTES));
        VectorMemory.store(VectorMemory.load(memory, 0).add(100), memory, Float.BYTES * lanes);

        for (int i = 0; i < lanes; i++) {
            assertThat(buffer.clear().getFloat(Float.BYTES * (lanes + i))).isEqualTo(100 + i);
        }
        assertThat(buffer.order()).isEqualTo(ByteOrder.nativeOrder());
    }

    @Test
    void givesTheBitsOfThePlainLoops() throws IOException {
        for (Term[] terms : new Term[][] {
            {}, {new L1(1e-2)}, {new L2(1e-2)}, {new L1(1e-2), new L2(3e-2)}, {new L2(3e-2), new L1(1e-2)}
        }) {
            for (int size : SIZES) {
                assertSameBits(new Adam(1e-3), new Adam(1e-3), special(size), 3, terms);
                assertSameBits(new AdamW(1e-2), new AdamW(1e-2), gaussian(size), 3, terms);
            }
        }
    }

    @Test
    void givesThemWhenItHasBeenCompiledAndGradientsAreClipped() throws IOException {
        Adam vectors = new Adam(1e-3);
        Adam plain = new Adam(1e-3);
        vectors.clipNorm(1);
        plain.clipNorm(1);
        assertSameBits(vectors, plain, gaussian(300_007), 60, new L1(1e-2), new L2(3e-2));
        assertSameBits(vectors, plain, gaussian(300_007), 60);
    }

    /** Clamping at the greatest number changes nothing but which loops are taken. */
    private static void assertSameBits(Optimizer vectors, Optimizer plain, float[] weights, int steps, Term... terms)
            throws IOException {
        plain.clipValue(Float.MAX_VALUE);
        Run found = new Run(weights, terms);
        Run expected = new Run(weights, terms);
        for (int step = 0; step < steps; step++) {
            List<LedgerEntry> penalties = expected.update.update(plain);
            List<LedgerEntry> others = found.update.update(vectors);
            for (int entry = 0; entry < penalties.size(); entry++) {
                assertNear(others.get(entry).value(), penalties.get(entry).value());
            }
        }
        assertThat(found.numbers()).isEqualTo(expected.numbers());
    }

    private static void assertNear(double found, double expected) {
        if (Double.isFinite(expected)) {
            assertThat(found).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
        } else {
            assertThat(Double.toString(found)).isEqualTo(Double.toString(expected));
        }
    }

    private static float[] gaussian(int size) {
        Random random = new Random(size);
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** Every kind of number that is no ordinary one among others. */
    private static float[] special(int size) {
        float[] numbers = gaussian(size);
        for (int i = 0; i < SPECIAL.length && 50 * i < size; i++) {
            numbers[50 * i] = SPECIAL[i];
        }
        return numbers;
    }

    private static final class Run {
        final INDArray w;
        final INDArray g;
        final FusedUpdate<?> update;

        Run(float[] weights, Term... terms) {
            w = Nd4j.createFromArray(weights);
            g = Nd4j.createFromArray(gaussian(weights.length));
            Regularizer regularizer = new Regularizer("terms", terms);
            update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, weights.length, regularizer)));
        }

        /** The bits of the weights, and of what Adam remembers of each. */
        int[] numbers() throws IOException {
            int size = (int) w.length();
            ByteBuffer all = ByteBuffer.allocate(3 * size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float weight : w.toFloatVector()) {
                all.putFloat(weight);
            }
            update.writeState(0, 0, all::put);
            update.writeState(0, 1, all::put);
            int[] bits = new int[3 * size];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToIntBits(all.getFloat(i * Float.BYTES));
            }
            return bits;
        }
    }
}
