package org.espalier.generator.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

class DiagnosticTest {
    private static String underlined(String text, String part) {
        SourceFile file = new SourceFile("folder/test.net", text);
        int start = file.text().indexOf(part);
        return DiagnosticCode.UNKNOWN_NAME
                .at(file.span(start, start + part.length()), part)
                .render();
    }

    @Test
    void showsTheLineThePlaceTheNotesAndTheHelp() {
        SourceFile file = new SourceFile("folder/test.net", "first\n    logits = Linaer(256, 10)\nlast");
        Diagnostic diagnostic = DiagnosticCode.UNKNOWN_LAYER
                .at(file.span(19, 25), "layer", "Linaer")
                .withNotes(List.of("in network Digits (test.net:1)"))
                .withHelp("did you mean 'Linear'?");

        assertThat(diagnostic.render()).isEqualTo("""
                        folder/test.net:2:14: error ESP103: unknown layer 'Linaer'
                            logits = Linaer(256, 10)
                                     ^^^^^^
                          in network Digits (test.net:1)
                          help: did you mean 'Linear'?""");
    }

    @Test
    void keepsTabsSoThatTheCaretsMeetTheirCharacters() {
        assertThat(underlined("\ty\t=\tfoo", "foo"))
                .isEqualTo("folder/test.net:1:6: error ESP104: unknown name 'foo'\n\ty\t=\tfoo\n\t \t \t^^^");
    }

    @Test
    void leavesLineEndsOfAllKindsOut() {
        assertThat(underlined("a\r\nb foo\r\nc", "foo"))
                .isEqualTo("folder/test.net:2:3: error ESP104: unknown name 'foo'\nb foo\n  ^^^");
        assertThat(underlined("a\rb foo\rc", "foo"))
                .isEqualTo("folder/test.net:2:3: error ESP104: unknown name 'foo'\nb foo\n  ^^^");
    }

    @Test
    void countsCodePointsAndDrawsAsTerminalsDo() {
        assertThat(underlined("é𝄞 = foo", "foo"))
                .isEqualTo("folder/test.net:1:6: error ESP104: unknown name 'foo'\né𝄞 = foo\n     ^^^");
        assertThat(underlined("日本 = 語", "語"))
                .isEqualTo("folder/test.net:1:6: error ESP104: unknown name '語'\n日本 = 語\n       ^^");
        assertThat(underlined("e\u0301 = foo", "foo"))
                .isEqualTo("folder/test.net:1:6: error ESP104: unknown name 'foo'\ne\u0301 = foo\n    ^^^");
    }

    @Test
    void drawsPictographsTwoColumnsWideAndCountsThemOnce() {
        assertThat(underlined("/* 😀 */ foo", "foo"))
                .isEqualTo("folder/test.net:1:9: error ESP104: unknown name 'foo'\n/* 😀 */ foo\n         ^^^");
        assertThat(underlined("x = '😀'", "'😀'"))
                .isEqualTo("folder/test.net:1:5: error ESP104: unknown name ''😀''\nx = '😀'\n    ^^^^");
    }

    @Test
    void findsItsPlaceBehindTabsLineEndsAndPairsOfSurrogates() {
        assertThat(underlined("/* 😀 */\r\n\t/* 𝄞 */\tfoo\r\n", "foo"))
                .isEqualTo("folder/test.net:2:10: error ESP104: unknown name 'foo'\n\t/* 𝄞 */\tfoo\n\t       \t^^^");
    }

    @Test
    void underlinesTheFirstOfSeveralLines() {
        assertThat(underlined("a = f(1,\n  2)", "f(1,\n  2)")).endsWith("\na = f(1,\n    ^^^^");
    }

    @Test
    void pointsBehindTheLastCharacterAtTheEnd() {
        SourceFile file = new SourceFile("test.net", "network N {");

        assertThat(DiagnosticCode.SYNTAX
                        .at(file.span(11, 11), "'}'", "the end of the file")
                        .render())
                .isEqualTo("""
                        test.net:1:12: error ESP101: expected '}' but found the end of the file
                        network N {
                                   ^""");
    }

    @Test
    void showsByItsCodePointWhatWouldDriveATerminal() {
        String text = "/* \u001B[2J\u202E */ fo\u0007o = 1\u2028\u0085";
        SourceFile file = new SourceFile("a\nb\u001B.net", text);
        int start = text.indexOf("fo");
        Diagnostic diagnostic = DiagnosticCode.UNKNOWN_NAME
                .at(file.span(start, start + 4), "fo\u0007o")
                .withNotes(List.of("in network \r\nforged.net:1:1: error"))
                .withHelp("did you mean '\u009B'?");

        assertThat(diagnostic.render()).isEqualTo("""
                        a<U+000A>b<U+001B>.net:1:13: error ESP104: unknown name 'fo<U+0007>o'
                        /* <U+001B>[2J<U+202E> */ fo<U+0007>o = 1<U+2028><U+0085>
                                                  ^^^^^^^^^^^
                          in network <U+000D><U+000A>forged.net:1:1: error
                          help: did you mean '<U+009B>'?""");
    }

    @Test
    void leavesAByteOrderMarkOut() {
        assertThat(underlined("\uFEFFfoo", "foo"))
                .isEqualTo("folder/test.net:1:1: error ESP104: unknown name 'foo'\nfoo\n^^^");
    }

    @Test
    void cutsLongLines() {
        String rendered = underlined("a".repeat(500) + " foo " + "b".repeat(500), "foo");

        assertThat(rendered.lines()).allMatch(line -> line.length() < 200);
        assertThat(rendered).contains("a foo b").contains("^^^");
    }

    @Test
    void suggestsTheNearestName() {
        List<String> names = List.of("Linear", "LeakyReLU", "ReLU", "Conv2d", "kernel_size", "up", "x");

        assertThat(Suggestions.closest("Linaer", names)).contains("Linear");
        assertThat(Suggestions.closest("LeakyRelu", names)).contains("LeakyReLU");
        assertThat(Suggestions.closest("conv_2d", names)).contains("Conv2d");
        assertThat(Suggestions.closest("kernelsize", names)).contains("kernel_size");
        assertThat(Suggestions.closest("Softmax", names)).isEmpty();
    }

    @Test
    void tellsTheNameThatItSuggests() {
        Diagnostic unknown = DiagnosticCode.UNKNOWN_NAME.at(new SourceFile("test.net", "a").span(0, 1), "a");

        assertThat(unknown.withSuggestion(Optional.of("alpha")).suggestion()).contains("alpha");
        assertThat(unknown.withSuggestion(Optional.empty()).suggestion()).isEmpty();
        assertThat(unknown.withHelp("it is bound further down").suggestion()).isEmpty();
    }

    @Test
    void aPlaceHasOneFindingOfACode() {
        SourceFile file = new SourceFile("test.net", "a b");
        Diagnostics diagnostics = new Diagnostics();
        diagnostics.report(DiagnosticCode.UNKNOWN_NAME.at(file.span(2, 3), "b"));
        diagnostics.report(DiagnosticCode.UNKNOWN_NAME.at(file.span(2, 3), "again"));
        diagnostics.report(DiagnosticCode.UNKNOWN_NAME.at(file.span(0, 1), "a"));

        assertThat(diagnostics.toList())
                .extracting(Diagnostic::message)
                .containsExactly("unknown name 'a'", "unknown name 'b'");
    }
}
