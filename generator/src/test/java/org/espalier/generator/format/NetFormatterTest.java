package org.espalier.generator.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.espalier.generator.Goldens;
import org.espalier.generator.Pages;
import org.espalier.generator.Rounds;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;
import org.espalier.grammar.NetLexer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag(Rounds.TAG)
class NetFormatterTest {
    /** Every specification of the project. */
    static List<Path> specifications() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("src", "maven-plugin/src", "../samples")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".net")
                                && !file.toString().contains("target"))
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    static List<Path> ours() throws IOException {
        return specifications().stream()
                .filter(file -> !file.toString().contains("errors"))
                .toList();
    }

    private static ParsedFile parse(String text) {
        return NetSyntax.parse(new SourceFile("test.net", text));
    }

    private static String format(String text) {
        FormattedFile formatted = NetFormatter.format(new SourceFile("test.net", text));
        assertThat(formatted.diagnostics()).as(text).isEmpty();
        return formatted.text();
    }

    private static void assertKept(String text) {
        String formatted = format(text);
        String message = "formatted:\n" + formatted + "\nfrom:\n" + text;
        assertThat(SyntaxText.of(parse(formatted).file()))
                .as(message)
                .isEqualTo(SyntaxText.of(parse(text).file()));
        assertThat(words(formatted)).as(message).isEqualTo(words(text));
        assertThat(comments(formatted)).as(message).isEqualTo(comments(text));
        assertThat(format(formatted)).as(message).isEqualTo(formatted);
        assertThat(linesOf(formatted, text))
                .as(message)
                .doesNotContain("\r", "\t\n", " \n", "\n\n\n")
                .doesNotStartWith("\n");
        assertThat(formatted.isEmpty() || formatted.endsWith("\n")).as(message).isTrue();
        assertThat(linesOf(formatted, text)).as(message).doesNotEndWith("\n\n");
    }

    /** A formatted text with plain line ends, which are the first one of the text that it was made from. */
    private static String linesOf(String formatted, String text) {
        boolean windows = text.replaceAll("(?s)^[^\r\n]*", "").startsWith("\r\n");
        return windows ? formatted.replace("\r\n", "\n") : formatted;
    }

    private static List<? extends Token> tokens(String text) {
        return new NetLexer(CharStreams.fromString(text)).getAllTokens();
    }

    /** The tokens, without commas behind last elements. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (Token token : tokens(text)) {
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                boolean closes = token.getText().equals(")") || token.getText().equals("]");
                if (closes && words.get(words.size() - 1).equals(",")) {
                    words.remove(words.size() - 1);
                }
                words.add(token.getText());
            }
        }
        return words;
    }

    /** The comments, without the spaces at both ends of their lines. */
    private static List<String> comments(String text) {
        return tokens(text).stream()
                .filter(token -> token.getType() == NetLexer.COMMENT || token.getType() == NetLexer.LINE_COMMENT)
                .map(token ->
                        token.getText().lines().map(String::strip).toList().toString())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void keepsWhatEverySpecificationSays(Path file) throws IOException {
        SourceFile source =
                new SourceFile(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        if (NetSyntax.parse(source).diagnostics().isEmpty()) {
            assertKept(source.text());
        } else {
            FormattedFile untouched = NetFormatter.format(source);
            assertThat(untouched.text()).isEqualTo(source.text());
            assertThat(untouched.diagnostics()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ours")
    void hasNothingToDoForOurSpecifications(Path file) throws IOException {
        String formatted = format(Files.readString(file));
        if (Goldens.UPDATE) {
            Files.writeString(file, formatted);
        }
        assertThat(Files.readString(file))
                .as(file + ", which espalier fmt lays out")
                .isEqualTo(formatted);
    }

    @Test
    void hasNothingToDoForTheExamplesOfItsPage() {
        Matcher example = Pattern.compile("(?s)```net-fragment\n(.*?)```").matcher(Pages.read("formatting.md"));
        int examples = 0;
        for (; example.find(); examples++) {
            String statements = example.group(1).replaceAll("(?m)^ {2}", "").stripTrailing() + "\n";
            assertThat(body(statements)).isEqualTo(statements);
        }
        assertThat(examples).isEqualTo(2);
    }

    @Test
    void hasNothingToDoForTheExamplesOfTheLanguage() {
        for (Pages.Example example : Pages.examples("language.md")) {
            boolean statements = example.label().equals("network");
            assertThat(statements ? body(example.text()) : format(example.text()))
                    .isEqualTo(example.text());
        }
    }

    @Test
    void keepsWhatRandomFilesSay() {
        int files = Integer.getInteger("espalier.random.files", Rounds.of(100, 500));
        for (long seed = 0; seed < files; seed++) {
            String text = RandomSyntax.file(seed);
            assertThat(parse(text).diagnostics()).as(text).isEmpty();
            assertKept(text);
        }
    }

    @Test
    void setsSpacesAndOneStatementALine() {
        assertThat(format("""
                package  com . example import A as B,C from 'a.net'
                regularizer r(l:float=1e-5)=l1( l )+0.5*l2(l)
                block A(x:layer?=none,){return[x,- 1,not x]}
                network N{input x:float[batch,3] y=f (a = 1,*b)(x) output y}""")).isEqualTo("""
                        package com.example

                        import A as B, C from 'a.net'

                        regularizer r(l: float = 1e-5) = l1(l) + 0.5 * l2(l)

                        block A(x: layer? = none) {
                            return [x, -1, not x]
                        }

                        network N {
                            input x: float[batch, 3]
                            y = f(a=1, *b)(x)
                            output y
                        }
                        """);
    }

    @Test
    void leavesAStarAtTheEndOfALineByItself() {
        assertThat(body("freeze *\noutput y = a\nfreeze *b , c.*\noutput z = a"))
                .isEqualTo("freeze *\noutput y = a\nfreeze *b, c.*\noutput z = a\n");
        assertThat(body("b = 2 *\n    output\nc = 3")).isEqualTo("b = 2\n    * output\nc = 3\n");
    }

    @Test
    void keepsNoMoreThanOneEmptyLineAndNoneBesideBraces() {
        assertThat(body("\n\n    a = 1\n\n\n    b = 2\n    c = 3\n\n")).isEqualTo("a = 1\n\nb = 2\nc = 3\n");
    }

    @Test
    void alignsEqualsSignsWhereTheAuthorBegan() {
        assertThat(body("conv  = 1\nlinear = 2\nx = 3\n\nlong = 4\nx = 5"))
                .isEqualTo("conv   = 1\nlinear = 2\nx      = 3\n\nlong = 4\nx = 5\n");
        assertThat(body("output mask  = a\noutput sc = b")).isEqualTo("output mask = a\noutput sc   = b\n");
        assertThat(body("aa  = 1\nbb  = 2")).isEqualTo("aa = 1\nbb = 2\n");
    }

    @Test
    void keepsCommentsWhereTheyAre() {
        String text = """
                // The license.

                /* Of the package. */
                package a // behind

                /**
                 * Of the block.
                 */
                block B(a: int, /* between */ b: int) { // after the brace
                    // first
                    x = f(a, // of a
                          // of b
                          b /* last */)

                    // at the end
                }
                // of the file
                """;
        assertThat(format(text)).isEqualTo(text);
    }

    @Test
    void movesTheLinesOfACommentTogether() {
        assertThat(body("""
                        /*
                          deeper
                         *
                        */
                x = 1""")).isEqualTo("""
                        /*
                          deeper
                         *
                        */
                        x = 1
                        """);
    }

    @Test
    void putsACommaBeforeTheCommentOfItsElement() {
        assertThat(body("x = [a // of a\n, b]")).isEqualTo("x = [a, // of a\n     b]\n");
    }

    @Test
    void breaksLongCallsBehindCommas() {
        assertThat(body("downconv = Conv2d(outer, inner, kernel_size=4, stride=2, padding=1, bias=use_bias, "
                        + "weight_regularizer=elastic, bias_regularizer=none)"))
                .isEqualTo("""
                        downconv = Conv2d(outer, inner, kernel_size=4, stride=2, padding=1, bias=use_bias, weight_regularizer=elastic,
                                          bias_regularizer=none)
                        """);
    }

    @Test
    void breaksBelowABracketThatIsFarToTheRight() {
        String name = "a_name_that_is_so_long_that_hardly_anything_fits_behind_its_bracket_any_more";
        assertThat(body("x = " + name + "(Conv2d(3, 64, 3), Conv2d(64, 128, 3), ReLU())"))
                .isEqualTo("x = " + name + "(\n    Conv2d(3, 64, 3), Conv2d(64, 128, 3), ReLU())\n");
    }

    @Test
    void breaksLongConditionsBeforeEachElse() {
        assertThat(body("shortcut = if stride == 1 and inner == outer then Identity() else if stride == 2 then "
                        + "sequential(Conv2d(inner, outer, 1), BatchNorm2d(outer)) else none"))
                .isEqualTo("""
                        shortcut = if stride == 1 and inner == outer then Identity()
                                   else if stride == 2 then sequential(Conv2d(inner, outer, 1), BatchNorm2d(outer))
                                   else none
                        """);
    }

    @Test
    void breaksLongChainsBeforeOperators() {
        String term = "a_list_of_layers_with_a_long_name";
        assertThat(body("x = " + term + " + " + term + " + " + term + " + " + term))
                .isEqualTo("x = " + term + " + " + term + " + " + term + "\n    + " + term + "\n");
    }

    @Test
    void keepsTheLineEndsThatAreWhereLinesMayEnd() {
        String text = """
                return branches(
                    Conv2d(3, 4, 1),
                    [Conv2d(3, 4, 1),
                     ReLU()],
                    merge=if a
                              then concat
                          else add,
                )
                """;
        assertThat(body(text)).isEqualTo(text);
        assertThat(body("x\n=\nf(\n1\n+ 2\n)")).isEqualTo("x = f(\n    1\n    + 2\n)\n");
    }

    @Test
    void endsLinesAsTheFirstOneEnds() {
        String laidOut = "/**\n * Doubles it.\n */\nblock B() {\n    x = 1 // one\n\n    y = 2\n}\n";
        String windows = laidOut.replace("\n", "\r\n");

        assertThat(format(windows)).isEqualTo(windows);
        assertThat(format(windows.replace(" = ", "="))).isEqualTo(windows);
        assertThat(format("/**\r\n" + laidOut.substring("/**\n".length()))).isEqualTo(windows);
        assertThat(format(windows.replaceFirst("\r", ""))).isEqualTo(laidOut);
        assertThat(format(laidOut.replace("\n", "\r"))).isEqualTo(laidOut);
        assertThat(format("regularizer a = l1(1)")).isEqualTo("regularizer a = l1(1)\n");
    }

    @Test
    void leavesWhatDoesNotParseAsItIs() {
        FormattedFile formatted = NetFormatter.format(new SourceFile("test.net", "network  N {"));

        assertThat(formatted.text()).isEqualTo("network  N {");
        assertThat(formatted.diagnostics()).singleElement().asString().contains("ESP101");
    }

    @Test
    void knowsFilesOfNothingAndOfCommentsOnly() {
        assertThat(format("")).isEmpty();
        assertThat(format("\uFEFF \r\n")).isEmpty();
        assertThat(format("\n\n // a\r\n\r\n\r\n/* b */")).isEqualTo("// a\n\n/* b */\n");
    }

    /** Formats statements as the body of a block. */
    private static String body(String statements) {
        String formatted = format("block B() {\n" + statements + "\n}");
        assertThat(formatted).startsWith("block B() {\n").endsWith("}\n");
        assertThat(formatted.lines()).allMatch(line -> line.codePointCount(0, line.length()) <= Layout.COLUMNS);
        String inside = formatted.substring("block B() {\n".length(), formatted.length() - "}\n".length());
        return inside.replaceAll("(?m)^ {4}", "");
    }
}
