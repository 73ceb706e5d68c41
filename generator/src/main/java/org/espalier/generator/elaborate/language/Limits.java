package org.espalier.generator.elaborate.language;

/** How large things may grow before they are taken for mistakes. */
public final class Limits {
    /** How deep blocks may call each other. */
    public static final int CALL_DEPTH = 100;

    /** How deep evaluation may nest, expressions within calls within expressions: what a small stack bears. */
    static final int EVALUATION_DEPTH = 1_500;

    /** How many expressions may be evaluated for a network. */
    static final int STEPS = 1_000_000;

    /** How many elements a list may have. */
    public static final int LIST_LENGTH = 100_000;

    /** How deep layers may nest in layers. */
    public static final int LAYER_DEPTH = 500;

    /** How many operations the networks of a file may have together. */
    public static final int LAYERS = 3_000;

    /** How many layers they may apply, those included that hold others or do nothing. */
    public static final int APPLICATIONS = 10 * LAYERS;

    /** How many letters the paths of their operations may have together. */
    public static final int PATH_LETTERS = 2_000_000;

    /** How many letters a string may have. */
    public static final int TEXT_LENGTH = 10_000;

    /** How many operations a formula and its derivative may take: HotSpot never compiles methods of 8,000 bytes. */
    public static final int FORMULA_OPERATIONS = 800;

    /** How many elements a tensor may have for each sample, and a parameter in all: what a Java array holds. */
    public static final long TENSOR_ELEMENTS = Integer.MAX_VALUE;

    /** How many parameters a network may have. */
    public static final long PARAMETERS = Integer.MAX_VALUE;

    /** How many letters the path of a layer may have: a name made of two of them is a constant of a class file. */
    public static final int PATH_LENGTH = 5_000;

    /** How many bytes the name of a class may have in UTF-8: file systems take 255, with that of a nested class. */
    public static final int CLASS_NAME = 100;

    /** How many bytes the name of a package may have in UTF-8. */
    public static final int PACKAGE_NAME = 255;

    /** How many inputs, and how many outputs, a network may have: a method takes 255 values (JVMS 4.3.3). */
    public static final int METHOD_PARAMETERS = 200;

    /** How many terms the regularizers of a network may have: one constructor makes them all (JVMS 4.7.3). */
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
