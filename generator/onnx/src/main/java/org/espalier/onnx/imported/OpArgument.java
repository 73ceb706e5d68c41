package org.espalier.onnx.imported;

/**
 * An argument of a layer or function.
 *
 * @param word its name
 * @param named whether the name is written
 * @param setting its value
 */
public record OpArgument(String word, boolean named, Setting setting) {
    /** One whose place says which it is. */
    public static OpArgument positional(String word, long size) {
        return new OpArgument(word, false, Setting.of(size));
    }

    /** One whose place says which it is. */
    public static OpArgument positional(String word, Setting setting) {
        return new OpArgument(word, false, setting);
    }

    /** One with its name. */
    public static OpArgument named(String word, Setting setting) {
        return new OpArgument(word, true, setting);
    }
}
