package org.espalier.generator.target.java.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.espalier.generator.Rounds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag(Rounds.TAG)
class LiteralsTest {
    @ParameterizedTest
    @CsvSource({
        "0.5, 0.5",
        "100, 100.0",
        "1, 1.0",
        "0, 0.0",
        "-0.0, -0.0",
        "0.0002, 2e-4",
        "0.001, 0.001",
        "1e-5, 1e-5",
        "1.5e-8, 1.5e-8",
        "-0.2, -0.2",
        "2e-3, 0.002",
        "1234567, 1234567.0",
        "12345678, 1.2345678e7",
        "1e23, 1e23",
        "4.9e-324, 5e-324",
        "0.05103103630798288, 0.05103103630798288"
    })
    void writesNumbersAsOneWould(double value, String written) {
        assertThat(Literals.number(value)).isEqualTo(written);
    }

    @Test
    void numbersReadBackAsThemselves() {
        Random random = new Random(1);
        for (int i = 0; i < Rounds.of(1_000, 10_000); i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(Literals.number(value))).isEqualTo(value);
            }
        }
    }

    @Test
    void hasNoLiteralForWhatIsNotANumber() {
        assertThatIllegalArgumentException().isThrownBy(() -> Literals.number(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Literals.number(Double.POSITIVE_INFINITY));
    }

    @Test
    void findsTheFanInThatABoundComesFrom() {
        assertThat(Literals.inverseSquareRootOf(1 / Math.sqrt(384))).hasValue(384);
        assertThat(Literals.inverseSquareRootOf(1 / Math.sqrt(8192))).hasValue(8192);
        assertThat(Literals.inverseSquareRootOf(0.25)).isEmpty();
        assertThat(Literals.inverseSquareRootOf(0.123456789)).isEmpty();
        assertThat(Literals.inverseSquareRootOf(0)).isEmpty();
    }

    @Test
    void groupsTheDigitsOfCounts() {
        assertThat(Literals.count(203_530)).isEqualTo("203_530");
        assertThat(Literals.count(999)).isEqualTo("999");
        assertThat(Literals.count(12_345_678_901L)).isEqualTo("12_345_678_901L");
        assertThat(Literals.elements(1_824)).isEqualTo("1_824L");
        assertThat(Literals.prose(54_413_955)).isEqualTo("54,413,955");
    }
}
