package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.runtime.optim.optimizer.Adam;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class MagnitudesTest {
    @Test
    void zerosAndSmallNumbersAreSharesAndNormsAreNorms() {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            try (TinyNetwork network = TinyNetwork.create(type, Init.seed(42), new Adam(1e-3))) {
                Parameter bias = network.parameters().get("conv.bias");
                bias.value().assign(Nd4j.createFromArray(-0.0, 0.25, -3.0, 4.0).castTo(type));

                Magnitudes found = bias.magnitudes(0.5);

                assertThat(found.parameter()).isEqualTo("conv.bias");
                assertThat(found.shape()).containsExactly(4L);
                assertThat(found.zeros()).isEqualTo(0.25);
                assertThat(found.small()).isEqualTo(0.5);
                assertThat(found.l1()).isEqualTo(7.25);
                assertThat(found.l2()).isCloseTo(Math.sqrt(0.0625 + 25), within(1e-12));
                assertThat(found.max()).isEqualTo(4);
                assertThat(bias.magnitudes(0).small()).isEqualTo(0.25);
                assertThat(bias.magnitudes(0.25).small()).isEqualTo(0.25);
                assertThat(network.parameters().magnitudes(0.5)).hasSize(6).contains(found);
            }
        }
    }

    @Test
    void normsAreThoseOfNumbersWhoseSquaresNoDoubleHolds() {
        try (TinyNetwork network = TinyNetwork.create(DataType.DOUBLE, Init.seed(42), new Adam(1e-3))) {
            Parameter bias = network.parameters().get("conv.bias");
            for (double size : new double[] {1e-310, 1e-200, 1e200, 1e307}) {
                bias.value().assign(Nd4j.createFromArray(3 * size, 0, 0, -4 * size));
                assertThat(bias.magnitudes(0).l2()).isCloseTo(5 * size, within(1e-12 * size));
            }
            bias.value().assign(Double.NaN);
            assertThat(bias.magnitudes(0).l2()).isNaN();
        }
    }

    @Test
    void aTableShowsARowForEachParameter() {
        Magnitudes conv = new Magnitudes("conv.weight", List.of(8L, 1L, 5L, 5L), 0.625, 1e-3, 0.7, 4.127, 1.034, 0.312);
        Magnitudes bias = new Magnitudes("conv.bias", List.of(8L), 0, 1e-3, 0, 0.05, 0.02, 0.01);

        assertThat(Magnitudes.table(List.of(conv, bias))).isEqualTo("""
                parameter    shape         zeros  below 0.001       l1       l2      max
                conv.weight  [8, 1, 5, 5]  62.5%        70.0%    4.127    1.034   0.3120
                conv.bias    [8]            0.0%         0.0%  0.05000  0.02000  0.01000
                """);
        Magnitudes exact = new Magnitudes("a", List.of(1L), 1, 0, 1, 0, 0, 0);
        assertThat(Magnitudes.table(List.of(exact))).isEqualTo("""
                parameter  shape   zeros     l1     l2    max
                a          [1]    100.0%  0.000  0.000  0.000
                """);
        assertThatThrownBy(() -> Magnitudes.table(List.of(conv, exact)))
                .hasMessage("a table needs rows with the same below, but they have [0.001, 0.0]");
    }

    @Test
    void deadChannelsAndUnreadInputsAreFoundAlongAnAxis() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Parameter weight = network.parameters().get("logits.weight");
            assertThat(weight.zerosAlong(0)).isEmpty();
            for (int unit = 0; unit < 3; unit++) {
                weight.value().putScalar(new long[] {unit, 17}, 0);
                weight.value().putScalar(new long[] {unit, 63}, -0.0);
            }
            assertThat(weight.zerosAlong(1)).containsExactly(17, 63);
            assertThat(weight.zerosAlong(0)).isEmpty();
            Parameter kernels = network.parameters().get("conv.weight");
            kernels.value().slice(2).assign(0);
            assertThat(kernels.zerosAlong(0)).containsExactly(2);
            assertThat(kernels.zerosAlong(3)).isEmpty();
            assertThatThrownBy(() -> weight.zerosAlong(2)).hasMessage("logits.weight [3, 64] has no axis 2");
            assertThatThrownBy(() -> weight.magnitudes(-1))
                    .hasMessage("below must be a number of at least 0, but is -1.0");
        }
    }
}
