package org.espalier.weights;

/** Number formats of safetensors files, by their names there. */
public enum TensorType {
    /** 64-bit floating point. */
    F64(8),
    /** 32-bit floating point. */
    F32(4),
    /** 16-bit floating point of IEEE 754. */
    F16(2),
    /** 16-bit floating point with the exponent of 32-bit. */
    BF16(2),
    /** 8-bit floating point, 4 bits of exponent. */
    F8_E4M3(1),
    /** 8-bit floating point, 5 bits of exponent. */
    F8_E5M2(1),
    /** 64-bit signed integer. */
    I64(8),
    /** 32-bit signed integer. */
    I32(4),
    /** 16-bit signed integer. */
    I16(2),
    /** 8-bit signed integer. */
    I8(1),
    /** 64-bit unsigned integer. */
    U64(8),
    /** 32-bit unsigned integer. */
    U32(4),
    /** 16-bit unsigned integer. */
    U16(2),
    /** 8-bit unsigned integer. */
    U8(1),
    /** One byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Tells whether its numbers have no fractions. */
    public boolean isWhole() {
        return switch (this) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> false;
            default -> true;
        };
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }
}
