package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.jspecify.annotations.Nullable;

/** Lowers element-wise operators, on tensors of the network and on constants. */
final class ElementwiseNodes {
    /** Functions of one tensor that the language has under a name of its own. */
    private static final Map<String, String> FUNCTIONS = new TreeMap<>(Map.ofEntries(
            Map.entry("Abs", "abs"),
            Map.entry("Acos", "acos"),
            Map.entry("Asin", "asin"),
            Map.entry("Atan", "atan"),
            Map.entry("Atanh", "atanh"),
            Map.entry("Ceil", "ceil"),
            Map.entry("Cos", "cos"),
            Map.entry("Cosh", "cosh"),
            Map.entry("Erf", "erf"),
            Map.entry("Exp", "exp"),
            Map.entry("Floor", "floor"),
            Map.entry("Log", "log"),
            Map.entry("Reciprocal", "reciprocal"),
            Map.entry("Round", "round"),
            Map.entry("Sign", "sign"),
            Map.entry("Sin", "sin"),
            Map.entry("Sinh", "sinh"),
            Map.entry("Sqrt", "sqrt"),
            Map.entry("Tan", "tan")));

    /** Layers of one tensor without arguments. */
    private static final Map<String, String> LAYERS = new TreeMap<>(Map.of(
            "Relu", "ReLU",
            "Sigmoid", "Sigmoid",
            "Tanh", "Tanh",
            "HardSwish", "Hardswish",
            "Mish", "Mish",
            "Softplus", "Softplus",
            "Softsign", "Softsign"));

    private static final Map<String, DoubleUnaryOperator> UNARY = new TreeMap<>(Map.ofEntries(
            Map.entry("Abs", Math::abs),
            Map.entry("Ceil", Math::ceil),
            Map.entry("Cos", Math::cos),
            Map.entry("Erf", x -> erf(x)),
            Map.entry("Exp", Math::exp),
            Map.entry("Floor", Math::floor),
            Map.entry("Identity", x -> x),
            Map.entry("Log", Math::log),
            Map.entry("Neg", x -> -x),
            Map.entry("Not", x -> x == 0 ? 1 : 0),
            Map.entry("Reciprocal", x -> 1 / x),
            Map.entry("Relu", x -> Math.max(0, x)),
            Map.entry("Round", Math::rint),
            Map.entry("Sigmoid", x -> 1 / (1 + Math.exp(-x))),
            Map.entry("Sign", Math::signum),
            Map.entry("Sin", Math::sin),
            Map.entry("Softplus", x -> Math.log1p(Math.exp(x))),
            Map.entry("Sqrt", Math::sqrt),
            Map.entry("Tan", Math::tan),
            Map.entry("Tanh", Math::tanh)));

    private static final Map<String, DoubleBinaryOperator> BINARY = new TreeMap<>(Map.ofEntries(
            Map.entry("Add", (x, y) -> x + y),
            Map.entry("Sub", (x, y) -> x - y),
            Map.entry("Mul", (x, y) -> x * y),
            Map.entry("Div", (x, y) -> x / y),
            Map.entry("Pow", Math::pow),
            Map.entry("Max", Math::max),
            Map.entry("Min", Math::min),
            Map.entry("Sum", (x, y) -> x + y),
            Map.entry("Mod", (x, y) -> x - Math.floor(x / y) * y),
            Map.entry("BitwiseAnd", (x, y) -> (long) x & (long) y),
            Map.entry("BitwiseOr", (x, y) -> (long) x | (long) y),
            Map.entry("BitwiseXor", (x, y) -> (long) x ^ (long) y),
            Map.entry("And", (x, y) -> x != 0 && y != 0 ? 1 : 0),
            Map.entry("Or", (x, y) -> x != 0 || y != 0 ? 1 : 0),
            Map.entry("Xor", (x, y) -> (x != 0) != (y != 0) ? 1 : 0),
            Map.entry("Equal", (x, y) -> x == y ? 1 : 0),
            Map.entry("Greater", (x, y) -> x > y ? 1 : 0),
            Map.entry("GreaterOrEqual", (x, y) -> x >= y ? 1 : 0),
            Map.entry("Less", (x, y) -> x < y ? 1 : 0),
            Map.entry("LessOrEqual", (x, y) -> x <= y ? 1 : 0)));

