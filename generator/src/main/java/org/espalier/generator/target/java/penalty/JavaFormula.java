package org.espalier.generator.target.java.penalty;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.target.java.text.Literals;

/**
 * Writes formulas as Java: {@code 0.1f * Math.max(Math.abs(w[i]) - 0.1f, 0)}. Parts that have a local variable are
 * written by its name. {@code sign} and {@code step} are methods of the runtime's penalties. A statement goes to
 * JavaPoet by way of {@link #code}.
 */
final class JavaFormula implements Formula.Visitor<String>, Condition.Visitor<String> {
    private static final int CHOICE = 0;
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int COMPARISON = 3;
    private static final int SUM = 4;
    private static final int PRODUCT = 5;
    private static final int SIGN = 6;
    private static final int ATOM = 7;

    private static final Pattern CLASSES = Pattern.compile("\\b(Math|Float)\\b(?=\\.)");

    /** A power of more than this is left to {@link Math#pow}. */
    private static final double MOST_FACTORS = 4;

    private final Precision precision;
    private final Map<Formula, String> names = new HashMap<>();

    /**
     * A printer.
     *
     * @param precision of all numbers
     * @param variables what stands for the formulas' variables: {@code w[i]}
     */
    JavaFormula(Precision precision, Map<String, String> variables) {
        this.precision = precision;
        variables.forEach((variable, text) -> names.put(new Formula.Variable(variable), text));
    }

    /** Writes a part by its name from now on. */
    void name(Formula part, String local) {
        names.put(part, local);
    }

    /** Tells whether a part is written by a name. */
    boolean isNamed(Formula part) {
        return names.containsKey(part);
    }

    /** The Java for a formula. */
    String of(Formula formula) {
        String name = names.get(formula);
        return name == null ? formula.accept(this) : name;
    }

    /** A line with formulas, with its classes as JavaPoet wants them, which knows what they are called where. */
    static CodeBlock code(String line) {
        CodeBlock.Builder code = CodeBlock.builder();
        Matcher classes = CLASSES.matcher(line);
        int from = 0;
        while (classes.find()) {
            code.add("$L$T", line.substring(from, classes.start()), ClassName.get("java.lang", classes.group()));
            from = classes.end();
        }
        return code.add("$L", line.substring(from)).build();
    }

    /** The Java for a factor of a product. */
    String factor(Formula formula) {
        return within(PRODUCT, formula);
    }

    /** Tells whether a power is no product of few factors, nor one with a square root. */
    static boolean isCallOfPow(double exponent) {
        return exponent > MOST_FACTORS || Math.rint(2 * exponent) != 2 * exponent;
    }

    private String within(int binding, Formula formula) {
        return binding(formula) < binding ? "(" + of(formula) + ")" : of(formula);
    }

    private int binding(Formula formula) {
        if (names.containsKey(formula)) {
            return ATOM;
        }
        if (formula instanceof Formula.Binary binary) {
            return switch (binary.operator()) {
                case ADD, SUBTRACT -> SUM;
                case MULTIPLY, DIVIDE -> PRODUCT;
                case MIN, MAX -> ATOM;
            };
        }
        if (formula instanceof Formula.Power power) {
            return isCallOfPow(power.exponent()) ? SIGN : PRODUCT;
        }
        boolean negative = formula instanceof Formula.Constant constant && constant.value() < 0;
        boolean cast = formula instanceof Formula.Apply && precision == Precision.FLOAT32;
        if (negative || cast || formula instanceof Formula.Negate) {
            return SIGN;
        }
        return formula instanceof Formula.Choose ? CHOICE : ATOM;
    }

    @Override
    public String constant(Formula.Constant formula) {
        return precision == Precision.FLOAT32 ? Literals.single(formula.value()) : Literals.written(formula.value());
    }

    @Override
    public String variable(Formula.Variable formula) {
        throw new IllegalArgumentException("nothing stands for " + formula.name());
    }

    @Override
    public String negate(Formula.Negate formula) {
        return "-" + within(SIGN + (formula.x() instanceof Formula.Constant ? 1 : 0), formula.x());
    }

    @Override
    public String binary(Formula.Binary formula) {
        Operator operator = formula.operator();
        int binding = binding(formula);
        if (binding == ATOM) {
            String method = operator == Operator.MIN ? "min" : "max";
            return "Math." + method + "(" + of(formula.a()) + ", " + of(formula.b()) + ")";
        }
        String symbol = switch (operator) {
            case ADD -> " + ";
            case SUBTRACT -> " - ";
            case MULTIPLY -> " * ";
            default -> " / ";
        };
        boolean associative = operator == Operator.ADD || operator == Operator.MULTIPLY;
        boolean quotient = formula.b() instanceof Formula.Binary inner && inner.operator() == Operator.DIVIDE;
        // Of two numbers in front of a product, the first is multiplied last: together they may be infinite.
        boolean numbers = formula.a() instanceof Formula.Constant
                && formula.b() instanceof Formula.Binary product
                && product.a() instanceof Formula.Constant;
        return within(binding, formula.a())
                + symbol
                + within(associative && !quotient && !numbers ? binding : binding + 1, formula.b());
    }

