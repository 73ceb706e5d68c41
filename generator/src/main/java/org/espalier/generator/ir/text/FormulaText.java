package org.espalier.generator.ir.text;

import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.RegularizerTerm;

/** Formulas as a {@code .net} writes them, with no more parentheses than they need. */
public final class FormulaText implements Formula.Visitor<String>, Condition.Visitor<String> {
    private static final int CHOICE = 0;
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARISON = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;
    private static final int SIGN = 7;
    private static final int POWER = 8;
    private static final int ATOM = 9;

    private final DoubleFunction<String> numbers;

    /** True if a + (b + c) is written without parentheses, though rounding makes it another number. */
    private final boolean associative;

    private FormulaText(DoubleFunction<String> numbers, boolean associative) {
        this.numbers = numbers;
        this.associative = associative;
    }

    /** {@code if abs(w) < 0.1 then w**2 / 2 else 0.1 * (abs(w) - 0.05)}. */
    public static String of(Formula formula) {
        return new FormulaText(Decimal::written, false).text(formula);
    }

    /** The same as one would write it, with its numbers as in {@link Decimal#inProse}: it does not read back. */
    public static String inProse(Formula formula) {
        return new FormulaText(Decimal::inProse, true).text(formula);
    }

    private String text(Formula formula) {
        return formula.accept(this);
    }

    /**
     * Prints the formulas of a term that the {@code .net} defines, as the printed form shows them; of others nothing.
     */
    static Optional<String> of(RegularizerTerm term) {
        if (term instanceof RegularizerTerm.UserDefined defined) {
            return Optional.of(head(defined.definition()) + of(defined.value()) + "; slope "
                    + of(defined.slope().derivative()) + cite(defined.definition()));
        }
        if (term instanceof RegularizerTerm.UserDefinedOnGroups defined) {
            String groups =
                    defined.axis().isPresent() ? "axis " + defined.axis().getAsInt() : "all";
            return Optional.of(head(defined.definition()) + of(defined.value()) + " over " + groups
                    + defined.sums().stream().map(FormulaText::sum).collect(Collectors.joining())
                    + cite(defined.definition()));
        }
        return Optional.empty();
    }

    private static String head(RegularizerTerm.Definition definition) {
        return definition.call() + " of " + definition.variable() + " = ";
    }

    private static String sum(RegularizerTerm.GroupSum sum) {
        return "; " + sum.name() + " = " + of(sum.value()) + "; slope "
                + of(sum.slope().derivative()) + "; factor " + of(sum.factor());
    }

    private static String cite(RegularizerTerm.Definition definition) {
        return " # " + definition.span().citation();
    }

    /** The text, in parentheses if it binds weaker than what it stands in. */
    private String within(int binding, Formula formula) {
        return binding(formula) < binding ? "(" + text(formula) + ")" : text(formula);
    }

    private static int binding(Formula formula) {
        if (formula instanceof Formula.Binary binary) {
            return switch (binary.operator()) {
                case ADD, SUBTRACT -> SUM;
                case MULTIPLY, DIVIDE -> PRODUCT;
                case MIN, MAX -> ATOM;
            };
        }
        boolean negative = formula instanceof Formula.Constant constant && constant.value() < 0;
        if (negative || formula instanceof Formula.Negate) {
            return SIGN;
        }
        if (formula instanceof Formula.Power) {
            return POWER;
        }
        return formula instanceof Formula.Choose ? CHOICE : ATOM;
    }

    @Override
    public String constant(Formula.Constant formula) {
        return numbers.apply(formula.value());
    }

    @Override
    public String variable(Formula.Variable formula) {
        return formula.name();
    }

    @Override
    public String negate(Formula.Negate formula) {
        return "-" + within(SIGN, formula.x());
    }

    @Override
    public String binary(Formula.Binary formula) {
        Operator operator = formula.operator();
        int binding = binding(formula);
        if (binding == ATOM) {
            return operator.name().toLowerCase(Locale.ROOT) + "(" + text(formula.a()) + ", " + text(formula.b()) + ")";
        }
        String symbol = switch (operator) {
            case ADD -> " + ";
            case SUBTRACT -> " - ";
            case MULTIPLY -> " * ";
            default -> " / ";
        };
        boolean free =
                associative && (operator == Operator.ADD || operator == Operator.MULTIPLY) && !isQuotient(formula.b());
        return within(binding, formula.a()) + symbol + within(free ? binding : binding + 1, formula.b());
    }

    private static boolean isQuotient(Formula formula) {
        return formula instanceof Formula.Binary binary && binary.operator() == Operator.DIVIDE;
    }

    @Override
    public String power(Formula.Power formula) {
        return within(ATOM, formula.base()) + "**" + numbers.apply(formula.exponent());
    }

    @Override
    public String apply(Formula.Apply formula) {
        return formula.function().name().toLowerCase(Locale.ROOT) + "(" + text(formula.x()) + ")";
    }

    @Override
    public String choose(Formula.Choose formula) {
        return "if " + formula.condition().accept(this) + " then " + within(CHOICE + 1, formula.then()) + " else "
                + text(formula.otherwise());
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
            return NOT;
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

    @Override
    public String both(Condition.Both condition) {
        return within(AND, condition.a()) + " and " + within(AND, condition.b());
    }

    @Override
    public String either(Condition.Either condition) {
        return within(OR, condition.a()) + " or " + within(OR, condition.b());
    }

    @Override
    public String not(Condition.Not condition) {
        return "not " + within(NOT, condition.a());
    }
}