    private ElementwiseNodes() {}

    /** The function of one number that an operator computes of constants, or null. */
    static @Nullable DoubleUnaryOperator unary(String operator) {
        return UNARY.get(operator);
    }

    /** The function of two numbers that an operator computes of constants, or null. */
    static @Nullable DoubleBinaryOperator binary(String operator) {
        return BINARY.get(operator);
    }

    /** The error function by its series, and by a continued fraction far out. */
    private static double erf(double x) {
        double z = Math.abs(x);
        if (z > 6) {
            return Math.signum(x);
        }
        double term = z;
        double sum = z;
        for (int n = 1; n < 200; n++) {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return Math.signum(x) * Math.min(1, 2 / Math.sqrt(Math.PI) * sum);
    }

    static void register(Map<String, Rules.Rule> rules) {
        FUNCTIONS.forEach((operator, function) -> rules.put(operator, node -> {
            Value x = node.numbers(0);
            node.result(node.function(function, x.form(), x.ref()));
        }));
        LAYERS.forEach((operator, layer) -> rules.put(operator, node -> {
            Value x = node.numbers(0);
            node.result(node.layer(layer, x.form(), x));
        }));
        rules.put("Identity", node -> node.result(node.value(0)));
        rules.put("Dropout", ElementwiseNodes::dropout);
        rules.put(
                "Cast",
                node -> node.result(cast(node, node.value(0), target(node.node().whole("to", 1)))));
        rules.put("CastLike", node -> {
            ElementKind kind = kind(node.tensor(1));
            node.result(
                    node.tensor(0) instanceof Known known
                            ? new Known(cast(known.constant(), kind))
                            : cast(node, node.value(0), kind));
        });
        rules.put("Neg", node -> {
            Value x = node.numbers(0);
            node.result(node.operator("-", x.form(), x.ref()));
        });
        rules.put("Acosh", node -> {
            Value x = node.numbers(0);
            Value root = node.function(
                    "sqrt", x.form(), minus(node, square(node, x), 1).ref());
            node.result(node.function(
                    "log",
                    x.form(),
                    node.operator("+", x.form(), x.ref(), root.ref()).ref()));
        });
        rules.put("Asinh", node -> {
            Value x = node.numbers(0);
            Value size = node.function("abs", x.form(), x.ref());
            Value inner = node.operator("+", x.form(), square(node, x).ref(), new Literal(1));
            Value root = node.function("sqrt", x.form(), inner.ref());
            Value log = node.function(
                    "log",
                    x.form(),
                    node.operator("+", x.form(), size.ref(), root.ref()).ref());
            Value sign = node.function("sign", x.form(), x.ref());
            node.result(node.operator("*", x.form(), sign.ref(), log.ref()));
        });
        rules.put("BitwiseNot", node -> {
            Value x = node.numbers(0);
            if (kind(x) != ElementKind.WHOLE) {
                throw new Unsupported("it needs whole numbers");
            }
            node.result(node.operator("-", x.form(), new Literal(-1), x.ref()));
        });
        activations(rules);
        arithmetic(rules);
        truths(rules);
    }

    private static Value square(NodeLowering node, Value x) {
        return node.operator("**", x.form(), x.ref(), new Literal(2));
    }

    private static Value minus(NodeLowering node, Value x, double number) {
        return node.operator("-", x.form(), x.ref(), new Literal(number));
    }

    private static void activations(Map<String, Rules.Rule> rules) {
        rules.put(
                "LeakyRelu",
                node -> withReal(
                        node, "LeakyReLU", "negative_slope", node.node().real("alpha", 0.01)));
        rules.put("Elu", node -> withReal(node, "ELU", "alpha", node.node().real("alpha", 1)));
        rules.put("Celu", node -> withReal(node, "CELU", "alpha", node.node().real("alpha", 1)));
        rules.put("Gelu", node -> {
            Value x = node.numbers(0);
            boolean tanh = node.node().text("approximate", "none").equals("tanh");
            List<OpArgument> arguments =
                    tanh ? List.of(OpArgument.named("approximate", Setting.of("'tanh'"))) : List.of();
            node.result(node.layer("GELU", arguments, Map.of(), x.form(), x.ref()));
        });
        rules.put("Selu", node -> {
            Value x = node.numbers(0);
            double alpha = node.node().real("alpha", 1.6732632);
            double gamma = node.node().real("gamma", 1.050701);
            if (Math.abs(alpha - 1.6732632) < 1e-4 && Math.abs(gamma - 1.050701) < 1e-4) {
                node.result(node.layer("SELU", x.form(), x));
            } else {
                Value elu = node.layer(
                        "ELU",
                        List.of(OpArgument.named("alpha", new Setting.Real(alpha))),
                        Map.of(),
                        x.form(),
                        x.ref());
                node.result(node.operator("*", x.form(), new Literal(gamma), elu.ref()));
            }
        });
        rules.put("ThresholdedRelu", node -> {
            Value x = node.numbers(0);
            List<OpArgument> arguments = List.of(
                    OpArgument.positional(
                            "threshold", new Setting.Real(node.node().real("alpha", 1))),
                    OpArgument.positional("value", new Setting.Real(0)));
            node.result(node.layer("Threshold", arguments, Map.of(), x.form(), x.ref()));
        });
        rules.put("HardSigmoid", node -> {
            Value x = node.numbers(0);
            double alpha = node.node().real("alpha", 0.2);
            double beta = node.node().real("beta", 0.5);
            if (Math.abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5) {
                node.result(node.layer("Hardsigmoid", x.form(), x));
            } else {
                Value line = node.operator("*", x.form(), new Literal(alpha), x.ref());
                line = node.operator("+", x.form(), line.ref(), new Literal(beta));
                node.result(clamped(node, line, 0.0, 1.0));
            }
        });
        rules.put("Swish", node -> {
            Value x = node.numbers(0);
            double alpha = node.node().real("alpha", 1);
            if (alpha == 1) {
                node.result(node.layer("SiLU", x.form(), x));
            } else {
                Value steep = node.operator("*", x.form(), new Literal(alpha), x.ref());
                node.result(node.operator(
                        "*",
                        x.form(),
                        x.ref(),
                        node.layer("Sigmoid", x.form(), steep).ref()));
            }
        });
        rules.put("Shrink", node -> {
            Value x = node.numbers(0);
            double bias = node.node().real("bias", 0);
            double lambda = node.node().real("lambd", 0.5);
            Value low = node.condition("<", x.form(), x.ref(), new Literal(-lambda));
            Value high = node.condition(">", x.form(), x.ref(), new Literal(lambda));
            Value above = node.function(
                    "where", x.form(), high.ref(), minus(node, x, bias).ref(), new Literal(0));
            node.result(node.function(
                    "where", x.form(), low.ref(), minus(node, x, -bias).ref(), above.ref()));
        });
        rules.put("Clip", ElementwiseNodes::clip);
        rules.put("PRelu", ElementwiseNodes::prelu);
    }

    private static void withReal(NodeLowering node, String layer, String word, double number) throws Unsupported {
        Value x = node.numbers(0);
        node.result(node.layer(
                layer, List.of(OpArgument.positional(word, new Setting.Real(number))), Map.of(), x.form(), x.ref()));
    }

    private static void clip(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        Double low = bound(node, 1, "min");
        Double high = bound(node, 2, "max");
        if (low != null && high != null && low > high) {
            Value nothing = node.operator("*", x.form(), x.ref(), new Literal(0));
            node.result(node.operator("+", x.form(), nothing.ref(), new Literal(high)));
        } else {
            node.result(low == null && high == null ? x : clamped(node, x, low, high));
        }
    }

    private static @Nullable Double bound(NodeLowering node, int input, String attribute) throws Unsupported {
        Constant constant = node.optionalConstant(input);
        if (constant != null) {
            if (constant.count() != 1) {
                throw new Unsupported("its bound '" + node.node().inputs().get(input) + "' is not a single number");
            }
            return unbounded(constant.at(0));
        }
        return node.node().has(attribute) ? unbounded(node.node().real(attribute, 0)) : null;
    }

    private static @Nullable Double unbounded(double bound) {
        return Math.abs(bound) >= Float.MAX_VALUE ? null : Double.valueOf(bound);
    }

    static Value clamped(NodeLowering node, Value x, @Nullable Double low, @Nullable Double high) {
        if (low != null && high != null && low == 0 && high == 6) {
            return node.layer("ReLU6", x.form(), x);
        }
        if (low != null && high == null && low == 0) {
            return node.layer("ReLU", x.form(), x);
        }
        List<OpArgument> arguments = new ArrayList<>();
        if (low != null) {
            arguments.add(OpArgument.named("min", new Setting.Real(low)));
        }
        if (high != null) {
            arguments.add(OpArgument.named("max", new Setting.Real(high)));
        }
        return node.function("clamp", x.form(), arguments, x.ref());
    }

    private static void prelu(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        if (node.tensor(1) instanceof Known known) {
            Constant given = known.constant();
            boolean wide = given.rank() == x.rank() && x.rank() > 1 && given.size(0) == 1;
            Constant slope = wide ? given.reshaped(given.shape().subList(1, given.rank())) : given;
            boolean channels = x.form().batch() == 0
                    && slope.rank() >= 1
                    && slope.rank() == x.rank() - 1
                    && slope.count() == slope.size(0)
                    && slope.size(0) == x.sizes().get(1);
            if (channels || (slope.count() == 1 && x.form().batch() == 0)) {
                Constant weight = slope.reshaped(List.of((long) slope.count()));
                node.result(node.layer(
                        "PReLU",
                        List.of(OpArgument.positional("num_parameters", slope.count())),
                        Map.of("weight", weight),
                        x.form(),
                        x.ref()));
                return;
            }
        }
        Value positive = node.layer("ReLU", x.form(), x);
        Value negative =
                node.function("clamp", x.form(), List.of(OpArgument.named("max", new Setting.Real(0))), x.ref());
        node.result(node.binary("+", positive, node.binary("*", node.tensor(1), negative)));
    }

    private static void dropout(NodeLowering node) throws Unsupported {
        Constant training = node.optionalConstant(2);
        if (training != null && training.at(0) != 0) {
            throw new Unsupported("it drops elements, as in training; export the model for use");
        }
        node.result(node.value(0));
        if (node.wants(1)) {
            Value x = node.numbers(0);
            Value nothing = node.operator("*", x.form(), x.ref(), new Literal(0));
            node.result(1, node.operator("+", x.form().of(ElementKind.TRUTH), nothing.ref(), new Literal(1)));
        }
    }

    // Types

    private static ElementKind target(long type) throws Unsupported {
        return switch ((int) type) {
            case 1, 10, 11, 16 -> ElementKind.REAL;
            case 2, 3, 4, 5, 6, 7, 12, 13 -> ElementKind.WHOLE;
            case 9 -> ElementKind.TRUTH;
            default -> throw new Unsupported("the type number " + type + " is not supported");
        };
    }

    static ElementKind kind(LoweredTensor tensor) {
        return tensor instanceof Value value
                ? value.kind()
                : tensor instanceof Known known ? known.constant().kind() : ElementKind.REAL;
    }

    private static Constant cast(Constant constant, ElementKind kind) {
        return constant.kind() == kind
                ? constant
                : Constant.of(kind, constant.shape(), constant.numbers()).named(String.valueOf(constant.name()), false);
    }

    private static Value cast(NodeLowering node, Value value, ElementKind kind) {
        if (value.kind() == ElementKind.REAL && kind == ElementKind.WHOLE) {
            Form form = value.form().of(kind);
            return node.function("trunc", form, value.ref());
        }
        if (value.kind() != ElementKind.TRUTH && kind == ElementKind.TRUTH) {
            Value size = node.function("abs", value.form(), value.ref());
            return node.condition(">", value.form(), size.ref(), new Literal(0));
        }
        if (value.kind() == ElementKind.TRUTH && kind != ElementKind.TRUTH) {
            return new Value(node.number(value).ref(), value.form().of(kind));
        }
        return new Value(value.ref(), value.form().of(kind));
    }

    // Arithmetic

    private static void arithmetic(Map<String, Rules.Rule> rules) {
        rules.put("Add", node -> infix(node, "+"));
        rules.put("Sub", node -> infix(node, "-"));
        rules.put("Mul", node -> infix(node, "*"));
        rules.put("Div", node -> {
            Value quotient = node.binary("/", node.tensor(0), node.tensor(1));
            boolean whole = kind(node.tensor(0)) == ElementKind.WHOLE;
            Form form = quotient.form().of(kind(node.tensor(0)));
            node.result(whole ? node.function("trunc", form, quotient.ref()) : quotient);
        });
        rules.put("Pow", node -> {
            if (node.tensor(1) instanceof Known known && known.constant().count() == 1) {
                Value x = node.numbers(0);
                node.result(node.operator(
                        "**", x.form(), x.ref(), new Literal(known.constant().at(0))));
            } else if (node.tensor(0) instanceof Known known && known.constant().count() == 1) {
                Value y = node.numbers(1);
                node.result(node.operator(
                        "**", y.form(), new Literal(known.constant().at(0)), y.ref()));
            } else {
                throw new Unsupported("one of base and exponent must be a single number");
            }
        });
        rules.put("Mod", node -> {
            Value quotient = node.binary("/", node.tensor(0), node.tensor(1));
            String rounding = node.node().whole("fmod", 0) == 1 ? "trunc" : "floor";
            Value whole = node.function(rounding, quotient.form(), quotient.ref());
            node.result(node.binary("-", node.tensor(0), node.binary("*", whole, node.tensor(1))));
        });
        rules.put("Max", node -> variadic(node, "maximum"));
        rules.put("Min", node -> variadic(node, "minimum"));
        rules.put("Sum", node -> {
            LoweredTensor sum = node.tensor(0);
            for (int i = 1; i < node.node().inputs().size(); i++) {
                sum = node.binary("+", sum, node.tensor(i));
            }
            node.result(sum);
        });
        rules.put("Mean", node -> {
            LoweredTensor sum = node.tensor(0);
            int count = node.node().inputs().size();
            for (int i = 1; i < count; i++) {
                sum = node.binary("+", sum, node.tensor(i));
            }
            node.result(count == 1 ? sum : node.binary("/", sum, NodeLowering.known(count)));
        });
        rules.put("Where", ElementwiseNodes::where);
    }

    private static void infix(NodeLowering node, String operator) throws Unsupported {
        Value result = node.binary(operator, node.tensor(0), node.tensor(1));
        node.result(new Value(result.ref(), result.form().of(kind(node.tensor(0)))));
    }

    private static void variadic(NodeLowering node, String function) throws Unsupported {
        LoweredTensor result = node.tensor(0);
        for (int i = 1; i < node.node().inputs().size(); i++) {
            LoweredTensor other = node.tensor(i);
            Form form = node.broadcast(List.of(result, other));
            OpOperand left = node.operand(result, form);
            OpOperand right = node.operand(other, form);
            if (left instanceof Literal || right instanceof Literal) {
                Value x = (Value) (left instanceof Literal ? other : result);
                double bound = ((Literal) (left instanceof Literal ? left : right)).number();
                boolean low = function.equals("maximum");
                result = clamped(node, node.number(x), low ? bound : null, low ? null : Double.valueOf(bound));
            } else {
                result = node.function(function, form, left, right);
            }
        }
        node.result(result);
    }

    // Truth values

    private static void truths(Map<String, Rules.Rule> rules) {
        rules.put("Greater", node -> comparison(node, ">"));
        rules.put("GreaterOrEqual", node -> comparison(node, ">="));
        rules.put("Less", node -> comparison(node, "<"));
        rules.put("LessOrEqual", node -> comparison(node, "<="));
        rules.put("Equal", node -> {
            Value difference = node.binary("-", node.tensor(0), node.tensor(1));
            Value size = node.function("abs", difference.form(), difference.ref());
            node.result(node.condition("<=", size.form(), size.ref(), new Literal(0)));
        });
        rules.put("Not", node -> {
            Value x = node.numbers(0);
            node.result(node.condition("<", x.form(), x.ref(), new Literal(0.5)));
        });
        rules.put("And", node -> truth(node, node.binary("*", node.tensor(0), node.tensor(1))));
        rules.put("Or", node -> truth(node, node.binary("+", node.tensor(0), node.tensor(1))));
        rules.put("Xor", node -> {
            Value difference = node.binary("-", node.tensor(0), node.tensor(1));
            truth(node, node.function("abs", difference.form(), difference.ref()));
        });
        rules.put("IsNaN", node -> {
            Value x = node.numbers(0);
            Value below = node.condition("<=", x.form(), x.ref(), new Literal(0));
            Value above = node.condition(">", x.form(), x.ref(), new Literal(0));
            Value rest = node.function("where", x.form(), above.ref(), new Literal(0), new Literal(1));
            Value nan = node.function("where", x.form(), below.ref(), new Literal(0), rest.ref());
            truth(node, nan);
        });
        rules.put("IsInf", node -> {
            Value x = node.numbers(0);
            boolean negative = node.node().whole("detect_negative", 1) == 1;
            boolean positive = node.node().whole("detect_positive", 1) == 1;
            if (!negative && !positive) {
                throw new Unsupported("it looks for neither infinity");
            }
            Value seen = negative && positive
                    ? node.function("abs", x.form(), x.ref())
                    : positive ? x : node.operator("-", x.form(), x.ref());
            node.result(node.condition(">", x.form(), seen.ref(), new Literal(3.4028235e38)));
        });
    }

    private static void truth(NodeLowering node, Value number) {
        node.result(node.condition(">", number.form(), number.ref(), new Literal(0.5)));
    }

    private static void comparison(NodeLowering node, String operator) throws Unsupported {
        Form form = node.broadcast(List.of(node.tensor(0), node.tensor(1)));
        node.result(
                node.condition(operator, form, node.operand(node.tensor(0), form), node.operand(node.tensor(1), form)));
    }

    private static void where(NodeLowering node) throws Unsupported {
        List<LoweredTensor> inputs = List.of(node.tensor(0), node.tensor(1), node.tensor(2));
        Form form = node.broadcast(inputs);
        OpOperand left = node.operand(inputs.get(1), form);
        OpOperand right = node.operand(inputs.get(2), form);
        OpOperand condition;
        if (inputs.get(0) instanceof Value value && value.ref().isCondition() && value.rank() == form.rank()) {
            condition = value.ref();
        } else {
            condition = node.condition(">", form, node.operand(inputs.get(0), form), new Literal(0.5))
                    .ref();
        }
        node.result(node.function("where", form.of(kind(inputs.get(1))), condition, left, right));
    }
}
