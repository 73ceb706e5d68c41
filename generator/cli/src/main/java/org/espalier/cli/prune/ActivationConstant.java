package org.espalier.cli.prune;

import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.layer.activation.ActivationFunction;

/** Values of activation functions at one number, in double precision. */
final class ActivationConstant {
    private ActivationConstant() {}

    /** The value at a number, NaN at NaN. */
    static double of(ActivationFunction function, double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        return switch (function.kind()) {
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : function.constants().get(0) * x;
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case ELU -> x > 0 ? x : function.constants().get(0) * Math.expm1(x);
            case SILU -> x * sigmoid(x);
            case GELU -> x * (1 + Evaluation.apply(Formula.Function.ERF, x / Math.sqrt(2))) / 2;
            case TANH_GELU -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case SOFTPLUS ->
                softplus(x, function.constants().get(0), function.constants().get(1));
            case HARDTANH ->
                Math.min(
                        Math.max(x, function.constants().get(0)),
                        function.constants().get(1));
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x, double beta, double threshold) {
        return beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta;
    }
}
