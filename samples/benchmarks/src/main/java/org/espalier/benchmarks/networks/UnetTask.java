package org.espalier.benchmarks.networks;

import org.espalier.benchmarks.subject.Draw;

/** Training data of U-Nets: noise, since time does not depend on what is to be seen. */
public final class UnetTask {
    private UnetTask() {}

    /** Line drawings, {@code [batch, 3, size, size]}. */
    public static float[] drawings(int batch, int size) {
        return Draw.pixels(3, batch * 3 * size * size);
    }

    /** Returns the pictures that drawings should become, {@code [batch, 3, size, size]}. */
    public static float[] colours(int batch, int size) {
        return Draw.pixels(4, batch * 3 * size * size);
    }
}
