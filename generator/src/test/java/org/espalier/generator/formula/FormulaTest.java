package org.espalier.generator.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.generator.formula.RandomFormulas.W;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.espalier.generator.Rounds;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.text.FormulaText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks that what is made of a formula has its value, and that its derivative is that of differences. */
@Tag(Rounds.TAG)
class FormulaTest {
    private static final int FORMULAS = Rounds.of(800, 4_000);
    private static final double[] PLACES = {-2.7, -1.3, -0.83, -0.31, -0.04, 0.073, 0.37, 0.92, 1.71, 3.3};

    private static double at(Formula formula, double w) {
        return Evaluation.at(formula, "w", w);
    }

    private static boolean isClose(double a, double b, double tolerance) {
        return Double.compare(a, b) == 0
                || Math.abs(a - b) <= tolerance * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }

    /** Prints the smallest formula with a fault, if any of many has it. */
    private static void holdsForMany(String what, Predicate<Formula> holds) {
        RandomFormulas random = new RandomFormulas(2020);
        for (int i = 0; i < FORMULAS; i++) {
            Formula formula = random.formula(4);
            if (!holds.test(formula)) {
                Formula shrunk = RandomFormulas.shrunk(formula, holds.negate());
                throw new AssertionError(what + " fails for formula " + i + ", " + FormulaText.of(formula)
                        + ", and for its part " + FormulaText.of(shrunk) + ", which is simplified to "
                        + FormulaText.of(new Rebuild().rebuild(shrunk)));
            }
        }
    }

    /**
     * Tells whether intermediate numbers are of ordinary size; beyond that, rounding and overflow come in another
     * order.
     */
    private static boolean isOrdinary(Formula formula, double w) {
        return Subformulas.of(formula).stream()
                .mapToDouble(part -> at(part, w))
                .allMatch(value -> Math.abs(value) < 1e6);
    }

    /** Away from where a comparison, a root or a fraction is decided by rounding. */
    private static boolean isSteady(Formula formula, double w) {
        return DoubleStream.of(-1e-7, 1e-7)
                .allMatch(
                        step -> isClose(at(formula, w + step), at(formula, w), 1e-3) && isOrdinary(formula, w + step));
    }

    @Test
    void simplifyingKeepsValues() {
        holdsForMany("simplifying", formula -> {
            Formula simple = new Rebuild().rebuild(formula);
            return DoubleStream.of(PLACES)
                    .filter(w -> isOrdinary(formula, w) && isSteady(formula, w))
                    .allMatch(w -> isClose(at(simple, w), at(formula, w), 1e-9));
        });
    }

    @Test
    void simplifyingKeepsNan() {
        holdsForMany("NaN", formula -> {
            Formula simple = new Rebuild().rebuild(formula);
            return !Double.isNaN(at(formula, Double.NaN))
                    || Double.isNaN(at(simple, Double.NaN))
                    || !Algebra.mentions(simple, "w");
        });
    }

    @Test
    void doingWithoutBranchesKeepsValues() {
        holdsForMany("doing without branches", formula -> {
            Formula simple = new Rebuild().rebuild(formula);
            Formula free = Branchless.of(simple);
            return DoubleStream.of(PLACES)
                    .filter(w -> isOrdinary(simple, w) && isSteady(simple, w))
                    .allMatch(w -> isClose(at(free, w), at(simple, w), 1e-9));
        });
    }

    @Test
    void derivativesAreThoseOfDifferences() {
        holdsForMany("the derivative", formula -> {
            Formula simple = new Rebuild().rebuild(formula);
            Formula derivative = Derivative.of(simple, "w");
            return DoubleStream.of(PLACES)
                    .filter(w -> isOrdinary(simple, w) && isSteady(simple, w))
                    .allMatch(w -> Double.isFinite(at(derivative, w))
                            ? agreesWithDifferences(simple, derivative, w)
                            : Kinks.of(simple, "w").flaw().isPresent());
        });
    }

    private static boolean agreesWithDifferences(Formula formula, Formula derivative, double w) {
        double coarse = difference(formula, w, 1e-4);
        double fine = difference(formula, w, 1e-5);
        boolean smooth = isClose(coarse, fine, 1e-5);
        return !smooth || isClose(at(derivative, w), fine, 1e-4);
    }

    private static double difference(Formula formula, double w, double step) {
        return (at(formula, w + step) - at(formula, w - step)) / (2 * step);
    }

    private static String derivative(Formula formula) {
        return FormulaText.inProse(Branchless.of(Derivative.of(formula, "w")));
    }

    private static Formula number(double value) {
        return Algebra.constant(value);
    }

    private static Formula abs(Formula x) {
        return Algebra.apply(Function.ABS, x);
    }

