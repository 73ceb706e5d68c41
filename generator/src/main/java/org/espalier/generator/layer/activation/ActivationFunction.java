package org.espalier.generator.layer.activation;

import java.util.List;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * A function of one number, which a layer applies to each element.
 *
 * @param kind which
 * @param constants its constants, in the order of {@link Kind#constants}
 */
public record ActivationFunction(Kind kind, List<Double> constants) {
    /** The least value of x σ(x). */
    private static final double LEAST_SILU = -0.27846454276107374;

    /** The least value of x Φ(x). */
    private static final double LEAST_GELU = -0.16997120747990369;

    /** The version of ONNX's operators from which on GELU is one of them. */
    private static final int GELU_SINCE = 20;

    /** Number from which the derivative is computed. */
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

    /** Reads the attributes of an operation that applies it. */
    static ActivationFunction read(Kind kind, PrintedOp printed) {
        return new ActivationFunction(
                kind, kind.constants().stream().map(printed::real).toList());
    }

    /** Name and attributes of an operation that applies it, or with a suffix of its backward. */
    OpSignature.Builder signature(String suffix) {
        OpSignature.Builder signature = OpSignature.of(kind.text() + suffix);
        for (int i = 0; i < constants.size(); i++) {
            signature = signature.attribute(kind.constants().get(i), constants.get(i));
        }
        return signature;
    }

    /** Tells whether the backward pass reads the result, not the argument. */
    public boolean isDerivedFromResult() {
        return kind.derivativeFrom == DerivativeFrom.RESULT;
    }

    /** The range of its results, over all numbers. */
    Range range() {
        return switch (kind) {
            case RELU, SOFTPLUS -> Range.from(0);
            case LEAKY_RELU -> Range.ALL;
            case RELU6 -> new Range(0, 6);
            case ELU -> Range.from(-constants.get(0));
            case SILU -> Range.from(LEAST_SILU);
            case GELU, TANH_GELU -> Range.from(LEAST_GELU);
            case HARDTANH -> new Range(constants.get(0), constants.get(1));
            case TANH -> new Range(-1, 1);
            case SIGMOID -> new Range(0, 1);
        };
    }

    /** Its value, in double precision. */
    double at(double x) {
        return switch (kind) {
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : constants.get(0) * x;
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case ELU -> x > 0 ? x : constants.get(0) * Math.expm1(x);
            case SILU -> x * sigmoid(x);
            case GELU -> x * (1 + Evaluation.apply(Formula.Function.ERF, x / Math.sqrt(2))) / 2;
            case TANH_GELU -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case SOFTPLUS -> softplus(x, constants.get(0), constants.get(1));
            case HARDTANH -> Math.min(Math.max(x, constants.get(0)), constants.get(1));
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

    /** Writes its nodes of ONNX. */
    String onnx(OnnxNodes nodes, String x) {
        return switch (kind) {
            case RELU -> nodes.add("Relu", x);
            case LEAKY_RELU -> nodes.add(OnnxNode.of("LeakyRelu", x).with("alpha", constants.get(0)));
            case RELU6 -> nodes.add("Clip", x, nodes.number(0), nodes.number(6));
            case ELU -> nodes.add(OnnxNode.of("Elu", x).with("alpha", constants.get(0)));
            case SILU -> nodes.add("Mul", x, nodes.add("Sigmoid", x));
            case GELU, TANH_GELU -> gelu(nodes, x);
            case SOFTPLUS -> softplus(nodes, x);
            case HARDTANH -> nodes.add("Clip", x, nodes.number(constants.get(0)), nodes.number(constants.get(1)));
            case TANH -> nodes.add("Tanh", x);
            case SIGMOID -> nodes.add("Sigmoid", x);
        };
    }

    private String gelu(OnnxNodes nodes, String x) {
        boolean tanh = kind == Kind.TANH_GELU;
        if (nodes.opset() >= GELU_SINCE) {
            return nodes.add(OnnxNode.of("Gelu", x).with("approximate", tanh ? "tanh" : "none"));
        }
        String normal;
        if (tanh) {
            String cube = nodes.add("Mul", nodes.add("Mul", x, x), x);
            String sum = nodes.add("Add", x, nodes.add("Mul", cube, nodes.number(0.044715)));
            normal = nodes.add("Tanh", nodes.add("Mul", sum, nodes.number(Math.sqrt(2 / Math.PI))));
        } else {
            normal = nodes.add("Erf", nodes.add("Div", x, nodes.number(Math.sqrt(2))));
        }
        String twice = nodes.add("Mul", x, nodes.add("Add", normal, nodes.number(1)));
        return nodes.add("Mul", twice, nodes.number(0.5));
    }

    private String softplus(OnnxNodes nodes, String x) {
        double beta = constants.get(0);
        String scaled = beta == 1 ? x : nodes.add("Mul", x, nodes.number(beta));
        String soft = nodes.add("Softplus", scaled);
        String result = beta == 1 ? soft : nodes.add("Div", soft, nodes.number(beta));
        return nodes.add("Where", nodes.add("Greater", scaled, nodes.number(constants.get(1))), x, result);
    }
}
