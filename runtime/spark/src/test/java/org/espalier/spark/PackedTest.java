package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers on their way. */
class PackedTest {
    @Test
    void everyHalfSurvives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float number = Packed.ofFloat16((short) bits);
            if (!Float.isNaN(number)) {
                assertThat(Packed.float16(number)).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "65504, 65504",
        "65519, 65504",
        "65520, Infinity",
        "-65520, -Infinity",
        "1.00048828125, 1",
        "1.00146484375, 1.001953125",
        "5.960464477539063E-8, 5.960464477539063E-8",
        "2.9802322387695312E-8, 0",
        "2.98023259404E-8, 5.960464477539063E-8",
        "6.1005353927612305E-5, 6.103515625E-5",
        "NaN, NaN"
    })
    void halvesAreRoundedToTheNearestTiesToEven(float number, float expected) {
        assertThat(Packed.ofFloat16(Packed.float16(number))).isEqualTo(Float.valueOf(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.00390625, 1",
        "1.01171875, 1.015625",
        "3.4028234E38, Infinity",
        "NaN, NaN",
        "1E-40, 9.18355E-41"
    })
    void bfloat16IsRoundedToTheNearestTiesToEven(float number, float expected) {
        float[] back = Packed.halves(new float[] {number, 5}, 0, 2, 1, true).unpack();
        assertThat(back[0]).isEqualTo(Float.valueOf(expected));
        assertThat(back[1]).isEqualTo(5);
    }

    @Test
    void theLargestAreSentAndTheRestStays() {
        float[] numbers = {1, -5, 0, 3, -3, 2, 3, 9, 9};
        Packed sent = Packed.largest(numbers, 7, 3);
        assertThat(sent.unpack()).containsExactly(0, -5, 0, 3, -3, 0, 0, 9, 9);
        assertThat(numbers).containsExactly(1, 0, 0, 0, 0, 2, 3, 9, 9);
    }

    @Test
    void whatIsSentAndTheRestAreAllOfIt() {
        Random random = new Random(1);
        float[] numbers = new float[1_000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        float[] whole = numbers.clone();
        float[] sent = Packed.largest(numbers, 1_000, 37).unpack();
        int count = 0;
        float least = Float.MAX_VALUE;
        float most = 0;
        for (int i = 0; i < whole.length; i++) {
            assertThat(sent[i] + numbers[i]).isEqualTo(whole[i]);
            if (sent[i] != 0) {
                count++;
                least = Math.min(least, Math.abs(sent[i]));
            }
            most = Math.max(most, Math.abs(numbers[i]));
        }
        assertThat(count).isEqualTo(37);
        assertThat(least).isGreaterThan(most);
    }
}
