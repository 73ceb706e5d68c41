package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberConversionTest {
    private static ByteBuffer bits(int bytes, long bits) {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return buffer.putLong(0, bits).limit(bytes);
    }

    private static double number(TensorType type, long bits) {
        return NumberConversion.convert(bits(type.bytes(), bits), type, TensorType.F64)
                .getDouble();
    }

    private static long bits(double number, TensorType type) {
        ByteBuffer converted = NumberConversion.convert(
                ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, number),
                TensorType.F64,
                type);
        return type.bytes() == 2
                ? Short.toUnsignedLong(converted.getShort())
                : type.bytes() == 1 ? Byte.toUnsignedLong(converted.get()) : converted.getInt();
    }

    /** As PyTorch has them: {@code torch.tensor([bits]).view(type).double()}. */
    @ParameterizedTest
    @CsvSource({
        "F16, 0x3C00, 1",
        "F16, 0xC000, -2",
        "F16, 0x0001, 5.960464477539063e-8",
        "F16, 0x7BFF, 65504",
        "F16, 0x7C00, Infinity",
        "F16, 0x7E00, NaN",
        "F16, 0x8000, -0.0",
        "BF16, 0x3F80, 1",
        "BF16, 0xFF80, -Infinity",
        "BF16, 0x4049, 3.140625",
        "F8_E4M3, 0x7E, 448",
        "F8_E4M3, 0x7F, NaN",
        "F8_E4M3, 0x01, 0.001953125",
        "F8_E4M3, 0xB8, -1",
        "F8_E5M2, 0x7B, 57344",
        "F8_E5M2, 0x7C, Infinity",
        "F8_E5M2, 0x01, 1.52587890625e-5",
        "I8, 0xFF, -1",
        "U8, 0xFF, 255",
        "I16, 0x8000, -32768",
        "U16, 0x8000, 32768",
        "I32, 0xFFFFFFFE, -2",
        "U32, 0xFFFFFFFE, 4294967294",
        "BOOL, 2, 1",
        "F32, 0x40490FDB, 3.1415927410125732"
    })
    void everyFormatIsRead(TensorType type, String bits, Double number) {
        assertThat(number(type, Long.decode(bits))).isEqualTo(number);
    }

    @Test
    void thereAndBackIsTheSameForEveryHalfAndBrainFloat() {
        for (TensorType type : new TensorType[] {TensorType.F16, TensorType.BF16}) {
            for (int bits = 0; bits < 1 << 16; bits++) {
                double number = number(type, bits);
                if (!Double.isNaN(number)) {
                    assertThat(bits(number, type)).as("%s %x", type, bits).isEqualTo(bits);
                } else {
                    assertThat(number(type, bits(number, type))).isNaN();
                }
            }
        }
    }

    /** The nearest of all numbers of the format, of two the one whose last bit is 0. */
    @Test
    void numbersAreRoundedToTheNearest() {
        Random random = new Random(4);
        for (int round = 0; round < 2_000; round++) {
            int low = random.nextInt(0x7BFF);
            double below = number(TensorType.F16, low);
            double above = number(TensorType.F16, low + 1);
            double middle = (below + above) / 2;
            assertThat(bits(middle, TensorType.F16)).isEqualTo(low + (low & 1));
            assertThat(bits(Math.nextUp(middle), TensorType.F16)).isEqualTo(low + 1);
            assertThat(bits(Math.nextDown(middle), TensorType.F16)).isEqualTo(low);
        }
        assertThat(number(TensorType.F16, bits(65519.99, TensorType.F16))).isEqualTo(65504);
        assertThat(number(TensorType.F16, bits(65520, TensorType.F16))).isInfinite();
        assertThat(number(TensorType.BF16, bits(1 + 0x1p-8, TensorType.BF16))).isEqualTo(1);
        assertThat(number(TensorType.BF16, bits(1 + 0x1.8p-7, TensorType.BF16))).isEqualTo(1 + 0x1p-6);
    }

    @ParameterizedTest
    @CsvSource({"0.5, I32", "1e300, I64", "256, U8", "-1, U8", "2, BOOL", "128, I8", "-32769, I16", "NaN, I32"})
    void whatAFormatOfWholeNumbersCannotHaveIsRefused(double number, TensorType type) {
        assertThatThrownBy(() -> bits(number, type))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("is not a number of " + type);
    }
}
