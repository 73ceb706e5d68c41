package org.espalier.inference.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.inference.convolution.Volume;
import org.espalier.inference.convolution.WindowColumns;
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
        float[] from = numbers(5 * columns, 1);
        float[] packed = new float[6 * columns];
        WindowColumns.Steps places = new WindowColumns.Steps(2, 0, 7, 1);
        Runs runs = new WindowColumns(new Volume(1, 2 * columns, 5), places, 0, places).runs(0, columns + 3, columns);
        int[] rows = {9, columns, 6};
        product.pack(from, 1, rows, 1, 2, runs, packed, 3 * columns);
        for (int column = 0; column < columns + 3; column++) {
            int place = 1 + 2 + column / 5 * 7 + column % 5;
            int at = column / columns * 3 * columns + column % columns;
            assertThat(packed[at]).isEqualTo(from[place + columns]);
            assertThat(packed[at + columns]).isEqualTo(from[place + 6]);
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void tilesAreSums(TileProduct product) {
        for (int inner : new int[] {1, 2, 3, 7, 64}) {
            int columns = product.columns();
            float[] a = numbers(inner * TileProduct.ROWS + 1, 1);
            float[] b = numbers(inner * columns + 3, 2);
            float[] c = numbers(TileProduct.ROWS * columns, 3);
            float[] fresh = c.clone();
            product.tile(a, 1, b, 3, fresh, 0, columns, inner, false);
            float[] before = c.clone();
            product.tile(a, 1, b, 3, c, 0, columns, inner, true);
            float[] row = new float[columns + 2];
            product.row(numbers(inner, 4), 0, b, 3, row, 2, inner);
            for (int j = 0; j < columns; j++) {
                for (int i = 0; i < TileProduct.ROWS; i++) {
                    double sum = before[i * columns + j];
                    for (int l = 0; l < inner; l++) {
                        sum += a[1 + l * TileProduct.ROWS + i] * b[3 + l * columns + j];
                    }
                    assertThat(c[i * columns + j]).isCloseTo((float) sum, CLOSE);
                    sum -= before[i * columns + j];
                    assertThat(fresh[i * columns + j]).isCloseTo((float) sum, CLOSE);
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
