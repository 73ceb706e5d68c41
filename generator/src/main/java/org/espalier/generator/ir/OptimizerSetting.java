package org.espalier.generator.ir;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A setting of an optimizer: one number, several, or a condition, which is 0 or 1.
 *
 * @param name PyTorch's name of the argument
 * @param parts the names of its numbers, which printed programs use; of a word that is chosen or not, the word
 * @param usual the numbers by default
 * @param form how the runtime's class takes it
 * @param shown whether a description has it even if it is as by default
 * @param companion what a description has after it, for a setting that PyTorch takes with a further argument
 */
public record OptimizerSetting(
        String name, List<String> parts, List<Double> usual, Form form, boolean shown, String companion) {
    /** The form in which the runtime's class takes a setting. */
    public enum Form {
        /** Numbers that are arguments of the constructor. */
        NUMBERS,
        /** A whole number that is an argument of the constructor. */
        WHOLE,
        /** A condition that is an argument of the constructor. */
        ARGUMENT,
        /** A condition that is a method, called if it holds. */
        METHOD
    }

    /** Copies the lists. */
    public OptimizerSetting {
        parts = List.copyOf(parts);
        usual = List.copyOf(usual);
    }

    static OptimizerSetting number(String name, double usual) {
        return numbers(name, List.of(name), List.of(usual));
    }

    static OptimizerSetting numbers(String name, List<String> parts, List<Double> usual) {
        return new OptimizerSetting(name, parts, usual, Form.NUMBERS, name.equals("lr"), "");
    }

    static OptimizerSetting flag(String name, Form form) {
        return new OptimizerSetting(name, List.of(name), List.of(0.0), form, false, "");
    }

    static OptimizerSetting whole(String name, long usual) {
        return new OptimizerSetting(name, List.of(name), List.of((double) usual), Form.WHOLE, false, "");
    }

    /** A word that PyTorch takes in place of the usual one; it is a condition here, and a method. */
    static OptimizerSetting choice(String name, String word) {
        return new OptimizerSetting(name, List.of(word), List.of(0.0), Form.METHOD, false, "");
    }

    /** A condition that holds by default. */
    OptimizerSetting usuallyTrue() {
        return new OptimizerSetting(name, parts, List.of(1.0), form, shown, companion);
    }

    OptimizerSetting alwaysShown() {
        return new OptimizerSetting(name, parts, usual, form, true, companion);
    }

    OptimizerSetting writtenWith(String text) {
        return new OptimizerSetting(name, parts, usual, form, shown, text);
    }

    /** Tells whether it is a condition. */
    public boolean isCondition() {
        return form == Form.ARGUMENT || form == Form.METHOD;
    }

    /** An argument of the language: {@code betas=(0.9, 0.999)}, {@code nesterov=true}. */
    String written(List<Double> values) {
        if (isCondition() && !parts.get(0).equals(name)) {
            return name + "='" + parts.get(0) + "'";
        }
        String text = isCondition()
                ? String.valueOf(values.get(0) != 0)
                : form == Form.WHOLE
                        ? String.valueOf((long) (double) values.get(0))
                        : values.stream().map(Decimal::written).collect(Collectors.joining(", "));
        String value = parts.size() == 1 ? text : "(" + text + ")";
        return name + "=" + value + (companion.isEmpty() ? "" : ", " + companion);
    }
}
