package org.espalier.generator.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formulas are read back as they are printed. */
class FormulaParserTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "if abs(w) < 0.1 then w**2 / 2 else 0.1 * (abs(w) - 0.05)",
                "2 * sign(w) * exp(-2 * abs(w))",
                "if w == 1 then 1 else sign(w - 1) + 2",
                "if (w + 1) * 2 < 3 and not w <= -1e-5 then w else if (w < 1 or w < 2) and w < 3 then 1 else 0",
                "w - (2 - exp(w))",
                "-(w + 1)**3",
                "w / (w * (w + 1.5e10))",
                "w * (exp(w) * w)",
                "w + (1 - w + exp(w))",
                "max(min(w, 1), -1)",
                "log1p(abs(w)**1.5)",
            })
    void textComesBack(String text) {
        assertThat(FormulaText.of(FormulaParser.parse(text))).isEqualTo(text);
    }

    @Test
    void whatIsNoFormulaIsRefused() {
        for (String text : List.of("", "w +", "if w then 1 else 2", "sinus(w)", "w w", "(w", "w ? 1")) {
            assertThatThrownBy(() -> FormulaParser.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
    }
}
