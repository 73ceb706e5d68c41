package org.espalier.generator.target.java.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.LiteralTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.espalier.generator.HostileTexts;
import org.espalier.generator.Rounds;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of text through every door, and the result compiled. */
@Tag(Rounds.TAG)
class JavaTextTest {
    private static final List<String> TEXTS = HostileTexts.all(Rounds.of(60, 500));

    /** A class with one field, whose text is only in comments. */
    private static GeneratedSource commented(int number, String text) {
        String name = "C" + number;
        List<String> javadoc = Javadoc.lines(
                "",
                new Javadoc()
                        .paragraphs(text)
                        .text("Text " + text)
                        .paragraph()
                        .text("Code ")
                        .code(text)
                        .preformatted(List.of(text, "  " + text))
                        .block()
                        .toString()
                        .lines()
                        .toList());
        List<String> ofMethod = Javadoc.lines(
                "    ",
                Javadoc.of("Makes " + text)
                        .param("x", text)
                        .returns(text)
                        .block()
                        .toString()
                        .lines()
                        .toList());
        List<String> ofResult = Javadoc.lines(
                "    ", Javadoc.ofResult(text).block().toString().lines().toList());
        String code = Tidy.tidy("package doors;\n\n" + String.join("\n", javadoc) + "\npublic final class " + name
                + " {\n    /**\n"
                + FieldComments.of(text, text).toString().indent(4).replaceAll("(?m)^    ", "     * ")
                + "     */\n    private final int a = 1;\n\n    /** No objects. */\n    private " + name
                + "() {\n    }\n\n" + String.join("\n", ofMethod)
                + "\n    public int a(int x) {\n        " + JavaText.comment(text) + "        return a + x; // "
                + JavaText.inComment(text) + "\n    }\n\n" + String.join("\n", ofResult)
                + "\n    public int b() {\n        return a;\n    }\n}\n");
        return new GeneratedSource("doors", name, code);
    }

    @Test
    void inCommentsNothingIsCode() {
        List<GeneratedSource> sources = new ArrayList<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            sources.add(commented(i, TEXTS.get(i)));
        }

        GeneratedCode.compile(sources);

        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(parsed(sources.get(i).text()))
                    .as(TEXTS.get(i))
                    .isEqualTo(parsed(commented(i, "harmless").text()));
        }
    }

    private static String parsed(String source) {
        return Parsed.of(source).tree();
    }

    @Test
    void aLiteralHasTheTextAsItsValue() {
        StringBuilder code = new StringBuilder("class Literals {\n");
        for (int i = 0; i < TEXTS.size(); i++) {
            String line =
                    "    static final String S" + i + " = String.valueOf(" + JavaText.literal(TEXTS.get(i)) + ");";
            LineBreaker.lines(line).forEach(part -> code.append(part).append('\n'));
        }

        Parsed parsed = Parsed.of(code + "}\n");

        assertThat(parsed.literals())
                .isEqualTo(TEXTS.stream().map(JavaTextTest::withoutHalves).toList());
        assertThat(code)
                .as("what an editor takes for the end of a line, or shows otherwise")
                .doesNotContain("\u2028", "\u2029", "\u0085", "\u000B", "\f", "\0", "\u202E", "\uFEFF");
    }

    private static String withoutHalves(String text) {
        StringBuilder whole = new StringBuilder();
        text.codePoints()
                .forEach(c -> whole.append(c >= 0xD800 && c <= 0xDFFF ? "<U+%X>".formatted(c) : Character.toString(c)));
        return whole.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "\\u000a, \\\\u000a",
        "\\\\u000a, \\\\u000a",
        "\\\\\\u000a, \\\\\\\\u000a",
        "\\uuu000a, \\\\uuu000a",
        "C:\\users, C:\\\\users",
        "C:\\\\users, C:\\\\users",
        "\\n, \\n",
        "a\\, a\\",
        "<b>, <b>",
        "*/, */"
    })
    void aCommentHasNoUnicodeEscapes(String text, String written) {
        assertThat(JavaText.inComment(text)).isEqualTo(written);
    }

    @Test
    void whatCannotBeSeenIsShownByItsCodePoint() {
        assertThat(JavaText.inComment("a\u2028b\u202Ec\u0000")).isEqualTo("a<U+2028>b<U+202E>c<U+0000>");
        assertThat(JavaText.inJavadoc("a\u2028b")).isEqualTo("a&lt;U+2028&gt;b");
        assertThat(JavaText.codeInJavadoc("a\u2028b")).isEqualTo("<code>a&lt;U+2028&gt;b</code>");
        assertThat(JavaText.literal("a\u2028b\uD834c𝄞\u000B")).isEqualTo("\"a\\u2028b<U+D834>c𝄞\\u000b\"");
    }

    @Test
    void anInlineTagHoldsWhatItCan() {
        assertThat(JavaText.codeInJavadoc("max(-1, min(1, w)) < 2 && {x}"))
                .isEqualTo("{@code max(-1, min(1, w)) < 2 && {x}}");
        assertThat(JavaText.codeInJavadoc("a } b")).isEqualTo("<code>a } b</code>");
        assertThat(JavaText.codeInJavadoc("a */ b")).isEqualTo("<code>a *&#47; b</code>");
        assertThat(JavaText.codeInJavadoc("a @b")).isEqualTo("<code>a &#64;b</code>");
    }

    /** Source as javac reads it: its tree and its literals. */
    private record Parsed(String tree, List<String> literals) {
        static Parsed of(String source) {
            DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
            JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                    .getTask(null, null, messages, List.of("-proc:none"), null, List.of(new SourceText(source)));
            StringBuilder tree = new StringBuilder();
            List<String> literals = new ArrayList<>();
            try {
                task.parse().forEach(unit -> {
                    tree.append(unit.getTypeDecls());
                    new TreeScanner<Void, Void>() {
                        @Override
                        public Void visitLiteral(LiteralTree literal, Void nothing) {
                            literals.add(String.valueOf(literal.getValue()));
                            return null;
                        }
                    }.scan(unit, null);
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(messages.getDiagnostics()).as(source).isEmpty();
            // The printed tree has Javadoc comments in it.
            return new Parsed(tree.toString().replaceAll("(?s)/\\*\\*.*?\\*/", ""), literals);
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(String text) {
            super(URI.create("memory:///Text.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
