package org.espalier.generator.elaborate.language;

/** Limits beyond which sizes, depths and counts are taken for mistakes. */
public final class Limits {
    /** Maximum depth of blocks that call each other. */
    public static final int CALL_DEPTH = 100;

    /** Maximum depth of evaluation, expressions within calls within expressions: what a small stack bears. */
    static final int EVALUATION_DEPTH = 1_500;

    /** Maximum number of expressions evaluated for the networks of a file together. */
    static final int STEPS = 1_000_000;

    /** Maximum number of elements of a list. */
    public static final int LIST_LENGTH = 100_000;

    /** Maximum depth of layers nested in layers. */
    public static final int LAYER_DEPTH = 500;

    /** Maximum number of networks of a file: each is a class, which takes some milliseconds to write. */
    public static final int NETWORKS = 500;

    /** Maximum number of operations that the networks of a file have together. */
    public static final int LAYERS = 3_000;

    /** Maximum number of layers that they apply, those included that hold others or do nothing. */
    public static final int APPLICATIONS = 10 * LAYERS;

    /** Maximum number of letters in the paths of their operations together. */
    public static final int PATH_LETTERS = 2_000_000;

    /** Maximum number of letters in a string. */
    public static final int TEXT_LENGTH = 10_000;

    /** Maximum number of operations of a formula and its derivative: HotSpot never compiles methods of 8,000 bytes. */
    public static final int FORMULA_OPERATIONS = 800;

    /** Maximum number of elements of a tensor for each sample, and of a parameter in all: what a Java array holds. */
    public static final long TENSOR_ELEMENTS = Integer.MAX_VALUE;

    /** Maximum number of axes of a tensor, its batch included: what ND4J's arrays have. */
    public static final int AXES = 32;

    /** Maximum number of parameters of a network. */
    public static final long PARAMETERS = Integer.MAX_VALUE;

    /** Maximum number of letters in the path of a layer: a name made of two of them is a constant of a class file. */
    public static final int PATH_LENGTH = 5_000;

    /** Maximum number of bytes in the name of a class in UTF-8: file systems take 255, with that of a nested class. */
    public static final int CLASS_NAME = 100;

    /** Maximum number of bytes in the name of a package in UTF-8. */
    public static final int PACKAGE_NAME = 255;

    /** Maximum number of inputs, and of outputs, of a network: a method takes 255 values (JVMS 4.3.3). */
    public static final int METHOD_PARAMETERS = 200;

    /** Maximum number of terms in the regularizers of a network: one constructor makes them all (JVMS 4.7.3). */
    public static final int TERMS = 1_000;

    private Limits() {}

    /** The product of sizes, or the largest long if that is less. */
    public static long elements(long... sizes) {
        long product = 1;
        for (long size : sizes) {
            product = Math.multiplyHigh(product, size) == 0 && product * size >= 0 ? product * size : Long.MAX_VALUE;
        }
        return product;
    }
}
