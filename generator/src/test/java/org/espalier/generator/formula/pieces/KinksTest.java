package org.espalier.generator.formula.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.generator.formula.RandomFormulas.W;

import java.util.List;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.formula.FormulaLimitException.Limit;
import org.junit.jupiter.api.Test;

/** Tests where a formula has no derivative, and what is taken for it: the subgradient of least magnitude. */
class KinksTest {
    private static Formula number(double value) {
        return Algebra.constant(value);
    }

    private static Formula abs(Formula x) {
        return Algebra.apply(Function.ABS, x);
    }

    private static Kinks kinks(Formula formula) {
        return Kinks.of(formula, "w").kinks().orElseThrow();
    }

    private static Flaw flaw(Formula formula) {
        return Kinks.of(formula, "w").flaw().orElseThrow();
    }

    private static double slope(Formula formula, double w) {
        double slope = Evaluation.at(kinks(formula).derivative(), "w", w);
        double withoutBranches = Evaluation.at(Branchless.of(kinks(formula).derivative()), "w", w);
        assertThat(withoutBranches == slope || (Double.isNaN(slope) && Double.isNaN(withoutBranches)))
                .isTrue();
        return slope;
    }

    @Test
    void anAbsoluteValueHasSlopeZeroAtZeroOfEitherSign() {
        assertThat(kinks(abs(W)).kinks()).containsExactly(new Kink(0, -1, 1));
        assertThat(slope(abs(W), 0.0)).isZero();
        assertThat(slope(abs(W), -0.0)).isZero();
        assertThat(slope(abs(W), Double.NaN)).isNaN();
        assertThat(slope(abs(W), -1e-300)).isEqualTo(-1);
        assertThat(slope(abs(W), Double.POSITIVE_INFINITY)).isEqualTo(1);
    }

    @Test
    void piecesWhoseSlopesMeetHaveNoKink() {
        Formula huber = Algebra.choose(
                Algebra.less(abs(W), number(0.1)),
                Algebra.divide(Algebra.multiply(W, W), number(2)),
                Algebra.multiply(number(0.1), Algebra.subtract(abs(W), number(0.05))));

        assertThat(kinks(huber).kinks()).isEmpty();
        assertThat(slope(huber, 0.1)).isEqualTo(0.1);
        assertThat(slope(huber, -0.1)).isEqualTo(-0.1);
        assertThat(slope(huber, 0)).isZero();
        assertThat(slope(huber, -7)).isEqualTo(-0.1);
    }

    @Test
    void maximaAndMinimaHaveKinksWhereTheirSidesMeet() {
        Formula deadZone = Algebra.max(Algebra.subtract(abs(W), number(0.25)), number(0));
        Formula capped = Algebra.min(abs(W), number(0.5));

        assertThat(kinks(deadZone).kinks()).containsExactly(new Kink(-0.25, -1, 0), new Kink(0.25, 0, 1));
        assertThat(slope(deadZone, 0.25)).isZero();
        assertThat(slope(deadZone, 0.3)).isEqualTo(1);
        assertThat(kinks(capped).kinks())
                .containsExactly(new Kink(-0.5, 0, -1), new Kink(0, -1, 1), new Kink(0.5, 1, 0));
        assertThat(slope(capped, 0.5)).isZero();
        assertThat(slope(capped, -0.4)).isEqualTo(-1);
    }

    @Test
    void theSubgradientIsTheOneNearestToZeroEvenWhereTheFormulaSaysAnother() {
        Formula tilted = Algebra.add(abs(Algebra.subtract(W, number(1))), Algebra.multiply(number(2), W));
        Formula wrongSide = Algebra.choose(
                Algebra.less(W, number(2)),
                Algebra.multiply(number(3), W),
                Algebra.subtract(Algebra.multiply(number(5), W), number(4)));

        assertThat(kinks(tilted).kinks()).containsExactly(new Kink(1, 1, 3));
        assertThat(slope(tilted, 1)).isEqualTo(1);
        assertThat(slope(tilted, 1.5)).isEqualTo(3);
        assertThat(slope(wrongSide, 2)).isEqualTo(3);
        assertThat(slope(wrongSide, 2.5)).isEqualTo(5);
    }

    @Test
    void aRootOfASquareIsAnAbsoluteValue() {
        Formula root = Algebra.apply(Function.SQRT, Algebra.multiply(W, W));

        assertThat(kinks(root).kinks()).containsExactly(new Kink(0, -1, 1));
        assertThat(slope(root, 0)).isZero();
    }

