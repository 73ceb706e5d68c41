package org.espalier.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Converts numbers from one format of safetensors files to another. Floating-point numbers are rounded to the nearest,
 * ties to even, and those beyond the format become infinite; whole numbers take no fractions and none beyond their
 * range.
 */
public final class NumberConversion {
    private static final int HALF_FRACTION = 10;
    private static final int HALF_BIAS = 15;

    private NumberConversion() {}

    /**
     * Converts numbers.
     *
     * @param numbers little-endian; what remains is read, and stays as it is
     * @return the numbers in the other format, little-endian
     * @throws ArithmeticException if one is not a number that the other format can have, which the message says
     */
    public static ByteBuffer convert(ByteBuffer numbers, TensorType from, TensorType to) {
        ByteBuffer given = numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int count = given.remaining() / from.bytes();
        ByteBuffer converted =
                ByteBuffer.allocate(Math.multiplyExact(count, to.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        if (from == to) {
            return converted.put(given).flip();
        }
        boolean whole = from.isWhole() && to.isWhole();
        for (int i = 0; i < count; i++) {
            if (whole) {
                long number = whole(given, from);
                if (from == TensorType.U64 && number < 0) {
                    throw new ArithmeticException(Long.toUnsignedString(number) + " is not a number of " + to);
                }
                putWhole(converted, to, number);
            } else {
                put(converted, to, from.isWhole() ? toDouble(whole(given, from), from) : real(given, from));
            }
        }
        return converted.flip();
    }

    /** The next number of a format, as a double. */
    static double next(ByteBuffer numbers, TensorType type) {
        return type.isWhole() ? toDouble(whole(numbers, type), type) : real(numbers, type);
    }

    private static double toDouble(long bits, TensorType type) {
        return type == TensorType.U64 && bits < 0 ? (bits >>> 1 | (bits & 1)) * 2.0 : bits;
    }

    private static long whole(ByteBuffer numbers, TensorType type) {
        return switch (type) {
            case I64, U64 -> numbers.getLong();
            case I32 -> numbers.getInt();
            case U32 -> Integer.toUnsignedLong(numbers.getInt());
            case I16 -> numbers.getShort();
            case U16 -> Short.toUnsignedLong(numbers.getShort());
            case I8 -> numbers.get();
            case U8 -> Byte.toUnsignedLong(numbers.get());
            case BOOL -> numbers.get() == 0 ? 0 : 1;
            default -> throw new IllegalArgumentException(type + " has fractions");
        };
    }

    private static double real(ByteBuffer numbers, TensorType type) {
        return switch (type) {
            case F64 -> numbers.getDouble();
            case F32 -> numbers.getFloat();
            case BF16 -> Float.intBitsToFloat(numbers.getShort() << 16);
            case F16 -> half(numbers.getShort());
            case F8_E5M2 -> ofBits(numbers.get() & 0xFF, 5, 2, true);
            case F8_E4M3 -> ofBits(numbers.get() & 0xFF, 4, 3, false);
            default -> throw new IllegalArgumentException(type + " has no fractions");
        };
    }

    /** The number of 16 bits of IEEE 754's half precision. */
    public static float half(short bits) {
        int exponent = bits >> HALF_FRACTION & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return bits < 0 ? -subnormal : subnormal;
        }
        int wide = exponent == 0x1F ? 0xFF : exponent + 127 - HALF_BIAS;
        return Float.intBitsToFloat((bits & 0x8000) << 16 | wide << 23 | fraction << 13);
    }

    /**
     * The number of a small format.
     *
     * @param infinite whether the highest exponent means infinity and NaN, as with IEEE 754; in the other, only all
     *     ones mean NaN
     */
    private static double ofBits(int bits, int exponentBits, int fractionBits, boolean infinite) {
        int highest = (1 << exponentBits) - 1;
        int bias = highest >> 1;
        int exponent = bits >> fractionBits & highest;
        int fraction = bits & ((1 << fractionBits) - 1);
        double magnitude;
        if (infinite && exponent == highest) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (!infinite && exponent == highest && fraction == (1 << fractionBits) - 1) {
            magnitude = Double.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((double) fraction, 1 - bias - fractionBits);
        } else {
            magnitude = Math.scalb((double) (fraction | 1 << fractionBits), exponent - bias - fractionBits);
        }
        return bits >> (exponentBits + fractionBits) == 0 ? magnitude : -magnitude;
    }

    private static void putWhole(ByteBuffer converted, TensorType type, long number) {
        int bits = type.bytes() * Byte.SIZE;
        boolean fits = switch (type) {
            case BOOL -> number == 0 || number == 1;
            case U8, U16, U32 -> number >> bits == 0;
            case U64, I64 -> true;
            default -> number >> (bits - 1) == number >> (Long.SIZE - 1);
        };
        if (!fits || (type == TensorType.U64 && number < 0)) {
            throw new ArithmeticException(number + " is not a number of " + type);
        }
        switch (type.bytes()) {
            case 1 -> converted.put((byte) number);
            case 2 -> converted.putShort((short) number);
            case 4 -> converted.putInt((int) number);
            default -> converted.putLong(number);
        }
    }

    private static void put(ByteBuffer converted, TensorType type, double number) {
        switch (type) {
            case F64 -> converted.putDouble(number);
            case F32 -> converted.putFloat((float) number);
            case BF16 -> converted.putShort(brain((float) number));
            case F16 -> converted.putShort(half(number));
            case F8_E4M3, F8_E5M2 ->
                throw new ArithmeticException("numbers are not converted to " + type + "; F16 and BF16 are small, too");
            default -> {
                if (number != Math.rint(number) || Math.abs(number) > 0x1p53) {
                    throw new ArithmeticException(number + " is not a number of " + type);
                }
                putWhole(converted, type, (long) number);
            }
        }
    }

    private static short brain(float number) {
        int bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number)) {
            return (short) (bits >> 16 | 0x40);
        }
        // To the nearest, ties to even: what is cut off counts, and so does the last bit that stays.
        return (short) ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static short half(double number) {
        int sign = Double.doubleToRawLongBits(number) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(number);
        if (Double.isNaN(number)) {
            return (short) (sign | 0x7E00);
        }
        int exponent = Math.max(Math.getExponent(magnitude), 1 - HALF_BIAS);
        // In units of the last place, rint rounds ties to even; a carry goes into the exponent by itself.
        double units = Math.rint(Math.scalb(magnitude, HALF_FRACTION - exponent));
        if (exponent > HALF_BIAS || (exponent == HALF_BIAS && units >= 1 << (HALF_FRACTION + 1))) {
            return (short) (sign | 0x7C00);
        }
        return (short) (sign | (((exponent + HALF_BIAS - 1) << HALF_FRACTION) + (int) units));
    }
}
