package org.espalier.runtime.kernel.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients by tables have the bits of those that are written whole, whatever was written before. */
class TableGradientTest {
    private static final int ROWS = 40;
    private static final int COLUMNS = 3;

    private final Random random = new Random(11);
    private final INDArray array = Nd4j.ones(DataType.FLOAT, ROWS, COLUMNS);
    private final TableGradient gradient = new TableGradient(array);
    private final INDArray expected = Nd4j.ones(DataType.FLOAT, ROWS, COLUMNS);

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void hasTheBitsOfOneThatIsWrittenWhole(int padding) {
        for (int round = 0; round < 30; round++) {
            INDArray x = numbers(7);
            INDArray dY = Nd4j.rand(DataType.FLOAT, 1, 7, COLUMNS);
            boolean accumulate = random.nextInt(3) == 0;
            Kernels.embeddingBackwardWeight(x, dY, gradient, padding, accumulate);
            Kernels.embeddingBackwardWeight(x, dY, expected, padding, accumulate);

            assertThat(array.data().asFloat()).isEqualTo(expected.data().asFloat());
            if (random.nextInt(8) == 0) {
                gradient.writtenWhole();
                array.addi(0.5);
                expected.addi(0.5);
            }
        }
    }

    @Test
    void knowsTheRowsThatOccurred() {
        Kernels.embeddingBackwardWeight(ints(7, 3, 7, 5), ones(4), gradient, 5, false);

        assertThat(gradient.isWhole()).isFalse();
        assertThat(gradient.rows()).containsExactly(3, 7);

        Kernels.embeddingBackwardWeight(ints(4, 7), ones(2), gradient, 5, true);

        assertThat(gradient.rows()).containsExactly(3, 4, 7);

        Kernels.embeddingBackwardWeight(ints(1), ones(1), gradient, -1, false);

        assertThat(gradient.rows()).containsExactly(1);
        assertThat(array.sumNumber().intValue()).isEqualTo(COLUMNS);
    }

    @Test
    void stillAddsWhereAnyRowMayHaveBeenWritten() {
        Kernels.embeddingBackwardWeight(ints(3), ones(1), gradient, -1, true);

        assertThat(gradient.isWhole()).isTrue();
        assertThat(array.sumNumber().intValue()).isEqualTo((ROWS + 1) * COLUMNS);
    }

    /** Somebody who has the array may write to it between one backward and the next. */
    @Test
    void isWrittenWholeOnceGivenOut() {
        gradient.givenOut();
        Kernels.embeddingBackwardWeight(ints(3), ones(1), gradient, -1, false);
        array.addi(1);
        Kernels.embeddingBackwardWeight(ints(4), ones(1), gradient, -1, false);

        assertThat(gradient.isWhole()).isTrue();
        assertThat(array.sumNumber().intValue()).isEqualTo(COLUMNS);
    }

    @Test
    void doublesAreWrittenWhole() {
        TableGradient doubles = new TableGradient(Nd4j.ones(DataType.DOUBLE, ROWS, COLUMNS));
        Kernels.embeddingBackwardWeight(ints(3), ones(1).castTo(DataType.DOUBLE), doubles, -1, false);

        assertThat(doubles.isWhole()).isTrue();
        assertThat(doubles.array().sumNumber().intValue()).isEqualTo(COLUMNS);
    }

    private INDArray numbers(int count) {
        return ints(IntStream.range(0, count).map(i -> random.nextInt(ROWS)).toArray());
    }

    private static INDArray ints(int... numbers) {
        return Nd4j.createFromArray(numbers).reshape(1, numbers.length);
    }

    private static INDArray ones(int count) {
        return Nd4j.ones(DataType.FLOAT, 1, count, COLUMNS);
    }
}
