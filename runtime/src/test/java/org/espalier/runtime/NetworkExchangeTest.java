package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network whose copy learns for it. */
class NetworkExchangeTest {
    private static final INDArray X =
            Nd4j.linspace(DataType.FLOAT, -1, 0.03, 48).reshape(6, 2, 2, 2);
    private static final INDArray TARGET =
            Nd4j.linspace(DataType.FLOAT, 1, -0.04, 48).reshape(6, 8);

    private final NormedNetwork network = new NormedNetwork(Init.seed(1));
    private final NormedNetwork copy = new NormedNetwork(Init.seed(2));
    private final NormedNetwork alone = new NormedNetwork(Init.seed(1));
    private final NetworkExchange here = new NetworkExchange(network);
    private final NetworkExchange there = new NetworkExchange(copy);

    private void backward() {
        copy.forward(X);
        copy.loss(TARGET);
        copy.backward();
    }

    private void assertSame() {
        assertThat(network.parameters().values()).isEqualTo(alone.parameters().values());
        assertThat(network.statistics()).isEqualTo(alone.statistics());
    }

    @Test
    void aCopysGradientMakesTheUpdateOfTheNetworkItself() {
        for (int step = 0; step < 3; step++) {
            NetworkExchange.Standing standing = here.standing(false);
            there.begin(standing, standing.seedOf(0));
            backward();
            float[] numbers = new float[there.length()];
            StepReport part = there.addGradient(numbers, 1);
            there.addStatistics(numbers, standing, 1);
            StepReport report = here.update(numbers, NetworkExchange.sum(List.of(part)));
            assertThat(report).isEqualTo(alone.trainStep(X, TARGET));
            for (INDArray statistic : alone.statistics().values()) {
                assertThat(statistic.norm2Number().doubleValue()).isPositive();
            }
            assertThat(network.parameters().values())
                    .isEqualTo(alone.parameters().values());
        }
        assertThat(network.updates()).isEqualTo(3);
    }

    @Test
    void aCopysOwnUpdatesGoOnFromTheNetworksOptimizerAndBack() {
        alone.optimizer().lr(2e-3);
        network.optimizer().lr(2e-3);
        for (int round = 0; round < 2; round++) {
            NetworkExchange.Standing standing = here.standing(true);
            there.begin(standing, 0);
            for (int step = 0; step < 2; step++) {
                copy.trainStep(X, TARGET);
                alone.trainStep(X, TARGET);
            }
            float[] numbers = new float[there.changeLength()];
            List<Long> steps = there.addChange(numbers, standing, 1);
            here.move(numbers, steps, 2);
        }
        // w + (w' - w) is w' but for rounding.
        assertThat(network.parameters().values().distance2(alone.parameters().values()))
                .isLessThan(1e-6);
        assertThat(network.updates()).isEqualTo(4);
    }

    @Test
    void aGradientThatIsNotFiniteChangesNothing() {
        NetworkExchange.Standing standing = here.standing(false);
        there.begin(standing, 0);
        backward();
        float[] numbers = new float[there.length()];
        StepReport part = there.addGradient(numbers, 1);
        there.addStatistics(numbers, standing, 1);
        numbers[5] = Float.NaN;
        assertThatThrownBy(() -> here.update(numbers, part)).isInstanceOf(NonFiniteException.class);
        float[] change = new float[here.changeLength()];
        Arrays.fill(change, Float.POSITIVE_INFINITY);
        assertThatThrownBy(() -> here.move(change, List.of(1L, 1L, 1L, 1L), 1)).isInstanceOf(NonFiniteException.class);
        assertSame();
    }

    @Test
    void copiesOfAnotherNetworkOrOptimizerAreRefused() {
        try (TinyNetwork other = TinyNetwork.create(Init.seed(1))) {
            assertThatThrownBy(() -> new NetworkExchange(other).begin(here.standing(false), 0))
                    .hasMessageContaining("expected a copy of the network, with 20 parameters, found TinyNetwork");
        }
        copy.optimizer(new Sgd(0.1));
        assertThatThrownBy(() -> there.begin(here.standing(true), 0))
                .hasMessageContaining("expected a copy with the optimizers of the network, [Adam");
        assertThatThrownBy(() -> there.addGradient(new float[there.length()], 1))
                .hasMessageContaining("call backward before it");
        assertThatThrownBy(() -> here.update(new float[3], StepReport.of(0, List.of())))
                .hasMessageContaining("found 3");
    }
}
