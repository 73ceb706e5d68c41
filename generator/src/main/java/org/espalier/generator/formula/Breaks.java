package org.espalier.generator.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;

/**
 * Finds where a formula of one variable goes from one piece to another, or may have no value: the zeros of what stands
 * under absolute values, roots, logarithms and fractions, and of the differences of what is compared.
 */
final class Breaks {
    private static final int PER_DECADE = 8;

    /** Powers of ten between which zeros are looked for: those of single precision. */
    private static final int DECADES = 38;

    private final String variable;
    private final Set<Double> breaks = new TreeSet<>();
    private final double[] grid;

    private Breaks(Formula formula, String variable) {
        this.variable = variable;
        this.grid = grid(formula);
    }

    /** The places in ascending order, 0 among them. */
    static List<Double> of(Formula formula, String variable) {
        Breaks found = new Breaks(formula, variable);
        found.breaks.add(0.0);
        switches(formula).stream().distinct().forEach(found::addZeros);
        return merged(found.breaks);
    }

    /** Numbers of every magnitude, and those of the formula itself: those are where its pieces mostly meet. */
    private static double[] grid(Formula formula) {
        DoubleStream magnitudes = DoubleStream.iterate(
                        -DECADES * PER_DECADE, i -> i <= DECADES * PER_DECADE, i -> i + 1)
                .map(i -> Math.pow(10, i / PER_DECADE));
        DoubleStream constants = Subformulas.of(formula).stream()
                .filter(Constant.class::isInstance)
                .mapToDouble(part -> Math.abs(((Constant) part).value()));
        double[] positive = DoubleStream.concat(magnitudes, constants)
                .filter(number -> number > 0)
                .toArray();
        return DoubleStream.concat(
                        DoubleStream.of(0),
                        DoubleStream.concat(
                                DoubleStream.of(positive),
                                DoubleStream.of(positive).map(number -> -number)))
                .sorted()
                .distinct()
                .toArray();
    }

    private static List<Formula> switches(Formula formula) {
        List<Formula> switches = new ArrayList<>();
        for (Formula part : Subformulas.of(formula)) {
            if (part instanceof Apply apply && apply.function() != Function.EXP && apply.function() != Function.TANH) {
                switches.add(apply.function() == Function.LOG1P ? Algebra.add(Algebra.ONE, apply.x()) : apply.x());
            } else if (part instanceof Power power && !Algebra.isWhole(power.exponent())) {
                switches.add(power.base());
            } else if (part instanceof Binary binary && binary.operator() == Operator.DIVIDE) {
                switches.add(binary.b());
            } else if (part instanceof Binary binary
                    && (binary.operator() == Operator.MIN || binary.operator() == Operator.MAX)) {
                switches.add(Algebra.subtract(binary.a(), binary.b()));
            }
        }
        for (Comparison comparison : Subformulas.comparisons(formula)) {
            switches.add(Algebra.subtract(comparison.a(), comparison.b()));
        }
        switches.removeIf(Constant.class::isInstance);
        return switches;
    }

    private void addZeros(Formula of) {
        double before = Double.NaN;
        for (int i = 0; i < grid.length; i++) {
            double here = Evaluation.at(of, variable, grid[i]);
            if (here == 0 && !isFlat(of, i)) {
                breaks.add(grid[i]);
            } else if (before * here < 0 || (Double.isNaN(before) != Double.isNaN(here) && i > 0)) {
                breaks.add(between(of, grid[i - 1], grid[i]));
            }
            before = Math.signum(here);
        }
    }

    /** Whether it is 0 on both sides too, as {@code max(w, 0)} is below 0, where nothing begins or ends. */
    private boolean isFlat(Formula of, int place) {
        double below = place == 0 ? 2 * grid[place] : grid[place - 1] / 2 + grid[place] / 2;
        double above = place == grid.length - 1 ? 2 * grid[place] : grid[place] / 2 + grid[place + 1] / 2;
        return Evaluation.at(of, variable, below) == 0 && Evaluation.at(of, variable, above) == 0;
    }

    /** Where the sign changes, or where values begin or end, by bisection down to neighbouring numbers. */
    private double between(Formula of, double from, double to) {
        double sign = Math.signum(Evaluation.at(of, variable, from));
        double low = from;
        double high = to;
        for (double middle = low / 2 + high / 2; low < middle && middle < high; middle = low / 2 + high / 2) {
            double here = Evaluation.at(of, variable, middle);
            if (here == 0) {
                return middle;
            }
            if (Double.compare(Math.signum(here), sign) == 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.abs(low) < Math.abs(high) ? low : high;
    }

    /** One of each crowd of places that are one, but for rounding: that with the shortest digits. */
    private static List<Double> merged(Set<Double> places) {
        List<Double> merged = new ArrayList<>();
        for (double place : places) {
            int last = merged.size() - 1;
            if (last < 0 || Math.abs(place - merged.get(last)) > 1e-12 * Math.abs(place)) {
                merged.add(place);
            } else if (digits(place) < digits(merged.get(last))) {
                merged.set(last, place);
            }
        }
        return merged;
    }

    private static int digits(double number) {
        return Double.toString(number).length();
    }
}
