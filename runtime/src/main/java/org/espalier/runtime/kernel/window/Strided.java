package org.espalier.runtime.kernel.window;

/**
 * Copies between elements that are next to each other and elements that are {@code stride} apart. Known strides are
 * what the JVM's compiler makes fast code of, so those that are frequent have loops of their own.
 */
public final class Strided {
    private Strided() {}

    /** to[at + j] = from[start + stride·j] for j &lt; count. */
    public static void gather(float[] from, int start, int stride, float[] to, int at, int count) {
        switch (stride) {
            case 1 -> System.arraycopy(from, start, to, at, count);
            case 2 -> {
                for (int j = 0; j < count; j++) {
                    to[at + j] = from[start + 2 * j];
                }
            }
            case 3 -> {
                for (int j = 0; j < count; j++) {
                    to[at + j] = from[start + 3 * j];
                }
            }
            case 6 -> {
                for (int j = 0; j < count; j++) {
                    to[at + j] = from[start + 6 * j];
                }
            }
            default -> {
                for (int j = 0; j < count; j++) {
                    to[at + j] = from[start + stride * j];
                }
            }
        }
    }

    /** to[start + stride·j] = from[at + j] for j &lt; count. */
    public static void scatter(float[] from, int at, float[] to, int start, int stride, int count) {
        switch (stride) {
            case 2 -> {
                for (int j = 0; j < count; j++) {
                    to[start + 2 * j] = from[at + j];
                }
            }
            case 3 -> {
                for (int j = 0; j < count; j++) {
                    to[start + 3 * j] = from[at + j];
                }
            }
            default -> {
                for (int j = 0; j < count; j++) {
                    to[start + stride * j] = from[at + j];
                }
            }
        }
    }

    /** to[start + stride·j] += from[at + j] for j &lt; count. */
    public static void add(float[] from, int at, float[] to, int start, int stride, int count) {
        switch (stride) {
            case 1 -> {
                for (int j = 0; j < count; j++) {
                    to[start + j] += from[at + j];
                }
            }
            case 2 -> {
                for (int j = 0; j < count; j++) {
                    to[start + 2 * j] += from[at + j];
                }
            }
            case 6 -> {
                for (int j = 0; j < count; j++) {
                    to[start + 6 * j] += from[at + j];
                }
            }
            default -> {
                for (int j = 0; j < count; j++) {
                    to[start + stride * j] += from[at + j];
                }
            }
        }
    }
}
