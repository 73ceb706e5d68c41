package org.espalier.runtime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tensors that are kept between steps: their first values, and who has their memory. */
class RunningStatisticsTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void aTensorOfSeveralAxesStartsWithOneValueThroughout(DataType type) {
        RunningStatistics statistics = new RunningStatistics(type);
        INDArray mask = statistics.add("mask", 2.5, 2, 3, 4);
        INDArray single = statistics.add("scale", -1);
        double[] expected = new double[24];
        Arrays.fill(expected, 2.5);

        assertThat(mask.shape()).containsExactly(2, 3, 4);
        assertThat(mask.dataType()).isEqualTo(type);
        assertThat(mask.dup().ravel().toDoubleVector()).containsExactly(expected);
        assertThat(single.length()).isEqualTo(1);
        assertThat(single.getDouble(0)).isEqualTo(-1);
        assertThat(statistics.bytes()).isEqualTo(25L * type.width());
        statistics.free();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void oneThatIsSharedKeepsTheValuesOfItsOwner(DataType type) {
        RunningStatistics statistics = new RunningStatistics(type);
        INDArray own = statistics.add("mask", 2.5, 2, 3);
        own.putScalar(new int[] {1, 2}, 7);
        RunningStatistics sharing = statistics.sharing();

        INDArray shared = sharing.add("mask", 0, 2, 3);

        assertThat(shared.toDoubleMatrix()).isDeepEqualTo(new double[][] {{2.5, 2.5, 2.5}, {2.5, 2.5, 7}});
        assertThat(sharing.bytes()).isZero();
        sharing.free();
        assertThat(own.getDouble(1, 2)).isEqualTo(7);
        statistics.free();
    }

    @Test
    void aNameStandsForOneTensor() {
        RunningStatistics statistics = new RunningStatistics(DataType.FLOAT);
        statistics.add("mask", 1, 2);

        assertThatThrownBy(() -> statistics.add("mask", 1, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("statistic 'mask' is declared twice");
        statistics.free();
    }
}
