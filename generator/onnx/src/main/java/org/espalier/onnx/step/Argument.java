package org.espalier.onnx.step;

/**
 * An argument of a layer or function.
 *
 * @param word its name
 * @param named whether the name is written
 * @param setting its value
 */
public record Argument(String word, boolean named, Setting setting) {
    /** One whose place says which it is. */
    public static Argument positional(String word, long size) {
        return new Argument(word, false, Setting.of(size));
    }

    /** One whose place says which it is. */
    public static Argument positional(String word, Setting setting) {
        return new Argument(word, false, setting);
    }

    /** One with its name. */
    public static Argument named(String word, Setting setting) {
        return new Argument(word, true, setting);
    }
}
