package org.espalier.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.DiagnosticCode;

/** Writes {@code docs/errors.md} from the codes, their documentation and the first fixture of each. */
final class ErrorsPage {
    private static final Path CODES =
            Path.of("src", "main", "java", "org", "espalier", "generator", "diagnostic", "DiagnosticCode.java");
    private static final Pattern DOCUMENTED = Pattern.compile("/\\*\\* (.*?) \\*/\\s+([A-Z_0-9]+)\\(");
    private static final Pattern HEADLINE = Pattern.compile("\\S+:\\d+:\\d+: (?:error|warning) (ESP\\d+): .*");
    private static final int LONGEST = 14;

    private static final String HEAD = """
            # Errors and warnings

            Every message of the compiler: its code, what it means, and an example. All errors are reported at once, and
            stop the build; warnings stop it with `failOnWarning`. A message shows the line, the shapes and the calls of
            blocks that led there, and, where possible, how to fix it.

            The first digit of a code stands for the stage: 1 syntax and names, 2 values and calls, 3 shapes,
            4 networks, 5 regularizers, initializers and freezing, 6 limits.
            """;

    private ErrorsPage() {}

    static String text() throws IOException {
        Map<String, String> meanings = meanings();
        Map<String, String> examples = examples();
        StringBuilder page = new StringBuilder(HEAD);
        for (DiagnosticCode code : DiagnosticCode.values()) {
            page.append("\n## ").append(code).append("\n\n");
            page.append(meanings.getOrDefault(code.name(), ""));
            page.append(" A")
                    .append(
                            code.severity().toString().toLowerCase(Locale.ROOT).equals("error")
                                    ? "n error"
                                    : " warning");
            page.append(".\n\n```text\n")
                    .append(examples.getOrDefault(code.toString(), ""))
                    .append("```\n");
        }
        return page.toString();
    }

    private static Map<String, String> meanings() throws IOException {
        Map<String, String> meanings = new LinkedHashMap<>();
        Matcher matcher = DOCUMENTED.matcher(Files.readString(CODES));
        while (matcher.find()) {
            meanings.put(matcher.group(2), matcher.group(1));
        }
        return meanings;
    }

    /** The first message of each code, cut if it is long. */
    private static Map<String, String> examples() throws IOException {
        Map<String, String> examples = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(Goldens.file("errors"))) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".err"))
                    .sorted()
                    .toList();
            for (Path file : sorted) {
                String number = file.getFileName().toString().substring(3, 6);
                for (String message : Files.readString(file).split("\n\n")) {
                    Matcher headline =
                            HEADLINE.matcher(message.lines().findFirst().orElse(""));
                    if (headline.matches() && headline.group(1).equals("ESP" + number)) {
                        examples.putIfAbsent(headline.group(1), shortened(message));
                    }
                }
            }
        }
        return examples;
    }

    private static String shortened(String message) {
        List<String> lines = message.lines()
                .map(line -> line.replaceAll("\\s+// (ERROR|WARNING).*", ""))
                .toList();
        List<String> shown = lines.size() > LONGEST ? lines.subList(0, LONGEST) : lines;
        return String.join("\n", shown) + (lines.size() > LONGEST ? "\n…\n" : "\n");
    }
}
