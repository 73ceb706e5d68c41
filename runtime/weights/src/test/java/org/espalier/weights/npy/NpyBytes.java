package org.espalier.weights.npy;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Arrays in memory, for tests. */
public final class NpyBytes {
    private NpyBytes() {}

    /** Reads an NPY file from its bytes. */
    public static NpyArray read(byte[] bytes) throws IOException {
        return NpyArray.read(new ByteArrayInputStream(bytes), bytes.length);
    }
}
