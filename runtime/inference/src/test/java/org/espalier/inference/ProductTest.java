package org.espalier.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the products of this JVM and those without the Vector API against plain sums. */
class ProductTest {
    private static final Offset<Float> CLOSE = Offset.offset(1e-4f);

    static Stream<TileProduct> products() {
        return Stream.of(TileProducts.FASTEST, new PlainTileProduct());
    }

    private static float[] numbers(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }

    @Test
    void theVectorApiIsUsedWhereTheJvmHasIt() {
        assertThat(TileProducts.FASTEST).isInstanceOf(VectorTileProduct.class);
    }

    @ParameterizedTest
    @MethodSource("products")
    void rowsArePackedFromWhereTheyAre(TileProduct product) {
        int columns = product.columns();
        float[] from = numbers(3 * columns, 1);
        float[] packed = new float[2 * columns];
        product.pack(from, 1, new int[] {0, columns, 5}, 1, 2, packed);

        assertThat(Arrays.copyOfRange(packed, 0, columns))
                .containsExactly(Arrays.copyOfRange(from, 1 + columns, 1 + 2 * columns));
        assertThat(Arrays.copyOfRange(packed, columns, 2 * columns))
                .containsExactly(Arrays.copyOfRange(from, 6, 6 + columns));
    }

    @ParameterizedTest
    @MethodSource("products")
    void tilesAreSums(TileProduct product) {
        for (int inner : new int[] {1, 2, 3, 7, 64}) {
            int columns = product.columns();
            float[] a = numbers(inner * TileProduct.ROWS + 1, 1);
            float[] b = numbers(inner * columns + 3, 2);
            float[] c = numbers(TileProduct.ROWS * columns, 3);
            product.tile(a, 1, b, 3, c, inner);
            float[] row = new float[columns + 2];
            product.row(numbers(inner, 4), 0, b, 3, row, 2, inner);
            for (int j = 0; j < columns; j++) {
                for (int i = 0; i < TileProduct.ROWS; i++) {
                    double sum = 0;
                    for (int l = 0; l < inner; l++) {
                        sum += a[1 + l * TileProduct.ROWS + i] * b[3 + l * columns + j];
                    }
                    assertThat(c[i * columns + j]).isCloseTo((float) sum, CLOSE);
                }
                double sum = 0;
                for (int l = 0; l < inner; l++) {
                    sum += numbers(inner, 4)[l] * b[3 + l * columns + j];
                }
                assertThat(row[2 + j]).isCloseTo((float) sum, CLOSE);
            }
        }
    }
}
