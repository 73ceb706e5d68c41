package org.espalier.onnx.step;

/**
 * An argument of a layer or function.
 *
 * @param word its name
 * @param named whether the name is written
 * @param setting its value
 */
public record StepArgument(String word, boolean named, Setting setting) {
    /** One whose place says which it is. */
    public static StepArgument positional(String word, long size) {
        return new StepArgument(word, false, Setting.of(size));
    }

    /** One whose place says which it is. */
    public static StepArgument positional(String word, Setting setting) {
        return new StepArgument(word, false, setting);
    }

    /** One with its name. */
    public static StepArgument named(String word, Setting setting) {
        return new StepArgument(word, true, setting);
    }
}
