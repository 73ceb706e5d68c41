package org.espalier.generator.emit;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

class QuotationsTest {
    @Test
    void citesTheLineOfAStatement() {
        SourceFile file = new SourceFile("src/main/net/tiny.net", "network Tiny {\n    conv = Conv2d(1, 8, 3)\n}\n");

        assertThat(Quotations.statement(file.span(19, 41))).isEqualTo("conv = Conv2d(1, 8, 3)  (tiny.net:2)");
    }

    @Test
    void makesOneLineOfSeveral() {
        assertThat(Quotations.oneLine("down = [relu, // first\n        conv]")).isEqualTo("down = [relu, conv]");
    }

    @Test
    void keepsSlashesInStrings() {
        assertThat(Quotations.oneLine("import \"a//b.net\"")).isEqualTo("import \"a//b.net\"");
    }

    @Test
    void disarmsUnicodeEscapes() {
        assertThat(Quotations.oneLine("\\u000a")).isEqualTo("\\\\u000a");
    }

    @Test
    void cutsOffWhatIsBetterReadInItsFile() {
        assertThat(Quotations.oneLine("x".repeat(1000))).hasSize(204).endsWith("x ...");
    }
}
