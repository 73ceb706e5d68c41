package org.espalier.generator.elaborate.library;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Bool;
import org.espalier.generator.elaborate.language.Datum.Int;
import org.espalier.generator.elaborate.language.Datum.Items;
import org.espalier.generator.elaborate.language.Datum.LayerDatum;
import org.espalier.generator.elaborate.language.Datum.LossDatum;
import org.espalier.generator.elaborate.language.Datum.LossTerm;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Datum.Real;
import org.espalier.generator.elaborate.language.Datum.Tensor;
import org.espalier.generator.elaborate.language.Datum.Text;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.linear.Product;
import org.espalier.generator.regularizer.FactorRange;
import org.espalier.generator.regularizer.Penalties;
import org.espalier.generator.syntax.Expression.BinaryOperator;

/** Semantics of the language's operators: the result of each for its operands. */
public final class Operators {
    private Operators() {}

    public static Datum apply(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        return switch (operator) {
            case ADD -> add(site, left, right);
            case DIVIDE ->
                left instanceof LossDatum loss && isNumber(right) && number(right) != 0
                        ? scale(site, 1 / number(right), loss)
                        : arithmetic(site, operator, left, right);
            case SUBTRACT, REMAINDER, POWER -> arithmetic(site, operator, left, right);
            case MATRIX_MULTIPLY ->
                left instanceof Tensor && right instanceof Tensor
                        ? TensorFunction.apply(site, "matmul", new Product("@"), List.of(left, right))
                        : mismatch(site, operator, left, right);
            case MULTIPLY -> multiply(site, left, right);
            case EQUAL ->
                isOfTensors(left, right) ? compare(site, operator, left, right) : new Bool(areEqual(left, right));
            case NOT_EQUAL ->
                isOfTensors(left, right) ? compare(site, operator, left, right) : new Bool(!areEqual(left, right));
            case INTERSECT, UNITE -> joined(site, operator, left, right);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> compare(site, operator, left, right);
            case AND, OR -> mismatch(site, operator, left, right);
        };
    }

    private static Datum add(CallSite site, Datum left, Datum right) {
        Optional<List<Datum>> one = LayerValues.elements(left);
        Optional<List<Datum>> other = LayerValues.elements(right);
        if (one.isPresent() && other.isPresent()) {
            List<Datum> all = new ArrayList<>(one.get());
            all.addAll(other.get());
            return all.size() > Limits.LIST_LENGTH
                    ? site.report(DiagnosticCode.LIST_TOO_LONG.at(site.span(), Limits.LIST_LENGTH))
                    : new Items(all);
        }
        if (left instanceof Tensor && right instanceof Tensor) {
            return Joins.join(site, Layer.Joining.ADD, List.of(left, right));
        }
        if (left instanceof Penalty first && right instanceof Penalty second) {
            return Penalties.sum(site, first, second);
        }
        if (left instanceof LossDatum first && right instanceof LossDatum second) {
            return first.plus(second);
        }
        if (left instanceof Text first && right instanceof Text second) {
            return new Text(first.value() + second.value());
        }
        return arithmetic(site, BinaryOperator.ADD, left, right);
    }

    private static Datum multiply(CallSite site, Datum left, Datum right) {
        if (isNumber(left) && right instanceof Penalty penalty) {
            return scale(site, left, penalty);
        }
        if (isNumber(right) && left instanceof Penalty penalty) {
            return scale(site, right, penalty);
        }
        if (isNumber(left) && right instanceof LossDatum loss) {
            return scale(site, number(left), loss);
        }
        if (isNumber(right) && left instanceof LossDatum) {
            return multiply(site, right, left);
        }
        return arithmetic(site, BinaryOperator.MULTIPLY, left, right);
    }

