package org.espalier.generator.formula.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.espalier.generator.formula.RandomFormulas.W;

import java.util.List;
import org.espalier.generator.Rounds;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.pieces.Kinks.Findings;
import org.espalier.generator.ir.text.FormulaText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Formulas whose pieces meet are taken, those whose pieces do not are refused, and the slopes are right in between. */
@Tag(Rounds.TAG)
class PiecesTest {
    private static final int FORMULAS = Rounds.of(300, 3_000);
    private static final double LEAST_KINK = 1e-3;

    private static double at(Formula formula, double w) {
        return Evaluation.at(formula, "w", w);
    }

    @Test
    void takesWhatIsContinuousAndKnowsItsSlopes() {
        RandomPieces random = new RandomPieces(7);
        for (int i = 0; i < FORMULAS; i++) {
            Formula formula = random.continuous(4);
            Findings findings = Kinks.of(formula, "w");
            String text = i + ": " + FormulaText.of(formula);
            assertThat(findings.flaw()).as(text).isEmpty();
            Kinks kinks = findings.kinks().orElseThrow();
            kinks.kinks().forEach(kink -> assertSlopes(kinks, formula, kink, text));
            for (int j = -500; j < 500; j++) {
                double w = j / 40.0 + 0.0123;
                assertNoOtherKink(kinks, w, w + 1 / 40.0, text);
            }
        }
    }

    /** Asserts that a place where the slope jumps, as narrowed down as doubles allow, is a kink that was found. */
    private static void assertNoOtherKink(Kinks kinks, double from, double to, String text) {
        double low = from;
        double high = to;
        while (difference(kinks, low, high) > LEAST_KINK) {
            double middle = low / 2 + high / 2;
            if (middle == low || middle == high) {
                double place = middle;
                assertThat(kinks.kinks())
                        .as(text + ", whose slope jumps at " + place)
                        .anyMatch(kink -> Math.abs(kink.at() - place) < 1e-9);
                return;
            }
            if (difference(kinks, low, middle) > difference(kinks, middle, high)) {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    private static double difference(Kinks kinks, double low, double high) {
        double one = at(kinks.derivative(), low);
        double other = at(kinks.derivative(), high);
        return Math.abs(one - other) / Math.max(1, Math.max(Math.abs(one), Math.abs(other)));
    }

    private static void assertSlopes(Kinks kinks, Formula formula, Kink kink, String text) {
        double step = 1e-7 * Math.max(1, Math.abs(kink.at()));
        boolean alone =
                kinks.kinks().stream().allMatch(other -> other == kink || Math.abs(other.at() - kink.at()) > 2 * step);
        if (alone) {
            double here = at(formula, kink.at());
            String place = text + " at the kink " + kink;
            assertClose(kink.below(), (here - at(formula, kink.at() - step)) / step, place);
            assertClose(kink.above(), (at(formula, kink.at() + step) - here) / step, place);
            assertThat(at(kinks.derivative(), kink.at()))
                    .as(place)
                    .isCloseTo(kink.subgradient(), offset(1e-9 * Math.max(1, Math.abs(kink.subgradient()))));
        }
    }

    private static void assertClose(double slope, double difference, String place) {
        assertThat(difference).as(place).isCloseTo(slope, offset(1e-3 * Math.max(1, Math.abs(slope))));
    }

    @Test
    void refusesAJumpWhereverItIs() {
        RandomPieces random = new RandomPieces(11);
        for (int i = 0; i < FORMULAS; i++) {
            double place = random.anywhere();
            double height = Math.abs(random.number());
            Formula below = Algebra.abs(W);
            Formula jump = Algebra.choose(
                    Algebra.less(W, Algebra.constant(place)), below, Algebra.add(below, Algebra.constant(height)));
            assertJumpAt(random.increasing(jump), place);
        }
    }

    /**
     * Tries intervals that lie between the grid points of any search: from a tenth of their place to a ten-millionth.
     */
    @Test
    void refusesJumpsThatAreNearEachOther() {
        RandomPieces random = new RandomPieces(13);
        for (int i = 0; i < FORMULAS; i++) {
            double from = random.anywhere();
            double to = from + Math.abs(from) * Math.pow(10, -1 - i % 7);
            Formula low = Algebra.abs(W);
            Formula jump = RandomPieces.between(from, to, Algebra.add(low, Algebra.constant(5)), low);
            assertJumpAt(random.increasing(jump), from);
        }
    }

    private static void assertJumpAt(Formula formula, double place) {
        Findings findings = Kinks.of(formula, "w");
        assertThat(findings.flaw()).as(FormulaText.of(formula)).containsInstanceOf(Flaw.Jump.class);
        assertThat(findings.flaw().orElseThrow().at())
                .as(FormulaText.of(formula))
                .isCloseTo(place, offset(1e-6 * Math.abs(place)));
    }

    /** The same condition with pieces that meet: a parabola that is cut off at 0. */
    @Test
    void takesPiecesThatMeetNearEachOther() {
        RandomPieces random = new RandomPieces(17);
        for (int i = 0; i < FORMULAS; i++) {
            double from = random.anywhere();
            double to = from + Math.abs(from) * Math.pow(10, -1 - i % 5);
            Formula inside = Algebra.multiply(
                    Algebra.subtract(W, Algebra.constant(from)), Algebra.subtract(W, Algebra.constant(to)));
            Formula cut = Algebra.max(inside, Algebra.ZERO);
            List<Kink> kinks = Kinks.of(cut, "w").kinks().orElseThrow().kinks();
            assertThat(kinks).as(FormulaText.of(cut)).hasSize(2);
            assertThat(kinks.get(0).at()).isEqualTo(from);
            assertThat(kinks.get(1).at()).isEqualTo(to);
        }
    }
}
