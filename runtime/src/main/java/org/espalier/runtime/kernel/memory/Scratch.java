package org.espalier.runtime.kernel.memory;

/**
 * Arrays on the heap that a thread computes in, since the JVM's compiler vectorizes loops over nothing else: a block of
 * each operand comes in by a bulk copy, and the result goes out by one. A task may use all of it; nothing survives it.
 */
public final class Scratch {
    /** Floats of a block: few enough that four of them stay in a first-level cache of 32 KiB. */
    public static final int BLOCK = 2048;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    public final float[] a = new float[BLOCK];
    public final float[] b = new float[BLOCK];
    public final float[] c = new float[BLOCK];

    private float[] plane = new float[BLOCK];
    private float[] row = new float[BLOCK];
    private float[] lane = new float[BLOCK];
    private float[] curve = new float[BLOCK];
    private float[][] planes = new float[0][0];
    private float[][] operands = new float[0][0];
    private float[][] behindFirst = new float[0][0];
    private int[] indices = new int[0];

    private Scratch() {}

    /** The calling thread's. */
    public static Scratch get() {
        return OF_THREAD.get();
    }

    /** An array of at least this length, for images and their like. */
    public float[] plane(int length) {
        if (plane.length < length) {
            plane = new float[length];
        }
        return plane;
    }

    /** Another one. */
    public float[] row(int length) {
        if (row.length < length) {
            row = new float[length];
        }
        return row;
    }

    /** And another one. */
    public float[] lane(int length) {
        if (lane.length < length) {
            lane = new float[length];
        }
        return lane;
    }

    /** An array of at least this length for functions of elements, which are computed while others are in use. */
    public float[] curve(int length) {
        if (curve.length < length) {
            curve = new float[length];
        }
        return curve;
    }

    /** So many arrays, each of at least this length. */
    public float[][] planes(int count, int length) {
        if (planes.length < count || planes[0].length < length) {
            planes = new float[count][length];
        }
        return planes;
    }

    /** A block for each of so many operands of a formula. */
    public float[][] operands(int count) {
        if (operands.length < count) {
            operands = new float[count][BLOCK];
        }
        return operands;
    }

    /** The same, with a block that is there already as the first. */
    public float[][] operands(float[] first, int others) {
        if (behindFirst.length <= others) {
            behindFirst = new float[others + 1][BLOCK];
        }
        behindFirst[0] = first;
        return behindFirst;
    }

    /** An array of at least this length, for places. */
    public int[] indices(int length) {
        if (indices.length < length) {
            indices = new int[length];
        }
        return indices;
    }
}
