package org.espalier.generator.ir;

/** The number format of every tensor of a network. */
public enum Precision {
    /** 32-bit, the default. */
    FLOAT32(4),
    /** 64-bit, which gradient checks use. */
    FLOAT64(8);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }
}
