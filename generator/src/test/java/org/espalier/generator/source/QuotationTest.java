package org.espalier.generator.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotationTest {
    private static String quotation(String text) {
        return new SourceFile("test.net", text).span(0, text.length()).quotation();
    }

    @Test
    void makesOneLineOfSeveral() {
        assertThat(quotation("down = [relu, // first\n        conv]")).isEqualTo("down = [relu, conv]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Linear(4, 3 /* three */)(x) | Linear(4, 3)(x)",
                "Linear(4, /* three: */ 3)(x) | Linear(4, 3)(x)",
                "a/**/b | a b",
                "a /* b */ c | a c",
                "f(a /*\" c */, b) | f(a, b)",
                "f(a, // it's\\n b) | f(a, b)",
                "f(a // last\\r) | f(a)",
                "f(a, /* http://x */ b) | f(a, b)",
                "f(a /* not finished | f(a",
            })
    void leavesCommentsOut(String text, String quoted) {
        assertThat(quotation(text.replace("\\n", "\n").replace("\\r", "\r"))).isEqualTo(quoted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "import \"a//b.net\"",
                "f('a//b', '/* c */')",
                "f(\"it's\", '\"', \"//\")",
                "f(\"a\\\"//b\", 'c\\'//d')",
                "f(\"a  b\")",
            })
    void keepsStringsAsTheyAre(String text) {
        assertThat(quotation(text)).isEqualTo(text);
    }

    @Test
    void cutsOffWhatIsBetterReadInItsFile() {
        assertThat(quotation("x".repeat(1000))).hasSize(204).endsWith("x ...");
        assertThat(quotation("x".repeat(199) + "𝄞".repeat(100)))
                .as("no half of a character")
                .isEqualTo("x".repeat(199) + " ...");
    }
}