    // Example:
    //
    // w[i] * w[i]
    // magnitude * (float) Math.sqrt(magnitude)
    // (float) Math.pow(magnitude, 0.3)
    //
    @Override
    public String power(Formula.Power formula) {
        double exponent = formula.exponent();
        if (isCallOfPow(exponent)) {
            return cast() + "Math.pow(" + of(formula.base()) + ", " + Literals.written(exponent) + ")";
        }
        String base = within(ATOM, formula.base());
        StringBuilder product = new StringBuilder(base);
        for (int i = 2; i <= exponent; i++) {
            product.append(" * ").append(base);
        }
        if (exponent != Math.floor(exponent)) {
            product.append(" * ")
                    .append(cast())
                    .append("Math.sqrt(")
                    .append(base)
                    .append(")");
        }
        return product.toString();
    }

    private String cast() {
        return precision == Precision.FLOAT32 ? "(float) " : "";
    }

    @Override
    public String apply(Formula.Apply formula) {
        String x = "(" + of(formula.x()) + ")";
        return switch (formula.function()) {
            case ABS -> "Math.abs" + x;
            case SIGN -> "sign" + x;
            case STEP -> "step" + x;
            case FLOOR -> cast() + "Math.floor" + x;
            case ROUND -> cast() + "Math.rint" + x;
            case SIN -> cast() + "Math.sin" + x;
            case COS -> cast() + "Math.cos" + x;
            case ATAN -> cast() + "Math.atan" + x;
            case ERF -> "erf" + x;
            case SQRT -> cast() + "Math.sqrt" + x;
            case LOG -> cast() + "Math.log(" + logarithmOf(formula.x()) + ")";
            case LOG1P -> cast() + "Math.log1p" + x;
            case EXP -> cast() + "Math.exp" + x;
            case EXPM1 -> cast() + "Math.expm1" + x;
            case TANH -> cast() + "Math.tanh" + x;
        };
    }

    /** Tells whether it is a sum with a number, in which a small summand would be lost in single precision. */
    static boolean isShifted(Formula formula) {
        return formula instanceof Formula.Binary sum
                && sum.operator() == Operator.ADD
                && (sum.a() instanceof Formula.Constant || sum.b() instanceof Formula.Constant);
    }

    // Example:
    //
    // 1.0 + magnitude
    //
    private String logarithmOf(Formula formula) {
        if (!isShifted(formula)) {
            return of(formula);
        }
        Formula.Binary sum = (Formula.Binary) formula;
        return wide(sum.a()) + " + " + wide(sum.b());
    }

    private String wide(Formula summand) {
        return summand instanceof Formula.Constant constant ? Literals.number(constant.value()) : within(SUM, summand);
    }

    @Override
    public String choose(Formula.Choose formula) {
        return within(OR, formula.condition()) + " ? " + within(OR, formula.then()) + " : " + of(formula.otherwise());
    }

    private String within(int binding, Condition condition) {
        String text = condition.accept(this);
        return binding(condition) < binding ? "(" + text + ")" : text;
    }

    private static int binding(Condition condition) {
        if (condition instanceof Condition.Comparison) {
            return COMPARISON;
        }
        if (condition instanceof Condition.Not) {
            return ATOM;
        }
        return condition instanceof Condition.Both ? AND : OR;
    }

    @Override
    public String comparison(Condition.Comparison condition) {
        String symbol = switch (condition.relation()) {
            case LESS -> " < ";
            case LESS_OR_EQUAL -> " <= ";
            case EQUAL -> " == ";
        };
        return within(SUM, condition.a()) + symbol + within(SUM, condition.b());
    }

    // A condition that mixes 'and' with 'or' has parentheses: few readers know by heart which binds stronger.

    @Override
    public String both(Condition.Both condition) {
        return within(AND, condition.a()) + " && " + within(AND, condition.b());
    }

    @Override
    public String either(Condition.Either condition) {
        return withinOr(condition.a()) + " || " + withinOr(condition.b());
    }

    private String withinOr(Condition condition) {
        String text = condition.accept(this);
        return condition instanceof Condition.Both ? "(" + text + ")" : text;
    }

    @Override
    public String not(Condition.Not condition) {
        return "!(" + condition.a().accept(this) + ")";
    }
}
