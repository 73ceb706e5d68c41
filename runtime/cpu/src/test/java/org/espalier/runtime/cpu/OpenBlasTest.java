package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.ServiceLoader;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.kernel.product.Blas;
import org.espalier.runtime.kernel.product.PackedMatrix;
import org.junit.jupiter.api.Test;

class OpenBlasTest {
    private final Blas blas = new OpenBlas();

    @Test
    void isFoundAsTheServiceOfTheKernels() {
        assertThat(ServiceLoader.load(Blas.class)).hasExactlyElementsOfTypes(OpenBlas.class);
    }

    @Test
    void multipliesMatricesOfAllShapesAsTheyLie() {
        Random random = new Random(5);
        for (int trial = 0; trial < 200; trial++) {
            boolean transposeA = random.nextBoolean();
            boolean transposeB = random.nextBoolean();
            assertMultiplies(
                    random,
                    transposeA,
                    transposeB,
                    1 + random.nextInt(20),
                    1 + random.nextInt(20),
                    1 + random.nextInt(20));
        }
    }

    @Test
    void multipliesMatricesThatAreCutIntoSmallOnes() {
        Random random = new Random(6);
        for (boolean transposeA : new boolean[] {false, true}) {
            assertMultiplies(random, transposeA, false, 130, 260, 40);
            assertMultiplies(random, transposeA, false, 3, 130, 5000);
            assertMultiplies(random, transposeA, false, 1500, 1, 700);
            assertMultiplies(random, transposeA, false, 70, 129, 300);
        }
    }

    @Test
    void multipliesByPackedMatricesSeveralTimes() {
        Random random = new Random(8);
        for (int trial = 0; trial < 60; trial++) {
            boolean transposed = random.nextBoolean();
            int n = 1 + random.nextInt(70);
            int k = 1 + random.nextInt(40);
            int ldb = (transposed ? k : n) + random.nextInt(3);
            float[] b = draw(random, (transposed ? n : k) * ldb, 1);
            try (FloatPointer B = new FloatPointer(b)) {
                PackedMatrix packed = blas.pack(transposed, n, k, B.address(), ldb);
                assertMultiplies(random, packed, transposed, 1 + random.nextInt(20), n, k, b, ldb);
                assertMultiplies(random, packed, transposed, 1 + random.nextInt(20), n, k, b, ldb);
            }
        }
    }

    private void assertMultiplies(
            Random random, PackedMatrix packed, boolean transposed, int m, int n, int k, float[] b, int ldb) {
        int lda = k + random.nextInt(3);
        int ldc = n + random.nextInt(3);
        float beta = random.nextInt(2);
        float[] a = draw(random, m * lda, 1 / Math.sqrt(k));
        float[] c = draw(random, m * ldc, 1);
        float[] expected = multiply(false, transposed, m, n, k, a, lda, b, ldb, beta, c, ldc);
        try (FloatPointer A = new FloatPointer(a);
                FloatPointer C = new FloatPointer(c)) {
            packed.multiply(m, A.address(), lda, beta, C.address(), ldc);
            float[] result = new float[c.length];
            C.get(result);
            assertThat(result).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-5f));
        }
    }

    @Test
    void sumsSquaresAndShowsWhatIsNotFinite() {
        Random random = new Random(7);
        for (int n : new int[] {1, 7, 31, 32, 33, 100, 4_097, 131_072}) {
            float[] x = draw(random, n, 1);
            double expected = 0;
            for (float number : x) {
                expected += (double) number * number;
            }
            assertThat(squares(x)).isCloseTo(expected, within(1e-5 * expected));
            for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                float[] others = x.clone();
                others[random.nextInt(n)] = broken;
                assertThat(Double.isFinite(squares(others))).isFalse();
            }
        }
    }

    private double squares(float[] x) {
        try (FloatPointer pointer = new FloatPointer(x)) {
            return blas.squares(pointer.address(), x.length);
        }
    }

    /** Of matrices whose products are near 1. */
    private void assertMultiplies(Random random, boolean transposeA, boolean transposeB, int m, int n, int k) {
        int lda = (transposeA ? m : k) + random.nextInt(3);
        int ldb = (transposeB ? k : n) + random.nextInt(3);
        int ldc = n + random.nextInt(3);
        float beta = random.nextInt(2);
        float[] a = draw(random, (transposeA ? k : m) * lda, 1 / Math.sqrt(k));
        float[] b = draw(random, (transposeB ? n : k) * ldb, 1);
        float[] c = draw(random, m * ldc, 1);
        float[] expected = c.clone();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = beta * c[i * ldc + j];
                for (int l = 0; l < k; l++) {
                    sum += (double) a[transposeA ? l * lda + i : i * lda + l]
                            * b[transposeB ? j * ldb + l : l * ldb + j];
                }
                expected[i * ldc + j] = (float) sum;
            }
        }
        assertThat(multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc))
                .containsExactly(expected, org.assertj.core.data.Offset.offset(1e-5f));
    }

    private float[] multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float[] a,
            int lda,
            float[] b,
            int ldb,
            float beta,
            float[] c,
            int ldc) {
        try (FloatPointer A = new FloatPointer(a);
                FloatPointer B = new FloatPointer(b);
                FloatPointer C = new FloatPointer(c)) {
            blas.sgemm(transposeA, transposeB, m, n, k, A.address(), lda, B.address(), ldb, beta, C.address(), ldc);
            float[] result = new float[c.length];
            C.get(result);
            return result;
        }
    }

    private static float[] draw(Random random, int length, double scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (scale * (2 * random.nextFloat() - 1));
        }
        return values;
    }
}
