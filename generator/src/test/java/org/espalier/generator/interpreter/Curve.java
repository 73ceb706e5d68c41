package org.espalier.generator.interpreter;

import java.util.List;
import org.espalier.generator.layer.activation.ActivationFunction;

/** An element-wise function with its slope, by formulas of their own: the slope is a difference of values. */
interface Curve {
    /** f(x). */
    double value(double x);

    /** f′(x), by central differences of fourth order. */
    default double slope(double x) {
        double h = 1e-3;
        return (8 * (value(x + h) - value(x - h)) - (value(x + 2 * h) - value(x - 2 * h))) / (12 * h);
    }

    /** f′ where f is y. */
    default double slopeFromResult(double y) {
        throw new IllegalStateException("y does not tell the slope");
    }

    /** The curve of a function. */
    static Curve of(ActivationFunction function) {
        List<Double> constants = function.constants();
        return switch (function.kind()) {
            case RELU -> clipped(0, Double.POSITIVE_INFINITY);
            case RELU6 -> clipped(0, 6);
            case HARDTANH -> clipped(constants.get(0), constants.get(1));
            case LEAKY_RELU -> new Leaky(constants.get(0));
            case ELU -> new Exponential(constants.get(0));
            case SILU -> x -> x / (1 + Math.exp(-x));
            case GELU -> x -> x * normal(x);
            case TANH_GELU -> x -> x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case SOFTPLUS ->
                x -> {
                    double beta = constants.get(0);
                    return beta * x > constants.get(1) ? x : Math.log(1 + Math.exp(beta * x)) / beta;
                };
            case TANH -> new Tanh();
            case SIGMOID -> new Sigmoid();
        };
    }

    private static Curve clipped(double min, double max) {
        return new Clipped(min, max);
    }

    /** Φ(x) by Simpson's rule from 0 to x. */
    private static double normal(double x) {
        int steps = 400;
        double h = x / steps;
        double sum = 1 + Math.exp(-x * x / 2);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-i * h * i * h / 2);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }

    /** x between two bounds. */
    record Clipped(double min, double max) implements Curve {
        @Override
        public double value(double x) {
            return Math.min(Math.max(x, min), max);
        }

        @Override
        public double slopeFromResult(double y) {
            return y > min && y < max ? 1 : 0;
        }
    }

    /** x, times a number where it is negative. */
    record Leaky(double slope) implements Curve {
        @Override
        public double value(double x) {
            return x > 0 ? x : slope * x;
        }

        @Override
        public double slopeFromResult(double y) {
            return y > 0 ? 1 : slope;
        }
    }

    /** x, and an exponential where it is negative. */
    record Exponential(double alpha) implements Curve {
        @Override
        public double value(double x) {
            return x > 0 ? x : alpha * (Math.exp(x) - 1);
        }

        @Override
        public double slopeFromResult(double y) {
            return y > 0 ? 1 : y + alpha;
        }
    }

    /** The hyperbolic tangent. */
    record Tanh() implements Curve {
        @Override
        public double value(double x) {
            return Math.tanh(x);
        }

        @Override
        public double slopeFromResult(double y) {
            return 1 - y * y;
        }
    }

    /** The logistic function. */
    record Sigmoid() implements Curve {
        @Override
        public double value(double x) {
            return 1 / (1 + Math.exp(-x));
        }

        @Override
        public double slopeFromResult(double y) {
            return y * (1 - y);
        }
    }
}
