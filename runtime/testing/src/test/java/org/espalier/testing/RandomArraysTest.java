package org.espalier.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class RandomArraysTest {
    private final RandomArrays random = RandomArrays.seed(3);

    @Test
    void theSameSeedGivesTheSameNumbers() {
        assertThat(RandomArrays.seed(5).normal(2, 3))
                .isEqualTo(RandomArrays.seed(5).normal(2, 3));
        assertThat(RandomArrays.seed(5).normal(2, 3))
                .isNotEqualTo(RandomArrays.seed(6).normal(2, 3));
    }

    @Test
    void uniformNumbersLieBetweenZeroAndOne() {
        float[] numbers = random.uniform(4, 50).ravel().toFloatVector();

        assertThat(numbers).hasSize(200);
        for (float number : numbers) {
            assertThat(number).isGreaterThan(0).isLessThan(1);
        }
    }

    @Test
    void indicesAreWholeNumbersBelowTheLimitWithoutPadding() {
        INDArray indices = random.indices(4, 5, 10);

        assertThat(indices.dataType()).isEqualTo(DataType.INT32);
        assertThat(indices.shape()).containsExactly(5, 10);
        assertThat(indices.ravel().toIntVector()).contains(1, 2, 3).doesNotContain(0, 4);
        assertThat(random.indices(1, 2).toIntVector()).containsExactly(0, 0);
        assertThatThrownBy(() -> random.indices(0, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected at least one index, but found 'below' 0");
    }

    @Test
    void labelsAreDistinctClassesBeforeMinusOnes() {
        for (int[] row : random.labels(6, 20, 4).toIntMatrix()) {
            int given = 0;
            while (given < row.length && row[given] >= 0) {
                given++;
            }
            assertThat(given).isPositive();
            for (int i = 0; i < row.length; i++) {
                assertThat(row[i]).isBetween(-1, 5);
                assertThat(row[i] < 0).isEqualTo(i >= given);
                for (int k = 0; k < i && i < given; k++) {
                    assertThat(row[i]).isNotEqualTo(row[k]);
                }
            }
        }
    }
}