    @Test
    void derivativesReadAsOneWouldWriteThem() {
        Formula square = Algebra.multiply(W, W);
        Formula huber = Algebra.choose(
                Algebra.less(abs(W), number(0.1)),
                Algebra.divide(square, number(2)),
                Algebra.multiply(number(0.1), Algebra.subtract(abs(W), number(0.05))));

        assertThat(derivative(square)).isEqualTo("2 * w");
        assertThat(derivative(huber)).isEqualTo("max(-0.1, min(0.1, w))");
        assertThat(derivative(Algebra.apply(Function.LOG, Algebra.add(number(1), Algebra.divide(abs(W), number(0.5))))))
                .isEqualTo("sign(w) / (0.5 + abs(w))");
        assertThat(derivative(Algebra.apply(Function.SQRT, Algebra.add(square, number(0.25)))))
                .isEqualTo("w / sqrt(w**2 + 0.25)");
        assertThat(derivative(Algebra.power(abs(W), 1.5))).isEqualTo("1.5 * sqrt(abs(w)) * sign(w)");
        assertThat(derivative(Algebra.min(abs(W), number(0.5)))).isEqualTo("sign(w) * step(0.5 - abs(w))");
        assertThat(derivative(Algebra.multiply(W, Algebra.apply(Function.EXP, Algebra.negate(square)))))
                .isEqualTo("exp(-w**2) - 2 * w**2 * exp(-w**2)");
    }

    @Test
    void whatMayBeNanIsNotDropped() {
        assertThat(FormulaText.of(Algebra.multiply(number(0), W))).isEqualTo("0 * w");
        assertThat(FormulaText.of(Algebra.subtract(W, W))).isEqualTo("0 * w");
        assertThat(FormulaText.of(Algebra.divide(W, W))).isEqualTo("w / w");
    }

    /** 0 times infinity is NaN, where 1e30 times 1e30 times 0 is 0. */
    @Test
    void numbersAreNotTakenTogetherToOneThatFloat32DoesNotHold() {
        Formula large = Algebra.multiply(number(1e30), Algebra.multiply(number(1e30), W));
        Formula small = Algebra.multiply(Algebra.multiply(W, number(1e-30)), number(1e-30));
        Formula divided = Algebra.divide(Algebra.divide(W, number(1e30)), number(1e30));
        Formula shifted = Algebra.add(Algebra.add(W, number(3e38)), number(3e38));

        assertThat(FormulaText.of(large)).isEqualTo("1e30 * (1e30 * w)");
        assertThat(FormulaText.of(small)).isEqualTo("1e-30 * (1e-30 * w)");
        assertThat(FormulaText.of(divided)).isEqualTo("w / 1e30 / 1e30");
        assertThat(FormulaText.of(shifted)).isEqualTo("w + 3e38 + 3e38");
        assertThat(FormulaText.of(Algebra.multiply(Derivative.of(large, "w"), W)))
                .isEqualTo("1e30 * (1e30 * w)");
        assertThat(FormulaText.of(Derivative.of(Algebra.power(Algebra.multiply(number(1e30), W), 2), "w")))
                .isEqualTo("1e30 * (2 * (1e30 * w))");
        assertThat(FormulaText.of(Algebra.multiply(number(1e10), Algebra.multiply(number(1e10), W))))
                .isEqualTo("1e20 * w");
    }

    @Test
    void powersOfPowersEndBeforeTheirExponentsAreInfinite() {
        Formula power = W;
        for (int i = 0; i < 2_000; i++) {
            power = Algebra.multiply(power, power);
        }

        assertThat(at(power, 1)).isEqualTo(1);
        assertThat(at(Derivative.of(power, "w"), 0)).isZero();
    }

    @Test
    void nothingIsChosenBetweenEquals() {
        Condition positive = Algebra.less(number(0), W);

        assertThat(Algebra.choose(positive, W, W)).isEqualTo(W);
        assertThat(Algebra.choose(positive, Algebra.choose(positive, W, number(1)), number(2)))
                .isEqualTo(Algebra.choose(positive, W, number(2)));
        assertThat(Algebra.choose(Algebra.less(number(1), number(2)), W, number(0)))
                .isEqualTo(W);
    }

    @Test
    void textIsReadAsItIsMeant() {
        Formula sum = Algebra.add(W, number(1));

        assertThat(List.of(
                        FormulaText.of(Algebra.multiply(sum, Algebra.power(sum, 3))),
                        FormulaText.of(
                                Algebra.subtract(W, Algebra.subtract(number(2), Algebra.apply(Function.EXP, W)))),
                        FormulaText.of(Algebra.divide(Algebra.apply(Function.EXP, W), Algebra.multiply(W, sum))),
                        FormulaText.of(Algebra.negate(sum))))
                .containsExactly("(w + 1)**4", "w - (2 - exp(w))", "exp(w) / (w * (w + 1))", "-(w + 1)");
    }
}
