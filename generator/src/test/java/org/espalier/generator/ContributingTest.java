package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The recipes of {@code CONTRIBUTING.md} name what there is. */
class ContributingTest {
    private static final Path ROOT = Path.of("..");

    /** {@code `Library.LAYERS`}: a class, perhaps with a member. */
    private static final Pattern CLASS = Pattern.compile("[A-Z][a-z]\\w*(\\.\\w+)?");

    /** {@code `docs/layers.md`}. */
    private static final Pattern PATH = Pattern.compile("[\\w.-]+(/[\\w.-]+)+");

    /** Placeholder for any name. */
    private static final String ANY = "Name";

    private static List<String> quoted(Pattern kind) throws IOException {
        String page = Files.readString(ROOT.resolve("CONTRIBUTING.md"));
        return Pattern.compile("`([^`\n]+)`")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .filter(text -> kind.matcher(text).matches())
                .distinct()
                .toList();
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("generator", "generator/language-server", "runtime", "runtime/inference")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    @Test
    void everyClassIsThere() throws IOException {
        List<String> classes = sources().stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .toList();

        assertThat(quoted(CLASS))
                .isNotEmpty()
                .filteredOn(name -> !name.equals(ANY))
                .allMatch(name -> classes.contains(name.replaceFirst("\\..*", "")));
    }

    @Test
    void everyFileIsThere() throws IOException {
        List<Path> sources = sources();

        assertThat(quoted(PATH))
                .isNotEmpty()
                .allMatch(path ->
                        Files.exists(ROOT.resolve(path)) || sources.stream().anyMatch(source -> source.endsWith(path)));
    }

    @Test
    void theJavaIsInTheGoldens() throws IOException {
        String page = Files.readString(ROOT.resolve("CONTRIBUTING.md"));
        List<String> excerpts = Pattern.compile("(?ms)^```java\n(.*?)^```$")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(excerpts).hasSize(2);
        assertIsIn(excerpts.get(0), Files.readString(Goldens.file("java/com/example/Reader.java")));
        assertIsIn(excerpts.get(1), Files.readString(Goldens.file("java/com/example/Predictor.java")));
    }

    private static void assertIsIn(String excerpt, String golden) {
        int from = 0;
        for (String part : excerpt.split("(?m)^…\n")) {
            assertThat(golden.substring(from)).contains(part);
            from = golden.indexOf(part, from) + part.length();
        }
    }
}
