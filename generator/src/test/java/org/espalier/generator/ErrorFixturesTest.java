package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every diagnostic as its reader sees it. A fixture {@code src/golden/errors/*.net} says in comments {@code // ERROR
 * ESP103} on which line what is found; the whole text stands in the {@code .err} beside it.
 */
class ErrorFixturesTest {
    private static final Path FOLDER = Goldens.file("errors");
    private static final Pattern EXPECTED = Pattern.compile("(ERROR|WARNING) (ESP\\d+)");
    private static final Pattern LIBRARY = Pattern.compile("// WITH LIBRARY (\\S+)");
    private static final Pattern PADDING = Pattern.compile("PADDED BY (\\d+) (CHARACTERS|WORDS)");

    static List<String> fixtures() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("esp") && name.endsWith(".net"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void tellsWhatIsWrongAndWhere(String name) throws IOException {
        SourcePath path = new SourcePath(List.of(FOLDER), libraries(name), StandardCharsets.UTF_8, FOLDER);
        SourceFile source = padded(path.read(FOLDER.resolve(name)));

        List<Diagnostic> found = NetCompiler.compile(new CompilationRequest(List.of(source), path))
                .diagnostics();

        List<String> places = found.stream()
                .map(diagnostic -> diagnostic.span().line() + ": " + label(diagnostic))
                .sorted()
                .toList();
        assertThat(places).as(name).isEqualTo(expected(source));
        String text = found.stream().map(Diagnostic::render).collect(Collectors.joining("\n\n", "", "\n"));
        Goldens.check("errors/" + name.replace(".net", ".err"), text);
    }

    @Test
    void coversEveryCode() throws IOException {
        Set<String> covered = new TreeSet<>();
        for (String name : fixtures()) {
            Matcher matcher =
                    EXPECTED.matcher(new String(Files.readAllBytes(FOLDER.resolve(name)), StandardCharsets.UTF_8));
            while (matcher.find()) {
                covered.add(matcher.group(2));
            }
        }

        assertThat(covered)
                .containsExactlyElementsOf(Stream.of(DiagnosticCode.values())
                        .map(DiagnosticCode::toString)
                        .sorted()
                        .toList());
    }

    /** The jars that a fixture asks for. */
    private static List<Path> libraries(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name), StandardCharsets.ISO_8859_1);
        return LIBRARY.matcher(text)
                .results()
                .map(library -> FOLDER.resolve(library.group(1)))
                .toList();
    }

    private static String label(Diagnostic diagnostic) {
        return (diagnostic.isError() ? "ERROR " : "WARNING ") + diagnostic.code();
    }

    private static List<String> expected(SourceFile source) {
        List<String> expected = new ArrayList<>();
        Matcher matcher = EXPECTED.matcher(source.text());
        while (matcher.find()) {
            expected.add(source.line(matcher.start()) + ": " + matcher.group());
        }
        return expected.stream().sorted().toList();
    }

    /** A file of the size that its first line asks for. */
    private static SourceFile padded(SourceFile source) {
        Matcher padding = PADDING.matcher(source.text());
        if (!padding.find()) {
            return source;
        }
        String one = padding.group(2).equals("WORDS") ? " x" : " ";
        return new SourceFile(source.name(), source.text() + one.repeat(Integer.parseInt(padding.group(1))));
    }
}