    @Test
    void pointsWhereNothingMeetsAreNoKinks() {
        assertThat(kinks(Algebra.power(abs(W), 3)).kinks()).isEmpty();
        assertThat(kinks(Algebra.power(abs(W), 1.5)).kinks()).isEmpty();
        assertThat(kinks(Algebra.multiply(W, abs(W))).kinks()).isEmpty();
        assertThat(kinks(Algebra.apply(Function.TANH, Algebra.power(W, 2))).kinks())
                .isEmpty();
    }

    @Test
    void kinksAreFoundAtNumbersThatTheFormulaDoesNotContain() {
        // |w² − 2| has its kinks at ±√2.
        List<Kink> kinks =
                kinks(abs(Algebra.subtract(Algebra.power(W, 2), number(2)))).kinks();

        assertThat(kinks).hasSize(2);
        assertThat(kinks.get(1).at()).isCloseTo(Math.sqrt(2), org.assertj.core.data.Offset.offset(1e-15));
        assertThat(kinks.get(1).subgradient()).isZero();
    }

    @Test
    void whatCannotBeFollowedDownhillIsTold() {
        assertThat(flaw(Algebra.choose(Algebra.less(W, number(1)), number(0), number(3))))
                .isEqualTo(new Flaw.Jump(1, 0, 3));
        assertThat(flaw(Algebra.apply(Function.SQRT, abs(W)))).isEqualTo(new Flaw.Infinite(0, false));
        assertThat(flaw(Algebra.apply(Function.LOG, abs(W)))).isEqualTo(new Flaw.Infinite(0, true));
        assertThat(flaw(Algebra.divide(number(1), Algebra.subtract(W, number(3)))))
                .isEqualTo(new Flaw.Infinite(3, true));
        Formula flat = Algebra.max(Algebra.subtract(abs(W), number(1)), number(0));
        assertThat(flaw(Algebra.apply(Function.SQRT, Algebra.power(flat, 3)))).isInstanceOf(Flaw.Infinite.class);
        assertThat(flaw(Algebra.apply(Function.LOG, W))).isInstanceOf(Flaw.Undefined.class);
        assertThat(flaw(Algebra.power(W, 1.5))).isInstanceOf(Flaw.Undefined.class);
        assertThat(flaw(Algebra.power(W, 1.0 / 3))).isInstanceOf(Flaw.Undefined.class);
    }

    private static Formula minus(Formula x, double c) {
        return Algebra.subtract(x, number(c));
    }

    private static Formula twice(Formula x) {
        return Algebra.multiply(number(2), x);
    }

    /** Between neighbouring numbers of any grid there may be several places: all of these are kinks. */
    @Test
    void everyKinkOfNestedAbsoluteValuesIsFound() {
        Formula folded = minus(twice(W), 1);
        for (int i = 0; i < 3; i++) {
            folded = minus(twice(abs(folded)), 1);
        }

        List<Kink> kinks = kinks(abs(folded)).kinks();

        assertThat(kinks).hasSize(15);
        for (int i = 0; i < kinks.size(); i++) {
            double below = i % 2 == 0 ? -16 : 16;
            assertThat(kinks.get(i)).isEqualTo(new Kink((i + 1) / 16.0, below, -below));
        }
    }

    @Test
    void aJumpBetweenTwoNearZerosIsFound() {
        Formula parabola =
                Algebra.add(Algebra.subtract(Algebra.power(W, 2), Algebra.multiply(number(0.71), W)), number(0.126));
        Condition between = Algebra.less(parabola, number(0)); // From 0.35 to 0.36.

        assertThat(flaw(Algebra.choose(between, Algebra.add(abs(W), number(5)), abs(W))))
                .isEqualTo(new Flaw.Jump(0.35, 0.35, 5.35));
        assertThat(kinks(Algebra.choose(between, abs(W), abs(W))).kinks()).containsExactly(new Kink(0, -1, 1));
    }

