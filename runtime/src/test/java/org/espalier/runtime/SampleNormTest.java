package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.espalier.runtime.kernel.Activations;
import org.espalier.runtime.kernel.Normalizations;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SampleNormTest {
    private static final long[] SHAPE = {2, 4, 3, 2};
    private final INDArray x = numbers(1);
    private final INDArray dY = numbers(2);

    /** Declares a normalization with γ and β of each channel, one with γ of each element, and one without either. */
    private static final class Normed extends Network {
        private final SampleNorm ofChannels;
        private final SampleNorm ofElements;
        private final SampleNorm plain;

        private Normed() {
            super(DataType.DOUBLE, 14, Init.seed(1));
            ofChannels = sampleNormOf("channels", constant(2), constant(0.5), 1e-5, 4);
            ofElements = sampleNormOf("elements", constant(3), null, 1e-5, 3, 2);
            plain = sampleNormOf("plain", null, null, 1e-3);
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
    void declaresWhatThereIsByTheNamesOfPytorch() {
        try (Normed network = new Normed()) {
            assertThat(network.parameters().stream().map(Parameter::toString))
                    .containsExactly("channels.weight [4]", "channels.bias [4]", "elements.weight [3, 2]");
            assertThat(network.statistics()).isEmpty();
        }
    }

    @Test
    void normalizesInstancesAsTheKernelsDoWithEachTensor() {
        try (Normed network = new Normed()) {
            network.ofChannels.allocate(zeros(2, 4), zeros(2, 4));
            INDArray y = zeros(SHAPE);
            INDArray dX = zeros(SHAPE);

            SampleNorm.instanceNorm(x, network.ofChannels, y, Activations.relu());
            SampleNorm.instanceNormBackward(x, network.ofChannels, dY, dX, false, Activations.reluBackward(y));

            INDArray gamma = zeros(4).addi(2);
            INDArray mu = zeros(2, 4);
            INDArray s = zeros(2, 4);
            INDArray expected = zeros(SHAPE);
            Normalizations.instanceNorm(x, gamma, zeros(4).addi(0.5), mu, s, expected, 1e-5, Activations.relu());
            INDArray expectedGradient = zeros(SHAPE);
            INDArray dGamma = zeros(4);
            INDArray dBeta = zeros(4);
            Normalizations.instanceNormBackward(
                    x, gamma, mu, s, dY, expectedGradient, dGamma, dBeta, true, false, Activations.reluBackward(y));
            assertThat(y).isEqualTo(expected);
            assertThat(dX).isEqualTo(expectedGradient);
            INDArray alone = zeros(SHAPE);
            SampleNorm.instanceNormBackward(x, network.ofChannels, dY, alone, Activations.reluBackward(y));
            assertThat(alone).isEqualTo(expectedGradient);
            assertThat(network.parameters().get("channels.weight").gradient()).isEqualTo(dGamma);
            assertThat(network.parameters().get("channels.bias").gradient()).isEqualTo(dBeta);
        }
    }

    @Test
    void normalizesGroupsAndLastAxes() {
        try (Normed network = new Normed()) {
            network.plain.allocate(zeros(2, 2), zeros(2, 2));
            network.ofElements.allocate(zeros(2, 4), zeros(2, 4));
            INDArray groups = zeros(SHAPE);
            INDArray elements = zeros(SHAPE);
            INDArray dX = zeros(SHAPE);

            SampleNorm.groupNorm(x, network.plain, groups);
            SampleNorm.groupNormBackward(x, network.plain, dY, dX);
            SampleNorm.layerNorm(x, network.ofElements, elements);
            SampleNorm.layerNormBackward(x, network.ofElements, dY, zeros(SHAPE), true);
            SampleNorm.layerNormBackward(x, network.ofElements, dY, zeros(SHAPE), true);

            INDArray byElements = zeros(SHAPE);
            SampleNorm.layerNormBackward(x, network.ofElements, dY, byElements);

            assertThat(byElements.reshape(8, 6).sum(1).norm2Number().doubleValue())
                    .isLessThan(1e-10);
            assertThat(groups.reshape(2, 2, 12).mean(2).norm2Number().doubleValue())
                    .isLessThan(1e-12);
            assertThat(dX.reshape(2, 2, 12).sum(2).norm2Number().doubleValue()).isLessThan(1e-12);
            assertThat(elements.reshape(8, 6).mean(1).norm2Number().doubleValue())
                    .isLessThan(1e-12);
            INDArray normalized = elements.div(3).reshape(8, 3, 2);
            INDArray twice = normalized.mul(dY.reshape(8, 3, 2)).sum(0).muli(2);
            assertThat(network.parameters()
                            .get("elements.weight")
                            .gradient()
                            .sub(twice)
                            .norm2Number()
                            .doubleValue())
                    .isLessThan(1e-12);
        }
    }

    @Test
    void needsMemoryForTheStatisticsOfABatch() {
        try (Normed network = new Normed()) {
            assertThatThrownBy(() -> SampleNorm.layerNorm(x, network.ofElements, zeros(SHAPE)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no memory");
        }
    }
}
