package org.espalier.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckedGradientsTest {
    private static INDArray noise(long seed, long... shape) {
        double[] numbers = new Random(seed)
                .doubles(Nd4j.zeros(DataType.DOUBLE, shape).length(), -1, 1)
                .toArray();
        return Nd4j.createFromArray(numbers).reshape('c', shape);
    }

    private final INDArray input = noise(1, 5, 2, 2, 1);
    private final INDArray target = noise(2, 5, 3);

    @Test
    void rightGradientsPassInBothModes() {
        try (OneLayer network = new OneLayer(DataType.DOUBLE, false)) {
            GradientCheck check = GradientCheck.of(network, input, target).input("x", input, network::dX);
            check.check();
            network.eval();
            check.check();
        }
    }

    @Test
    void aWrongGradientIsNamedWithItsIndexAndBothNumbers() {
        try (OneLayer network = new OneLayer(DataType.DOUBLE, true)) {
            assertThatThrownBy(() -> GradientCheck.of(network, input, target).check())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("1 of 19 gradients of OneLayer (19 parameters) are wrong:\n"
                            + "  layer.weight[1, 2]: backward gives ")
                    .hasMessageContaining(", central difference ");
            network.freeze("layer.weight");
            GradientCheck.of(network, input, target).check();
        }
    }

    @Test
    void aWrongGradientByTheInputIsFound() {
        try (OneLayer network = new OneLayer(DataType.DOUBLE, false)) {
            INDArray wrong = noise(3, 5, 2, 2, 1);
            assertThatThrownBy(() -> GradientCheck.of(network, input, target)
                            .input("x", input, () -> wrong)
                            .check())
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("\n  x[0, 0, 0, 0]: backward gives ")
                    .hasMessageContaining("\n  and 10 more");
        }
    }

    @Test
    void theCheckLeavesWeightsStatisticsAndGradientsAsTheyWere() {
        try (OneLayer network = new OneLayer(DataType.DOUBLE, false)) {
            INDArray weights = network.parameters().values().dup();
            INDArray mean = network.statistics().get("norm.running_mean").dup();

            GradientCheck.of(network, input, target)
                    .input("x", input, network::dX)
                    .check();

            assertThat(network.parameters().values()).isEqualTo(weights);
            assertThat(network.statistics().get("norm.running_mean")).isEqualTo(mean);
            assertThat(network.parameters().gradients().toDoubleVector()).containsOnly(0.0);
            assertThat(input).isEqualTo(noise(1, 5, 2, 2, 1));
        }
    }

    @Test
    void fewNumbersOfLargeTensorsAreEnough() {
        try (OneLayer network = new OneLayer(DataType.DOUBLE, true)) {
            assertThatThrownBy(() -> GradientCheck.of(network, input, target)
                            .most(1)
                            .tolerance(1e-30)
                            .check())
                    .hasMessageMatching("(?s)\\d of 4 gradients .*");
        }
    }

    @Test
    void singlePrecisionIsRefused() {
        try (OneLayer network = new OneLayer(DataType.FLOAT, false)) {
            assertThatThrownBy(() -> GradientCheck.of(network, input, target))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a gradient check needs a network in float64, but this one is FLOAT: OneLayer (19"
                            + " parameters)");
        }
    }
}
