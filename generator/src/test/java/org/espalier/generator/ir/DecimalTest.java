package org.espalier.generator.ir;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.formula.Algebra;
import org.espalier.generator.ir.text.FormulaText;
import org.junit.jupiter.api.Test;

class DecimalTest {
    @Test
    void proseLeavesOffWhatOnlyRoundingPutThere() {
        assertThat(Decimal.inProse(1.1 - 1)).isEqualTo("0.1");
        assertThat(Decimal.inProse(2.3 - 1)).isEqualTo("1.3");
        assertThat(Decimal.inProse(-0.1 * 3)).isEqualTo("-0.3");
        assertThat(FormulaText.inProse(Algebra.power(Algebra.variable("w"), 1.1 - 1)))
                .isEqualTo("w**0.1");
    }

    @Test
    void proseKeepsTheDigitsOfNumbersThatAreNotTidyWithoutThem() {
        for (double value : new double[] {1 / 3.0, Math.PI, Double.MAX_VALUE, Double.MIN_VALUE, 1e-5, 0, 123456789}) {
            assertThat(Decimal.inProse(value)).isEqualTo(Decimal.written(value));
        }
    }

    @Test
    void whatIsReadBackKeepsEveryDigit() {
        assertThat(FormulaText.of(Algebra.power(Algebra.variable("w"), 1.1 - 1)))
                .isEqualTo("w**0.10000000000000009");
    }
}
