package org.espalier.generator.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.generator.formula.RandomFormulas.W;

import java.util.List;
import org.espalier.generator.formula.Formula.Function;
import org.junit.jupiter.api.Test;

/** Where a formula has no derivative, and what is taken for it: the subgradient of least magnitude. */
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
}
