package org.espalier.generator.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetSyntaxTest {
    private static ParsedFile parse(String text) {
        return NetSyntax.parse(new SourceFile("test.net", text));
    }

    private static List<String> findings(String text) {
        return parse(text).diagnostics().stream().map(Diagnostic::headline).toList();
    }

    private static Expression expression(String text) {
        ParsedFile parsed = parse("regularizer r = " + text);
        assertThat(parsed.diagnostics()).isEmpty();
        return ((Declaration.RegularizerDecl) parsed.file().declarations().get(0)).value();
    }

    @Test
    void everyNodeSpansWhatItWasWrittenAs() {
        Expression.Binary sum = (Expression.Binary) expression("f(1, 'ä𝄞b') + [g]");

        assertThat(sum.span().text()).isEqualTo("f(1, 'ä𝄞b') + [g]");
        assertThat(sum.left().span().text()).isEqualTo("f(1, 'ä𝄞b')");
        assertThat(sum.right().span().text()).isEqualTo("[g]");
        assertThat(sum.right().span().column()).isEqualTo(31);
    }

    /** ANTLR counts code points, Java's strings do not. */
    @Test
    void placesAreRightBehindPairsOfSurrogates() {
        ParsedFile parsed = parse("/* 😀𝄞 */ regularizer r = '😀' +\r\n\t/* 😀 */ 2 +\r\n");

        assertThat(parsed.diagnostics()).singleElement().satisfies(found -> {
            assertThat(found.span().line()).isEqualTo(3);
            assertThat(found.span().column()).isEqualTo(1);
        });
        assertThat(expression("'😀' + f('𝄞', x)").span().text()).isEqualTo("'😀' + f('𝄞', x)");
        assertThat(findings("regularizer 😀 = 1")).singleElement().asString().startsWith("test.net:1:13: error ESP101");
    }

    @Test
    void stringsAreUnescaped() {
        assertThat(expression("'it\\'s \\\\ \"here\"'"))
                .isInstanceOfSatisfying(
                        Expression.StringLiteral.class,
                        literal -> assertThat(literal.value()).isEqualTo("it's \\ \"here\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-5", ".5", "2.5E3", "1_0.0_1", "0.5e+2"})
    void decimalsAreWrittenInManyWays(String text) {
        assertThat(expression(text))
                .isInstanceOfSatisfying(
                        Expression.DecimalLiteral.class,
                        literal -> assertThat(literal.value()).isEqualTo(Double.parseDouble(text.replace("_", ""))));
    }

    @Test
    void lineEndsMeanNothing() {
        assertThat(findings("network N {\r\n input x:\rfloat[batch,\n 3]\r\n output y = f(x) }"))
                .isEmpty();
        assertThat(findings("network N { input x: float[batch, 3] y = f(x) output z = y }"))
                .isEmpty();
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        assertThat(findings("\uFEFFpackage a.b")).isEmpty();
    }

    @Test
    void anEmptyFileIsOne() {
        assertThat(parse("").diagnostics()).isEmpty();
        assertThat(parse("").file().declarations()).isEmpty();
    }

    @Test
    void whatIsWellFormedIsReadDespiteMistakes() {
        ParsedFile parsed = parse("""
                block First(a: int) { return f(a }
                block Second(a: int) {
                    b = *
                    c = 3
                    return g(a)
                }
                network Third { output y = }
                block Fourth() { return [] }
                """);

        assertThat(parsed.diagnostics()).hasSize(3);
        assertThat(parsed.file().declarations().stream()
                        .map(declaration -> declaration.name().text()))
                .containsExactly("First", "Second", "Third", "Fourth");
        Declaration.BlockDecl fourth =
                (Declaration.BlockDecl) parsed.file().declarations().get(3);
        assertThat(fourth.body().broken()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "-",
                "not ",
                "if a then ",
                "f(",
                "a -> ",
                "2 ** ",
                "f(x = ",
                "a + ",
                "a * (",
                "(1, ",
                "a.b(",
            })
    void deepNestingIsAMistakeLikeAnyOther(String opening) {
        List<String> findings = findings("regularizer r = " + opening.repeat(20_000));

        assertThat(findings).singleElement().asString().contains("ESP602");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "}", ")", "network", "block f(", "\u0000", "=", "import \"", "/*", "package 3", "𝄞", "'"})
    void nonsenseIsReportedAndNeverThrown(String nonsense) {
        assertThat(findings(nonsense.repeat(50))).isNotEmpty();
        assertThat(findings("network N { x = " + nonsense + " }")).isNotEmpty();
    }
}
