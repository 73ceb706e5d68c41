package org.espalier.generator.formula;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/**
 * The degree d of a homogeneous formula, which has f(c x) = cᵈ f(x) for every c above 0: 2 of {@code w * w}, 1 of a
 * norm. A formula that is not homogeneous, or whose form does not say so, has none.
 */
public final class Degree implements Formula.Visitor<OptionalDouble>, Condition.Visitor<Boolean> {
    /** The degree of 0, which is every degree. */
    private static final double EVERY = Double.NaN;

    private static final double TOLERANCE = 1e-9;

    private final Map<String, Double> variables;

    private Degree(Map<String, Double> variables) {
        this.variables = variables;
    }

    /**
     * The degree of a formula.
     *
     * @param variables their degrees, 1 for the weight
     */
    public static OptionalDouble of(Formula formula, Map<String, Double> variables) {
        return formula.accept(new Degree(variables));
    }

    private static boolean isSame(double one, double other) {
        return Double.isNaN(one) || Double.isNaN(other) || Math.abs(one - other) < TOLERANCE;
    }

    /** Of what is a sum of two, or one of them. */
    private OptionalDouble common(Formula a, Formula b) {
        OptionalDouble one = a.accept(this);
        OptionalDouble other = b.accept(this);
        if (one.isEmpty() || other.isEmpty() || !isSame(one.getAsDouble(), other.getAsDouble())) {
            return OptionalDouble.empty();
        }
        return Double.isNaN(one.getAsDouble()) ? other : one;
    }

    @Override
    public OptionalDouble constant(Constant formula) {
        return OptionalDouble.of(formula.value() == 0 ? EVERY : 0);
    }

    @Override
    public OptionalDouble variable(Variable formula) {
        Double degree = variables.get(formula.name());
        return degree == null ? OptionalDouble.empty() : OptionalDouble.of(degree);
    }

    @Override
    public OptionalDouble negate(Negate formula) {
        return formula.x().accept(this);
    }

    @Override
    public OptionalDouble binary(Binary formula) {
        OptionalDouble a = formula.a().accept(this);
        OptionalDouble b = formula.b().accept(this);
        return switch (formula.operator()) {
            case ADD, SUBTRACT, MIN, MAX -> common(formula.a(), formula.b());
            case MULTIPLY ->
                a.isPresent() && b.isPresent()
                        ? OptionalDouble.of(a.getAsDouble() + b.getAsDouble())
                        : OptionalDouble.empty();
            case DIVIDE ->
                a.isPresent() && b.isPresent()
                        ? OptionalDouble.of(a.getAsDouble() - b.getAsDouble())
                        : OptionalDouble.empty();
        };
    }

    @Override
    public OptionalDouble power(Power formula) {
        return times(formula.exponent(), formula.base());
    }

    private OptionalDouble times(double factor, Formula formula) {
        OptionalDouble degree = formula.accept(this);
        return degree.isPresent() ? OptionalDouble.of(factor * degree.getAsDouble()) : degree;
    }

    @Override
    public OptionalDouble apply(Apply formula) {
        return switch (formula.function()) {
            case ABS -> formula.x().accept(this);
            case SQRT -> times(0.5, formula.x());
            case SIGN, STEP -> times(0, formula.x());
            case LOG, LOG1P, EXPM1, EXP, TANH, FLOOR, ROUND, SIN, COS, ATAN, ERF -> {
                OptionalDouble degree = formula.x().accept(this);
                yield degree.isPresent() && isSame(degree.getAsDouble(), 0)
                        ? OptionalDouble.of(0)
                        : OptionalDouble.empty();
            }
        };
    }

    @Override
    public OptionalDouble choose(Choose formula) {
        return formula.condition().accept(this) ? common(formula.then(), formula.otherwise()) : OptionalDouble.empty();
    }

    // A condition holds for c x as for x if both of its sides are of one degree.

    @Override
    public Boolean comparison(Condition.Comparison condition) {
        return common(condition.a(), condition.b()).isPresent();
    }

    @Override
    public Boolean both(Condition.Both condition) {
        return Stream.of(condition.a(), condition.b()).allMatch(part -> part.accept(this));
    }

    @Override
    public Boolean either(Condition.Either condition) {
        return Stream.of(condition.a(), condition.b()).allMatch(part -> part.accept(this));
    }

    @Override
    public Boolean not(Condition.Not condition) {
        return condition.a().accept(this);
    }
}
