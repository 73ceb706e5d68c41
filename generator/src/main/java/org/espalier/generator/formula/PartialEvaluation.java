package org.espalier.generator.formula;

import java.util.Map;

/** The value of a formula some of whose variables are unknown, where it does not depend on them: x · 0 is 0. */
public final class PartialEvaluation {
    private PartialEvaluation() {}

    /**
     * The value, NaN if it depends on unknown variables.
     *
     * @param variables the number of each variable, NaN if it is unknown
     */
    public static double of(Formula formula, Map<String, Double> variables) {
        if (variables.values().stream().noneMatch(number -> number.isNaN())) {
            return Evaluation.at(formula, variables);
        } else if (formula instanceof Formula.Constant constant) {
            return constant.value();
        } else if (formula instanceof Formula.Variable variable) {
            return variables.getOrDefault(variable.name(), Double.NaN);
        } else if (formula instanceof Formula.Negate negate) {
            return -of(negate.x(), variables);
        } else if (formula instanceof Formula.Binary binary) {
            double a = of(binary.a(), variables);
            double b = of(binary.b(), variables);
            boolean product = binary.operator() == Formula.Operator.MULTIPLY;
            return product && (a == 0 || b == 0) ? 0 : Evaluation.apply(binary.operator(), a, b);
        } else if (formula instanceof Formula.Apply apply) {
            return Evaluation.apply(apply.function(), of(apply.x(), variables));
        }
        return Double.NaN;
    }
}