    private static Datum scale(CallSite site, double factor, LossDatum loss) {
        for (LossTerm term : loss.terms()) {
            double scale = factor * term.scale();
            if (FactorRange.isLost(scale, factor, term.scale())) {
                return site.report(FactorRange.beyondDoubles(site.span(), Words.oneLine(site.span()), scale));
            }
        }
        return loss.map(term -> term.withScale(factor * term.scale()));
    }

    private static Datum scale(CallSite site, Datum factor, Penalty penalty) {
        return number(factor) >= 0
                ? Penalties.scaled(site, number(factor), penalty)
                : site.report(DiagnosticCode.NEGATIVE_LAMBDA.at(site.span(), factor.describe()));
    }

    private static Datum arithmetic(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        if (left instanceof Datum.Comparison one && isOperand(right)) {
            return arithmetic(site, operator, ElementwiseFunctions.truth(site, one), right);
        }
        if (right instanceof Datum.Comparison other && isOperand(left)) {
            return arithmetic(site, operator, left, ElementwiseFunctions.truth(site, other));
        }
        if (isOfTensors(left, right)) {
            return ofTensors(site, operator, left, right);
        }
        if (!isNumber(left) || !isNumber(right)) {
            return mismatch(site, operator, left, right);
        }
        try {
            return left instanceof Int one && right instanceof Int other
                    ? whole(operator, one.value(), other.value())
                    : finite(real(operator, number(left), number(right)));
        } catch (ArithmeticException e) {
            String message = site.span().quotation() + " is " + e.getMessage();
            return site.report(DiagnosticCode.ARITHMETIC.at(site.span(), message));
        }
    }

    /** Tells whether tensors are computed with it; a comparison is 1 where it holds and 0 elsewhere. */
    private static boolean isOperand(Datum datum) {
        return datum instanceof Tensor || datum instanceof Datum.Comparison || isNumber(datum);
    }

    /** Tells whether one is a tensor, and the other a tensor or a number. */
    private static boolean isOfTensors(Datum left, Datum right) {
        return (left instanceof Tensor && (right instanceof Tensor || isNumber(right)))
                || (isNumber(left) && right instanceof Tensor);
    }

    /** Arithmetic for each element, under the names of PyTorch's functions. */
    private static Datum ofTensors(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        Stream.of(left, right).forEach(operand -> keepNumber(site, operator.symbol(), operand));
        return switch (operator) {
            case ADD -> elementwise(site, "add", "a + b", left, right);
            case SUBTRACT -> elementwise(site, "sub", "a - b", left, right);
            case MULTIPLY -> elementwise(site, "mul", "a * b", left, right);
            case DIVIDE ->
                isNumber(right) && number(right) == 0
                        ? site.report(DiagnosticCode.ARITHMETIC.at(
                                site.span(), site.span().quotation() + " is a division by zero"))
                        : elementwise(site, "div", "a / b", left, right);
            case POWER -> ElementwiseFunctions.power(site, left, right);
            default -> mismatch(site, operator, left, right);
        };
    }

    private static Datum elementwise(CallSite site, String name, String formula, Datum left, Datum right) {
        Map<String, Datum> operands = new LinkedHashMap<>();
        operands.put("a", left);
        operands.put("b", right);
        return ElementwiseFunctions.apply(site, name, FormulaParser.parse(formula), operands);
    }

    /** Lets a number that networks compute with be checked against their precision. */
    private static void keepNumber(CallSite site, String operator, Datum operand) {
        if (operand instanceof Real real) {
            site.session().given(new Session.Constant("operand", operator, real.value(), site.span(), site.frame()));
        }
    }

    /** A quotient of whole numbers is whole if it comes out even, and otherwise has a point: nothing is cut off. */
    private static Datum whole(BinaryOperator operator, long a, long b) {
        return switch (operator) {
            case ADD -> new Int(bounded(() -> Math.addExact(a, b)));
            case SUBTRACT -> new Int(bounded(() -> Math.subtractExact(a, b)));
            case MULTIPLY -> new Int(bounded(() -> Math.multiplyExact(a, b)));
            case DIVIDE -> a % nonZero(b) == 0 ? new Int(a / b) : finite((double) a / b);
            case REMAINDER -> new Int(Math.floorMod(a, nonZero(b)));
            default -> b < 0 ? finite(real(BinaryOperator.POWER, (double) a, (double) b)) : new Int(power(a, b));
        };
    }

