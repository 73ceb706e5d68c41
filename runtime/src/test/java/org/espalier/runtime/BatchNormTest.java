package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.espalier.runtime.kernel.Activations;
import org.espalier.runtime.kernel.Normalizations;
import org.espalier.runtime.storage.OffHeap;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormTest {
    private static final long[] SHAPE = {4, 3, 2, 2};

    private final INDArray x = numbers(3);
    private final INDArray dY = numbers(5);

    /** A network that is a normalization with γ = 2 and β = 0.5, and one without. */
    private static final class Normed extends Network {
        private final BatchNorm norm;
        private final BatchNorm plain;

        private Normed() {
            super(DataType.DOUBLE, 6, Init.seed(1));
            norm = batchNormOf("norm", constant(2), constant(0.5), 1e-5, 0.1, 3);
            plain = batchNormOf("plain", null, null, 1e-3, 0.2, 3);
            stepMemory(0, 0);
            declared();
        }

        @Override
        protected void allocate(Memory memory) {
            throw new AssertionError("nothing is computed by the network itself");
        }
    }

    private static INDArray numbers(long seed) {
        return Nd4j.createFromArray(new Random(seed).doubles(48, -1, 1).toArray())
                .reshape(SHAPE);
    }

    private static INDArray zeros(long... shape) {
        return Nd4j.zeros(DataType.DOUBLE, shape);
    }

    @Test
    void declaresItsTensorsByTheNamesOfPytorch() {
        try (Normed network = new Normed()) {
            assertThat(network.parameters().stream().map(Parameter::name)).containsExactly("norm.weight", "norm.bias");
            assertThat(network.statistics().keySet())
                    .containsExactly(
                            "norm.running_mean", "norm.running_var", "plain.running_mean", "plain.running_var");
            assertThat(network.statistics().get("plain.running_var")).isEqualTo(zeros(3).addi(1));
        }
    }

    @Test
    void computesWhatTheKernelsDoWithEachTensor() {
        try (Normed network = new Normed()) {
            INDArray mean = zeros(3);
            INDArray inverseStd = zeros(3);
            network.norm.allocate(mean, inverseStd);
            INDArray y = zeros(SHAPE);
            INDArray dX = zeros(SHAPE);

            BatchNorm.batchNorm(x, network.norm, y, true, Activations.relu());
            BatchNorm.batchNormBackward(x, network.norm, dY, dX, true, false, Activations.reluBackward(y));

            INDArray gamma = zeros(3).addi(2);
            INDArray beta = zeros(3).addi(0.5);
            INDArray runningMean = zeros(3);
            INDArray runningVar = zeros(3).addi(1);
            INDArray mu = zeros(3);
            INDArray s = zeros(3);
            INDArray expected = zeros(SHAPE);
            Normalizations.batchNorm(
                    x, gamma, beta, runningMean, runningVar, mu, s, expected, 1e-5, 0.1, true, Activations.relu());
            INDArray expectedGradient = zeros(SHAPE);
            INDArray dGamma = zeros(3);
            INDArray dBeta = zeros(3);
            Normalizations.batchNormBackward(
                    x,
                    gamma,
                    mu,
                    s,
                    dY,
                    expectedGradient,
                    dGamma,
                    dBeta,
                    true,
                    false,
                    Activations.reluBackward(expected));
            assertThat(y).isEqualTo(expected);
            assertThat(dX).isEqualTo(expectedGradient);
            assertThat(mean).isEqualTo(mu);
            assertThat(network.statistics().get("norm.running_mean")).isEqualTo(runningMean);
            assertThat(network.parameters().get("norm.weight").gradient()).isEqualTo(dGamma);
            assertThat(network.parameters().get("norm.bias").gradient()).isEqualTo(dBeta);
        }
    }

    @Test
    void withoutWeightAndBiasThereIsTheGradientByXAlone() {
        try (Normed network = new Normed()) {
            network.plain.allocate(zeros(3), zeros(3));
            INDArray y = zeros(SHAPE);
            INDArray dX = zeros(SHAPE);

            BatchNorm.batchNorm(x, network.plain, y, true);
            BatchNorm.batchNormBackward(x, network.plain, dY, dX, true);

            assertThat(y.mean(0, 2, 3).norm2Number().doubleValue()).isLessThan(1e-12);
            assertThat(dX.sum(0, 2, 3).norm2Number().doubleValue()).isLessThan(1e-12);
            assertThat(dX.norm2Number().doubleValue()).isGreaterThan(0.1);
        }
    }

    @Test
    void needsMemoryForTheStatisticsOfABatch() {
        try (Normed network = new Normed()) {
            assertThatThrownBy(() -> BatchNorm.batchNorm(x, network.norm, zeros(SHAPE), true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no memory");
        }
    }

    @Test
    void aPartOfEachSampleLiesInTheMemoryOfTheWhole() {
        OffHeap arena = OffHeap.zeros(DataType.DOUBLE, 100);
        Memory memory = new Memory(arena, 2, 10, false);
        INDArray whole = memory.perSample(3, 6);

        memory.part(3, 6, 2, 3).assign(7);

        assertThat(whole).isEqualTo(Nd4j.createFromArray(new double[][] {
            {0, 0, 7, 7, 7, 0},
            {0, 0, 7, 7, 7, 0}
        }));
        arena.free();
    }
}
