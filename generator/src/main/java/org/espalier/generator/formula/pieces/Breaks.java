package org.espalier.generator.formula.pieces;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Condition.Both;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Either;
import org.espalier.generator.formula.Condition.Not;
import org.espalier.generator.formula.Effort;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.formula.FormulaLimitException.Limit;
import org.espalier.generator.formula.Piece;
import org.espalier.generator.formula.Subformulas;

/**
 * Finds where a formula of one variable goes from one piece to another, or may have no value: the zeros of what stands
 * under absolute values, roots, logarithms and fractions, and of the differences of what is compared.
 *
 * <p>Each of these switches consists of pieces itself, so its parts come first: between their places it is one formula
 * without choices, and of such a formula {@link Zeros} finds every zero.
 */
final class Breaks implements Formula.Visitor<List<Place>>, Condition.Visitor<List<Place>> {
    /** Numbers of single precision are not larger. */
    private static final double LARGEST = 0x1p128;

    private final String variable;
    private final double largest;
    private final Effort effort;
    private final Map<Formula, List<Place>> known = new HashMap<>();

    private Breaks(String variable, double largest, Effort effort) {
        this.variable = variable;
        this.largest = largest;
        this.effort = effort;
    }

    /** The places in ascending order, 0 among them. */
    static List<Place> of(Formula formula, String variable, Effort effort) {
        double constants = Subformulas.distinct(List.of(formula)).stream()
                .filter(Constant.class::isInstance)
                .mapToDouble(part -> Math.abs(((Constant) part).value()))
                .max()
                .orElse(0);
        double largest = Math.max(LARGEST, Math.min(16 * constants, Double.MAX_VALUE));
        return new Breaks(variable, largest, effort).in(formula);
    }

    private List<Place> in(Formula formula) {
        List<Place> places = known.get(formula);
        if (places == null) {
            places = formula.accept(this);
            known.put(formula, places);
        }
        return places;
    }

    private static List<Place> merged(List<Place> some, List<Place> others) {
        if (others.isEmpty() || others.equals(some)) {
            return some;
        }
        List<Place> all = new ArrayList<>(some);
        all.addAll(others);
        List<Place> merged = Place.merged(all);
        if (merged.size() >= Limit.PIECES.most()) {
            throw new FormulaLimitException(Limit.PIECES);
        }
        return merged;
    }

    /** Places, and the zeros of a switch between those of its parts. */
    private List<Place> withZeros(List<Place> places, Formula of) {
        List<Place> parts = in(of);
        List<Place> zeros = new ArrayList<>();
        for (int i = 0; i <= parts.size(); i++) {
            Formula piece = Piece.at(of, variable, Place.inside(parts, i));
            effort.spend(of.size());
            double from = i == 0 ? -largest : parts.get(i - 1).high();
            double to = i == parts.size() ? largest : parts.get(i).low();
            zeros.addAll(Zeros.of(piece, from, to, effort));
        }
        // Where rounding decides all the way to the largest number, that number is no place.
        zeros.removeIf(zero -> Math.abs(zero.at()) == largest);
        return merged(places, zeros);
    }

    @Override
    public List<Place> constant(Constant formula) {
        return List.of(Place.ZERO);
    }

    @Override
    public List<Place> variable(Variable formula) {
        return List.of(Place.ZERO);
    }

    @Override
    public List<Place> negate(Negate formula) {
        return in(formula.x());
    }

    @Override
    public List<Place> binary(Binary formula) {
        List<Place> places = merged(in(formula.a()), in(formula.b()));
        return switch (formula.operator()) {
            case ADD, SUBTRACT, MULTIPLY -> places;
            case DIVIDE -> withZeros(places, formula.b());
            case MIN, MAX -> withZeros(places, Algebra.subtract(formula.a(), formula.b()));
        };
    }

    @Override
    public List<Place> power(Power formula) {
        List<Place> places = in(formula.base());
        return Algebra.isWhole(formula.exponent()) ? places : withZeros(places, formula.base());
    }

    @Override
    public List<Place> apply(Apply formula) {
        List<Place> places = in(formula.x());
        return switch (formula.function()) {
            case EXP, EXPM1, TANH -> places;
            case ABS, SQRT, LOG, SIGN, STEP -> withZeros(places, formula.x());
            case FLOOR, ROUND, SIN, COS, ATAN, ERF -> throw Piece.hasChoice(formula);
            case LOG1P -> withZeros(places, Algebra.add(Algebra.ONE, formula.x()));
        };
    }

    @Override
    public List<Place> choose(Choose formula) {
        return merged(formula.condition().accept(this), merged(in(formula.then()), in(formula.otherwise())));
    }

    @Override
    public List<Place> comparison(Comparison condition) {
        return withZeros(merged(in(condition.a()), in(condition.b())), Algebra.subtract(condition.a(), condition.b()));
    }

    @Override
    public List<Place> both(Both condition) {
        return merged(condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public List<Place> either(Either condition) {
        return merged(condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public List<Place> not(Not condition) {
        return condition.a().accept(this);
    }
}
