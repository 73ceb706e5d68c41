package org.espalier.generator.ir;

import java.util.List;

/**
 * A function of one number, which a layer applies to each element.
 *
 * @param kind which
 * @param constants its constants, in the order of {@link Kind#constants}
 */
public record ActivationFunction(Kind kind, List<Double> constants) {
    /** What tells the derivative. */
    public enum DerivativeFrom {
        /** The argument x, which therefore must not be overwritten before the backward pass. */
        ARGUMENT,
        /** The result y, so that x may be overwritten. */
        RESULT
    }

    /** The functions there are. Φ and φ are the normal distribution and its density, σ(x) = 1/(1 + exp(−x)). */
    public enum Kind {
        /** y = max(x, 0); dX = dY where y &gt; 0, else 0 (so 0 at the kink). */
        RELU("ReLU", "relu", DerivativeFrom.RESULT),
        /**
         * y = x where x &gt; 0, else slope · x; dX = dY where y &gt; 0, else slope · dY. The slope is positive, so y
         * tells the sign of x.
         */
        LEAKY_RELU("LeakyReLU", "leaky_relu", DerivativeFrom.RESULT, "slope"),
        /** y = min(max(x, 0), 6); dX = dY where 0 &lt; y &lt; 6, else 0. */
        RELU6("ReLU6", "relu6", DerivativeFrom.RESULT),
        /** y = x where x &gt; 0, else α (exp(x) − 1), α ≥ 0; dX = dY where y &gt; 0, else dY (y + α). */
        ELU("ELU", "elu", DerivativeFrom.RESULT, "alpha"),
        /** y = x σ(x); dX = dY σ(x) (1 + x (1 − σ(x))). */
        SILU("SiLU", "silu", DerivativeFrom.ARGUMENT),
        /** y = x Φ(x); dX = dY (Φ(x) + x φ(x)). */
        GELU("GELU", "gelu", DerivativeFrom.ARGUMENT),
        /** y = ½ x (1 + tanh u), u = √(2/π) (x + 0.044715 x³); dX = ½ dY (1 + tanh u + x (1 − tanh² u) u′). */
        TANH_GELU("GELU", "tanh_gelu", DerivativeFrom.ARGUMENT),
        /** y = log(1 + exp(βx))/β, and x where βx &gt; threshold; dX = dY σ(βx), and dY there. */
        SOFTPLUS("Softplus", "softplus", DerivativeFrom.ARGUMENT, "beta threshold"),
        /** y = min(max(x, min), max); dX = dY where min &lt; y &lt; max, else 0. */
        HARDTANH("Hardtanh", "hardtanh", DerivativeFrom.RESULT, "min max"),
        /** y = tanh x; dX = dY (1 − y²). */
        TANH("Tanh", "tanh", DerivativeFrom.RESULT),
        /** y = 1/(1 + exp(−x)); dX = dY y (1 − y). */
        SIGMOID("Sigmoid", "sigmoid", DerivativeFrom.RESULT);

        private final String word;
        private final String text;
        private final DerivativeFrom derivativeFrom;

        /** Their names, with spaces between. */
        private final String constants;

        Kind(String word, String text, DerivativeFrom derivativeFrom) {
            this(word, text, derivativeFrom, "");
        }

        Kind(String word, String text, DerivativeFrom derivativeFrom, String constants) {
            this.word = word;
            this.text = text;
            this.derivativeFrom = derivativeFrom;
            this.constants = constants;
        }

        /** The layer in the {@code .net}: {@code LeakyReLU}. */
        public String word() {
            return word;
        }

        /** The name in printed programs: {@code leaky_relu}. */
        public String text() {
            return text;
        }

        /** The names of its constants. */
        public List<String> constants() {
            return constants.isEmpty() ? List.of() : List.of(constants.split(" ", -1));
        }
    }

    /** Checks that there is a number for each constant. */
    public ActivationFunction {
        constants = List.copyOf(constants);
        if (constants.size() != kind.constants().size()) {
            throw new IllegalArgumentException(kind + " has the constants " + kind.constants() + ", not " + constants);
        }
    }

    /** A function with its constants. */
    public static ActivationFunction of(Kind kind, Double... constants) {
        return new ActivationFunction(kind, List.of(constants));
    }

    /** Whether the backward pass reads the result, not the argument. */
    public boolean isDerivedFromResult() {
        return kind.derivativeFrom == DerivativeFrom.RESULT;
    }
}