    /** (w − 0.3)² multiplied out is below 0 somewhere near 0.3, but for doubles only; (w − 0.5)² never is. */
    @Test
    void whatRoundingMayDecideMustNotMatter() {
        Formula touching =
                Algebra.add(Algebra.subtract(Algebra.power(W, 2), Algebra.multiply(number(0.6), W)), number(0.09));
        Formula square = Algebra.power(minus(W, 0.5), 2);

        assertThat(flaw(Algebra.choose(Algebra.less(touching, number(0)), number(5), abs(W))))
                .isInstanceOf(Flaw.Jump.class)
                .extracting(Flaw::at)
                .isEqualTo(0.3);
        assertThat(kinks(abs(touching)).kinks()).isEmpty();
        assertThat(kinks(Algebra.choose(Algebra.less(square, number(0)), number(5), abs(W)))
                        .kinks())
                .containsExactly(new Kink(0, -1, 1));
    }

    @Test
    void placesOfAnyMagnitudeAreFound() {
        assertThat(kinks(abs(minus(W, 1e-30))).kinks()).containsExactly(new Kink(1e-30, -1, 1));
        assertThat(kinks(abs(minus(W, 1e20))).kinks()).containsExactly(new Kink(1e20, -1, 1));
        assertThat(kinks(abs(minus(Algebra.power(W, 2), 1e60))).kinks())
                .containsExactly(new Kink(-1e30, -2e30, 2e30), new Kink(1e30, -2e30, 2e30));
        assertThat(flaw(Algebra.choose(Algebra.less(abs(W), number(1e-30)), number(0), number(1e-20))))
                .isEqualTo(new Flaw.Jump(-1e-30, 1e-20, 0));
        assertThat(kinks(Algebra.multiply(number(1e-20), abs(W))).kinks()).containsExactly(new Kink(0, -1e-20, 1e-20));
    }

    /** Takes the rounding of terms that cancel out for no jump. */
    @Test
    void roundingIsNoJump() {
        Formula shifted = Algebra.min(Algebra.add(W, number(1e6)), number(1e6 + 0.1));
        Formula root = Algebra.power(Algebra.max(minus(Algebra.power(W, 2), 2), number(0)), 1.5);

        assertThat(kinks(minus(shifted, 1e6 + 0.1)).kinks()).hasSize(1);
        assertThat(kinks(root).kinks()).isEmpty();
        assertThat(kinks(abs(minus(Algebra.apply(Function.TANH, W), 1))).kinks())
                .isEmpty();
        assertThat(kinks(abs(Algebra.subtract(Algebra.apply(Function.EXP, W), Algebra.add(W, number(1)))))
                        .kinks())
                .isEmpty();
    }

    /** Multiplied out, (w + 1)³ − w³ − 3w² − 3w − 1 has no sign anywhere; √(w² + 1) − w nears 0 all the way. */
    @Test
    void searchesEndWhereSignsAreNeverCertain() {
        Formula cube = Algebra.power(Algebra.add(W, number(1)), 3);
        Formula sum = Algebra.add(
                Algebra.add(Algebra.power(W, 3), Algebra.multiply(number(3), Algebra.power(W, 2))),
                Algebra.add(Algebra.multiply(number(3), W), number(1)));
        Formula root = Algebra.apply(Function.SQRT, Algebra.add(Algebra.power(minus(W, 3), 2), number(1)));

        assertThat(kinks(abs(Algebra.subtract(cube, sum))).kinks()).isEmpty();
        assertThat(kinks(Algebra.max(root, Algebra.add(W, number(2)))).kinks()).hasSize(1);
    }

    @Test
    void polesAreFoundAtNumbersThatNoDoubleIs() {
        Flaw pole = flaw(Algebra.divide(number(1), minus(Algebra.power(W, 2), 2)));

        assertThat(pole).isInstanceOf(Flaw.Infinite.class);
        assertThat(pole.at()).isCloseTo(-Math.sqrt(2), org.assertj.core.data.Offset.offset(1e-15));
    }

    @Test
    void formulasBeyondTheLimitsAreGivenUp() {
        Formula folded = W;
        for (int i = 0; i < 9; i++) {
            folded = abs(minus(twice(folded), 1));
        }
        Formula many = folded;
        Formula product = W;
        for (int i = 1; i < 150; i++) {
            product = Algebra.multiply(product, minus(W, i));
        }
        Formula long150 = product;

        assertThatThrownBy(() -> Kinks.of(many, "w"))
                .isInstanceOfSatisfying(
                        FormulaLimitException.class, e -> assertThat(e.limit()).isEqualTo(Limit.PIECES));
        assertThatThrownBy(() -> Derivative.of(long150, "w"))
                .isInstanceOfSatisfying(
                        FormulaLimitException.class, e -> assertThat(e.limit()).isEqualTo(Limit.PARTS));
    }
}
