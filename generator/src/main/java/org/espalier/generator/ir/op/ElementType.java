package org.espalier.generator.ir.op;

/** The numbers that a tensor holds. */
public enum ElementType {
    /** Floating-point numbers, of the network's precision. */
    FLOAT("float"),
    /** Whole numbers that name something: words, classes. */
    INT("int");

    private final String word;

    ElementType(String word) {
        this.word = word;
    }

    /** The word of the language. */
    public String word() {
        return word;
    }

    /** A shape of such elements: {@code [batch, 3, 64, 64]}, and of whole numbers {@code int[batch, 64]}. */
    public String of(Shape shape) {
        return (this == INT ? word : "") + shape;
    }
}
