package org.espalier.runtime.kernel.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of large, of narrow and of small matrices. */
class GemmTest {
    @ParameterizedTest
    @CsvSource({"300, 40, 60", "40, 300, 60", "3, 5, 7", "1, 2000, 300"})
    void tilesCoverTheProductOnce(int m, int n, int k) {
        AtomicIntegerArray covered = new AtomicIntegerArray(m * n);
        Gemm.CPU.tiles(m, n, k, (m0, m1, n0, n1) -> {
            for (int i = m0; i < m1; i++) {
                for (int j = n0; j < n1; j++) {
                    covered.incrementAndGet(i * n + j);
                }
            }
        });

        int[] once = new int[m * n];
        Arrays.fill(once, 1);
        assertThat(covered.toString()).isEqualTo(Arrays.toString(once));
    }

    /** Small whole numbers have exact products, in whatever order they are added. */
    @ParameterizedTest
    @CsvSource({"300, 40, 60", "40, 300, 60", "3, 5, 7"})
    void aProductInJavaIsThatOfTheCpu(int m, int n, int k) {
        try (FloatPointer a = numbers(m * k, 5);
                FloatPointer b = numbers(k * n, 7);
                FloatPointer java = new FloatPointer((long) m * n);
                FloatPointer cpu = new FloatPointer((long) m * n)) {
            new Gemm(new JavaBlas())
                    .multiply(false, false, m, n, k, a.address(), k, b.address(), n, 0, java.address(), n);
            Gemm.CPU.multiply(false, false, m, n, k, a.address(), k, b.address(), n, 0, cpu.address(), n);

            assertThat(read(java, m * n)).isEqualTo(read(cpu, m * n)).isEqualTo(product(a, b, m, n, k));
        }
    }

    private static float[] product(FloatPointer a, FloatPointer b, int m, int n, int k) {
        float[] product = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    product[i * n + j] += a.get((long) i * k + l) * b.get((long) l * n + j);
                }
            }
        }
        return product;
    }

    private static float[] read(FloatPointer pointer, int count) {
        float[] numbers = new float[count];
        pointer.get(numbers);
        return numbers;
    }

    /** From −2 on, again and again. */
    private static FloatPointer numbers(int count, int different) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i % different - 2;
        }
        return new FloatPointer(numbers);
    }
}
