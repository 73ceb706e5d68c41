package org.espalier.generator.formula.pieces;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/**
 * Multiplies formulas out, as far as they are polynomials of one variable, to tell those that are 0 but for rounding:
 * {@code (w + 1)**2 - w**2 - 2*w - 1}. Nowhere is their sign certain, and so searching for where it changes would not
 * end.
 */
final class Polynomial implements Formula.Visitor<Optional<List<Interval>>> {
    private static final int HIGHEST_DEGREE = 32;

    private Polynomial() {}

    /** Tells whether a formula is a polynomial all of whose coefficients may be 0. */
    static boolean isNothing(Formula formula) {
        return formula.accept(new Polynomial())
                .map(coefficients -> coefficients.stream().allMatch(coefficient -> coefficient.contains(0)))
                .orElse(false);
    }

    private static Optional<List<Interval>> sum(List<Interval> a, List<Interval> b) {
        List<Interval> sum = new ArrayList<>();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            Interval one = i < a.size() ? a.get(i) : Interval.ZERO;
            sum.add(one.add(i < b.size() ? b.get(i) : Interval.ZERO));
        }
        return Optional.of(sum);
    }

    private static Optional<List<Interval>> product(List<Interval> a, List<Interval> b) {
        int degree = a.size() + b.size() - 2;
        if (degree > HIGHEST_DEGREE) {
            return Optional.empty();
        }
        List<Interval> product = new ArrayList<>(java.util.Collections.nCopies(degree + 1, Interval.ZERO));
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; j < b.size(); j++) {
                product.set(i + j, product.get(i + j).add(a.get(i).multiply(b.get(j))));
            }
        }
        return Optional.of(product);
    }

    private static List<Interval> negated(List<Interval> coefficients) {
        return coefficients.stream().map(Interval::negate).toList();
    }

    @Override
    public Optional<List<Interval>> constant(Constant formula) {
        return Optional.of(List.of(Interval.at(formula.value())));
    }

    @Override
    public Optional<List<Interval>> variable(Variable formula) {
        return Optional.of(List.of(Interval.ZERO, Interval.ONE));
    }

    @Override
    public Optional<List<Interval>> negate(Negate formula) {
        return formula.x().accept(this).map(Polynomial::negated);
    }

    @Override
    public Optional<List<Interval>> binary(Binary formula) {
        Optional<List<Interval>> a = formula.a().accept(this);
        Optional<List<Interval>> b = a.isEmpty() ? a : formula.b().accept(this);
        if (b.isEmpty()) {
            return b;
        }
        return switch (formula.operator()) {
            case ADD -> sum(a.get(), b.get());
            case SUBTRACT -> sum(a.get(), negated(b.get()));
            case MULTIPLY -> product(a.get(), b.get());
            case DIVIDE ->
                b.get().size() == 1
                        ? product(a.get(), List.of(Interval.ONE.divide(b.get().get(0))))
                        : Optional.empty();
            case MIN, MAX -> Optional.empty();
        };
    }

    @Override
    public Optional<List<Interval>> power(Power formula) {
        double exponent = formula.exponent();
        if (exponent < 1 || exponent > HIGHEST_DEGREE || !Algebra.isWhole(exponent)) {
            return Optional.empty();
        }
        Optional<List<Interval>> base = formula.base().accept(this);
        Optional<List<Interval>> power = base;
        for (int i = 1; i < exponent && power.isPresent(); i++) {
            power = product(power.get(), base.get());
        }
        return power;
    }

    @Override
    public Optional<List<Interval>> apply(Apply formula) {
        return Optional.empty();
    }

    @Override
    public Optional<List<Interval>> choose(Choose formula) {
        return Optional.empty();
    }
}
