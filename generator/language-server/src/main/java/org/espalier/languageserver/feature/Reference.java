package org.espalier.languageserver.feature;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.elaborate.language.PytorchWords;

/** The reference pages, word by word: what an editor explains is what the documentation says. */
final class Reference {
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (\\w+)\n\n`[^`]*`\n\n((?:(?!#).*\n?)+?)(?=\n#|\\z)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)\\([^`]*\\)` \\| (.*) \\|$");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]\\[]+)\\]\\([^)]*\\)");

    private static final Map<String, String> WORDS = words();
    private static final Map<String, String> FUNCTIONS = functions();

    private Reference() {}

    private static Map<String, String> words() {
        Map<String, String> words = new HashMap<>();
        Matcher entry = ENTRY.matcher(read("layers.md"));
        while (entry.find()) {
            words.put(entry.group(1), plain(entry.group(2)));
        }
        return words;
    }

    private static Map<String, String> functions() {
        Map<String, String> functions = new HashMap<>();
        Matcher row = ROW.matcher(read("tensors.md"));
        while (row.find()) {
            functions.put(row.group(1), plain(row.group(2).replace("\\|", "|")));
        }
        return functions;
    }

    private static String read(String page) {
        try (InputStream text = Reference.class.getResourceAsStream("/org/espalier/languageserver/reference/" + page)) {
            return new String(Objects.requireNonNull(text, page).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without links, which lead nowhere from an editor. */
    private static String plain(String text) {
        return LINK.matcher(text).replaceAll("$1").strip();
    }

    /** Explains a word of the language; empty if no page does. */
    static Optional<String> of(String word) {
        String layer = PytorchWords.functionsOfLayers().get(word);
        return Optional.ofNullable(WORDS.get(word))
                .or(() -> Optional.ofNullable(FUNCTIONS.get(word)))
                .or(() -> layer == null
                        ? Optional.empty()
                        : Optional.ofNullable(WORDS.get(layer)).map(text -> layer + " as a function. " + text));
    }
}
