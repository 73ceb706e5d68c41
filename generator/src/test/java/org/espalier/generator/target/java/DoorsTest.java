package org.espalier.generator.target.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.target.java.text.JavaText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing goes into a comment or a string literal of Java but by the methods of {@link JavaText}. */
class DoorsTest {
    private static final Path TARGET = Path.of("src", "main", "java", "org", "espalier", "generator", "target", "java");

    static List<Path> emitters() throws IOException {
        try (Stream<Path> files = Files.walk(TARGET)) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("JavaText.java"))
                    .sorted()
                    .toList();
        }
    }

    private static String withoutComments(Path file) throws IOException {
        return Files.readString(file).replaceAll("(?m)^\\s*(//|/?\\*).*$", "");
    }

    @ParameterizedTest
    @MethodSource("emitters")
    void noFormatMakesACommentOrAString(Path file) throws IOException {
        assertThat(withoutComments(file)).doesNotContain("\"// $", "/* $", "/** $", "$S", "addComment(");
    }

    @ParameterizedTest
    @MethodSource("emitters")
    void javadocIsMadeOfPlainText(Path file) throws IOException {
        String code = withoutComments(file);

        assertThat(code).doesNotContain("addJavadoc(\"$");
        if (!file.endsWith("Javadoc.java") && !file.endsWith("FieldComments.java")) {
            assertThat(code).doesNotContain("{@", "<p>", "<pre>\"", "&lt;");
        }
    }

    @ParameterizedTest
    @MethodSource("emitters")
    void onlyFileCommentsAndMarksKnowWhatTheFileIsCalled(Path file) throws IOException {
        if (!file.endsWith("Marks.java") && !file.endsWith("NetworkEmitter.java")) {
            assertThat(withoutComments(file)).doesNotContain("fileName()", ".location()", "span().text()");
        }
    }
}