    private static long bounded(java.util.function.LongSupplier result) {
        try {
            return result.getAsLong();
        } catch (ArithmeticException e) {
            throw new ArithmeticException("out of range");
        }
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("a division by zero");
        }
        return divisor;
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("a division by zero");
        }
        return divisor;
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) {
            return exponent == 0 ? 1 : base;
        }
        if (base == -1) {
            return exponent % 2 == 0 ? 1 : -1;
        }
        if (exponent >= Long.SIZE) {
            throw new ArithmeticException("out of range");
        }
        long power = 1;
        for (long i = 0; i < exponent; i++) {
            long sofar = power;
            power = bounded(() -> Math.multiplyExact(sofar, base));
        }
        return power;
    }

    private static double real(BinaryOperator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> nonZeroUnless(a == 0 || b == 0, a * b);
            case DIVIDE -> nonZeroUnless(a == 0, a / nonZero(b));
            case REMAINDER -> a - b * Math.floor(a / nonZero(b));
            default -> nonZeroUnless(a == 0, Math.pow(a, b));
        };
    }

    /** A result that is 0 only if it should be, and not because it is nearer to 0 than numbers are. */
    private static double nonZeroUnless(boolean isZero, double result) {
        if (result == 0 && !isZero) {
            throw new ArithmeticException("out of range");
        }
        return result;
    }

    private static Datum finite(double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(Double.isNaN(value) ? "not a number" : "infinite");
        }
        return new Real(value);
    }

    private static Datum compare(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        if (isOfTensors(left, right)) {
            Stream.of(left, right).forEach(operand -> keepNumber(site, operator.symbol(), operand));
            return switch (operator) {
                case EQUAL -> ElementwiseFunctions.compare(Relation.EQUAL, left, right);
                case NOT_EQUAL ->
                    ElementwiseFunctions.compare(Relation.EQUAL, left, right).inverted();
                case LESS -> ElementwiseFunctions.compare(Relation.LESS, left, right);
                case LESS_OR_EQUAL -> ElementwiseFunctions.compare(Relation.LESS_OR_EQUAL, left, right);
                case GREATER -> ElementwiseFunctions.compare(Relation.LESS, right, left);
                default -> ElementwiseFunctions.compare(Relation.LESS_OR_EQUAL, right, left);
            };
        }
        if (!isNumber(left) || !isNumber(right)) {
            return mismatch(site, operator, left, right);
        }
        int order = compareNumbers(left, right);
        return new Bool(
                switch (operator) {
                    case LESS -> order < 0;
                    case LESS_OR_EQUAL -> order <= 0;
                    case GREATER -> order > 0;
                    default -> order >= 0;
                });
    }

    /** {@code &} and {@code |}: both comparisons hold, or one of them. */
    private static Datum joined(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        if (left instanceof Datum.Comparison one && right instanceof Datum.Comparison other) {
            return operator == BinaryOperator.INTERSECT
                    ? one.joined(other, Condition.Both::new)
                    : one.joined(other, Condition.Either::new);
        }
        return mismatch(site, operator, left, right);
    }

    /** {@code ~}: a comparison does not hold. */
    public static Datum invert(CallSite site, Datum operand) {
        return operand instanceof Datum.Comparison comparison
                ? comparison.inverted()
                : site.report(DiagnosticCode.OPERAND_TYPE
                        .at(site.span(), "~", operand.describe())
                        .withHelp(ofMasks("~", operand)));
    }

    /** Advice for what is no comparison of tensors where one is wanted. */
    private static String ofMasks(String symbol, Datum operand) {
        return operand instanceof Bool
                ? "write '" + (symbol.equals("&") ? "and" : symbol.equals("|") ? "or" : "not") + "'"
                : "comparisons of tensors have it, each in parentheses: (x > 0) & ~(y == 1)";
    }

    static int compareNumbers(Datum a, Datum b) {
        return a instanceof Int one && b instanceof Int other
                ? Long.compare(one.value(), other.value())
                : Double.compare(number(a), number(b));
    }

    /** Numbers are equal by value, {@code 1 == 1.0}; layers, tensors and callees only to themselves. */
    static boolean areEqual(Datum a, Datum b) {
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b) == 0;
        }
        if (a instanceof LayerDatum one && b instanceof LayerDatum other) {
            return one.layer() == other.layer();
        }
        if (a instanceof Datum.Function one && b instanceof Datum.Function other) {
            return one.isSame(other);
        }
        if (a instanceof Datum.Tuple || a instanceof Items) {
            List<Datum> one = Type.elements(a);
            List<Datum> other = Type.elements(b);
            boolean same = a.getClass() == b.getClass() && one.size() == other.size();
            for (int i = 0; same && i < one.size(); i++) {
                same = areEqual(one.get(i), other.get(i));
            }
            return same;
        }
        return a.equals(b);
    }

    public static Datum negate(CallSite site, Datum operand) {
        if (operand instanceof Datum.Infinity infinity) {
            return new Datum.Infinity(!infinity.negative());
        }
        if (operand instanceof Int whole && whole.value() != Long.MIN_VALUE) {
            return new Int(-whole.value());
        }
        if (operand instanceof Real real) {
            return new Real(-real.value());
        }
        if (operand instanceof Tensor) {
            return ElementwiseFunctions.apply(site, "neg", FormulaParser.parse("-a"), Map.of("a", operand));
        }
        return site.report(DiagnosticCode.OPERAND_TYPE.at(site.span(), "-", operand.describe()));
    }

    private static boolean isNumber(Datum datum) {
        return datum instanceof Int || datum instanceof Real;
    }

    private static double number(Datum datum) {
        return datum instanceof Int whole ? whole.value() : ((Real) datum).value();
    }

    private static Datum mismatch(CallSite site, BinaryOperator operator, Datum left, Datum right) {
        Diagnostic diagnostic = DiagnosticCode.OPERAND_TYPE.at(
                site.span(), operator.symbol(), left.describe() + " and " + right.describe());
        boolean layers = left instanceof LayerDatum || right instanceof LayerDatum;
        if (operator == BinaryOperator.ADD && layers) {
            diagnostic = diagnostic.withHelp("lists add: put the layer into brackets, as in down + [submodule] + up");
        }
        if (operator == BinaryOperator.MULTIPLY && (left instanceof Items || right instanceof Items)) {
            diagnostic = diagnostic.withHelp("write repeat(n, layer), which makes new layers each time");
        }
        if (left instanceof Penalty || right instanceof Penalty) {
            diagnostic =
                    diagnostic.withHelp("regularizers add and are multiplied by numbers: l1(1e-5) + 0.5 * l2(1e-4)");
        }
        if (left instanceof LossDatum || right instanceof LossDatum) {
            diagnostic = diagnostic.withHelp(
                    "losses add and are multiplied by numbers: L1Loss()(y, t) + 0.5 * BCEWithLogitsLoss()(score, real)");
        }
        if (operator == BinaryOperator.INTERSECT || operator == BinaryOperator.UNITE) {
            return site.report(diagnostic.withHelp(ofMasks(operator.symbol(), left)));
        }
        if (left instanceof Tensor || right instanceof Tensor) {
            Diagnostic ofTensors = diagnostic;
            diagnostic = PytorchWords.ofOperator(operator.symbol())
                    .map(ofTensors::withHelp)
                    .orElse(ofTensors);
        }
        return site.report(diagnostic);
    }
}
