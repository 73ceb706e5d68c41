package org.espalier.generator.ir.op;

/** The numbers that a tensor holds. */
public enum ElementType {
    /** Floating-point numbers, of the network's precision. */
    FLOAT("float", 1),
    /** Whole numbers that name something: words, classes. */
    INT("int", 7);

    private final String word;
    private final int onnx;

    ElementType(String word, int onnx) {
        this.word = word;
        this.onnx = onnx;
    }

    /** The word of the language. */
    public String word() {
        return word;
    }

    /** The number of the type that ONNX has for it. */
    public int onnx() {
        return onnx;
    }

    /** A shape of such elements: {@code [batch, 3, 64, 64]}, and of whole numbers {@code int[batch, 64]}. */
    public String of(Shape shape) {
        return (this == INT ? word : "") + shape;
    }
}
