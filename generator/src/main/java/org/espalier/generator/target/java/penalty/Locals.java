package org.espalier.generator.target.java.penalty;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.target.java.text.UniqueNames;

/** Local variables for parts of formulas: those that occur more than once, and those that make a line too long. */
final class Locals {
    /** The longest formula on a line. */
    private static final int LONGEST = 84;

    /** Length up to which a formula is not made shorter by a name. */
    private static final int LONGEST_NAME = 12;

    private final JavaFormula java;
    private final String type;
    private final UniqueNames names = UniqueNames.ofMembers();

    /**
     * Local variables.
     *
     * @param type of all of them
     * @param taken names of other variables
     */
    Locals(JavaFormula java, String type, List<String> taken) {
        this.java = java;
        this.type = type;
        taken.forEach(names::reserve);
    }

    /** The declarations that formulas need before they are written; from then on their parts are written by name. */
    List<String> declare(List<Formula> formulas) {
        List<String> declarations = new ArrayList<>();
        for (Formula part : SharedParts.of(formulas)) {
            shorten(part, declarations);
            declarations.add(declaration(part));
        }
        formulas.forEach(formula -> shorten(formula, declarations));
        return declarations;
    }

    /** Names parts of a formula, the longest first, until it fits on a line; before that, parts of its parts. */
    private void shorten(Formula formula, List<String> declarations) {
        List<Formula> parts = Subformulas.directly(formula);
        if (java.of(formula).length() <= LONGEST) {
            return;
        }
        parts.forEach(part -> shorten(part, declarations));
        while (java.of(formula).length() > LONGEST) {
            Optional<Formula> longest = parts.stream()
                    .filter(part -> !java.isNamed(part))
                    .max(Comparator.comparingInt(part -> java.of(part).length()));
            if (longest.isEmpty() || java.of(longest.get()).length() <= LONGEST_NAME) {
                return;
            }
            declarations.add(declaration(longest.get()));
        }
    }

    // Example:
    //
    // float magnitude = Math.abs(w[i]);
    //
    private String declaration(Formula part) {
        String text = java.of(part);
        String name = names.give(role(part));
        java.name(part, name);
        return type + " " + name + " = " + text;
    }

    private static String role(Formula part) {
        if (part instanceof Formula.Apply apply) {
            return switch (apply.function()) {
                case ABS -> "magnitude";
                case SQRT -> "root";
                case LOG, LOG1P -> "logarithm";
                case EXP, EXPM1 -> "exponential";
                case TANH -> "tangent";
                case SIGN -> "sign";
                case STEP -> "step";
                case FLOOR, ROUND -> "whole";
                case SIN -> "sine";
                case COS -> "cosine";
                case ATAN -> "angle";
                case ERF -> "error";
            };
        }
        if (part instanceof Formula.Binary binary) {
            return switch (binary.operator()) {
                case ADD -> "total";
                case SUBTRACT -> "difference";
                case MULTIPLY -> "product";
                case DIVIDE -> "ratio";
                case MIN, MAX -> "bounded";
            };
        }
        if (part instanceof Formula.Power power) {
            return power.exponent() == 2 ? "square" : "power";
        }
        return part instanceof Formula.Choose ? "piece" : "negative";
    }
}
