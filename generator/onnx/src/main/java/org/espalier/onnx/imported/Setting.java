package org.espalier.onnx.imported;

import java.util.Arrays;
import java.util.List;

/** A value of an argument. Sizes and real numbers may differ between blocks that are otherwise the same. */
public sealed interface Setting {
    /** A whole number that depends on sizes. */
    record Size(long number) implements Setting {}

    /** A real number. */
    record Real(double number) implements Setting {}

    /** Text that is part of the structure: {@code true}, {@code 'nearest'}, an axis. */
    record Text(String text) implements Setting {}

    /** Several in parentheses. */
    record Tuple(List<Setting> elements) implements Setting {
        /** Copies the list. */
        public Tuple {
            elements = List.copyOf(elements);
        }
    }

    /** A part of an axis: {@code 0:64}, {@code ::2}. */
    record Span(Setting start, Setting stop, long step) implements Setting {}

    /** A size. */
    static Setting of(long number) {
        return new Size(number);
    }

    /** Text. */
    static Setting of(String text) {
        return new Text(text);
    }

    /** A truth value. */
    static Setting of(boolean value) {
        return new Text(Boolean.toString(value));
    }

    /** Sizes in parentheses. */
    static Setting tuple(List<Long> sizes) {
        return new Tuple(sizes.stream().map(Setting::of).toList());
    }

    /** Axes in parentheses, or one without. */
    static Setting axes(List<Integer> axes) {
        return axes.size() == 1
                ? of(String.valueOf(axes.get(0)))
                : new Tuple(axes.stream().map(axis -> of(String.valueOf(axis))).toList());
    }

    /** One size if all are the same, otherwise all in parentheses. */
    static Setting square(List<Long> sizes) {
        return sizes.stream().distinct().count() == 1 ? of(sizes.get(0)) : tuple(sizes);
    }

    /** One size if all are the same, otherwise all in parentheses. */
    static Setting square(Long... sizes) {
        return square(Arrays.asList(sizes));
    }
}
