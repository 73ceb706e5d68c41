package org.espalier.generator.formula;

import java.util.HashMap;
import java.util.Map;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/**
 * The derivative of a formula by one of its variables: sum, product, quotient and chain rule. Where pieces meet it is
 * that of one of them, of |x| at 0 it is 0; {@link org.espalier.generator.formula.pieces.Kinks} says what it must be
 * there.
 */
public final class Derivative implements Formula.Visitor<Formula> {
    private final String variable;
    private final Map<Formula, Formula> known = new HashMap<>();

    private Derivative(String variable) {
        this.variable = variable;
    }

    /** The derivative by a variable, simplified. */
    public static Formula of(Formula formula, String variable) {
        return new Derivative(variable).by(formula);
    }

    private Formula by(Formula formula) {
        Formula derivative = known.get(formula);
        if (derivative == null) {
            derivative = formula.accept(this);
            known.put(formula, derivative);
        }
        return derivative;
    }

    private static boolean isZero(Formula formula) {
        return formula.equals(Algebra.ZERO);
    }

    @Override
    public Formula constant(Constant formula) {
        return Algebra.ZERO;
    }

    @Override
    public Formula variable(Variable formula) {
        return formula.name().equals(variable) ? Algebra.ONE : Algebra.ZERO;
    }

    @Override
    public Formula negate(Negate formula) {
        return Algebra.negate(by(formula.x()));
    }

    @Override
    public Formula binary(Binary formula) {
        Formula a = formula.a();
        Formula b = formula.b();
        Formula da = by(a);
        Formula db = by(b);
        return switch (formula.operator()) {
            case ADD -> Algebra.add(da, db);
            case SUBTRACT -> Algebra.subtract(da, db);
            case MULTIPLY -> Algebra.add(product(da, b), product(a, db));
            case DIVIDE -> quotient(da, b, formula, db);
            case MIN -> extreme(Algebra.subtract(b, a), da, db);
            case MAX -> extreme(Algebra.subtract(a, b), da, db);
        };
    }

    /** Without what does not vary: 0 · x would be NaN where x is infinite. */
    private static Formula product(Formula a, Formula b) {
        return isZero(a) || isZero(b) ? Algebra.ZERO : Algebra.multiply(a, b);
    }

    /** (a/b)′ = a′/b − (a/b) b′/b. */
    private static Formula quotient(Formula da, Formula b, Formula quotient, Formula db) {
        Formula first = isZero(da) ? Algebra.ZERO : Algebra.divide(da, b);
        Formula second = isZero(db) ? Algebra.ZERO : Algebra.divide(Algebra.multiply(quotient, db), b);
        return Algebra.subtract(first, second);
    }

    /** da where the difference is above 0, else db; where one is 0 a factor says so, without a choice. */
    private static Formula extreme(Formula difference, Formula da, Formula db) {
        if (isZero(db) && isBounded(da)) {
            return product(da, Algebra.apply(Function.STEP, difference));
        }
        if (isZero(da) && isBounded(db)) {
            return product(db, Algebra.apply(Function.STEP, Algebra.negate(difference)));
        }
        return Algebra.choose(Algebra.less(Algebra.ZERO, difference), da, db);
    }

    /** Tells whether 0 times it is 0 for every number. */
    private static boolean isBounded(Formula formula) {
        if (formula instanceof Constant) {
            return true;
        }
        if (formula instanceof Negate negated) {
            return isBounded(negated.x());
        }
        if (formula instanceof Apply apply) {
            Function function = apply.function();
            return function == Function.SIGN || function == Function.STEP || function == Function.TANH;
        }
        return formula instanceof Binary binary
                && binary.operator() != Operator.DIVIDE
                && isBounded(binary.a())
                && isBounded(binary.b());
    }

    /** (uⁿ)′ = n uⁿ⁻¹ u′. */
    @Override
    public Formula power(Power formula) {
        Formula inner = by(formula.base());
        double n = formula.exponent();
        return isZero(inner)
                ? Algebra.ZERO
                : Algebra.multiply(Algebra.multiply(Algebra.constant(n), Algebra.power(formula.base(), n - 1)), inner);
    }

    @Override
    public Formula apply(Apply formula) {
        Formula u = formula.x();
        Formula du = by(u);
        if (isZero(du)) {
            return Algebra.ZERO;
        }
        return switch (formula.function()) {
            case ABS -> Algebra.multiply(Algebra.apply(Function.SIGN, u), du);
            case SQRT -> Algebra.divide(du, Algebra.multiply(Algebra.constant(2), formula));
            case LOG -> Algebra.divide(du, u);
            case LOG1P -> Algebra.divide(du, Algebra.add(Algebra.ONE, u));
            case EXP -> Algebra.multiply(du, formula);
            case EXPM1 -> Algebra.multiply(du, Algebra.apply(Function.EXP, u));
            case TANH -> Algebra.multiply(du, Algebra.subtract(Algebra.ONE, Algebra.power(formula, 2)));
            case SIN -> Algebra.multiply(du, Algebra.apply(Function.COS, u));
            case COS -> Algebra.negate(Algebra.multiply(du, Algebra.apply(Function.SIN, u)));
            case ATAN -> Algebra.divide(du, Algebra.add(Algebra.ONE, Algebra.power(u, 2)));
            case ERF ->
                Algebra.multiply(
                        du,
                        Algebra.multiply(
                                Algebra.constant(2 / Math.sqrt(Math.PI)),
                                Algebra.apply(Function.EXP, Algebra.negate(Algebra.power(u, 2)))));
            case SIGN, STEP, FLOOR, ROUND -> Algebra.ZERO;
        };
    }

    @Override
    public Formula choose(Choose formula) {
        return Algebra.choose(formula.condition(), by(formula.then()), by(formula.otherwise()));
    }
}
