package org.espalier.generator.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.Pages;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.Builtins;
import org.junit.jupiter.api.Test;

/** {@code docs/layers.md} has everything that the language has a word for, with the signature that it has. */
class LayersPageTest {
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (\\w+)\n\n`([^`]*)`\n\n(.*(?:\n.+)*)");

    @Test
    void hasAnEntryForEveryWord() {
        List<String> documented = entries().keySet().stream().toList();

        List<String> words = Builtins.names().stream()
                .filter(name -> Builtins.named(name)
                        .filter(builtin -> builtin.kind() != Builtin.Kind.TENSOR_FUNCTION)
                        .isPresent())
                .toList();
        assertThat(words)
                .as("what the compiler knows and docs/layers.md does not: write '### Name', an empty line, `Name`, "
                        + "an empty line, then its shapes and its formula; -Dgolden.update fills the signature in")
                .allMatch(documented::contains);
        assertThat(documented)
                .as("what docs/layers.md has and the compiler does not")
                .allMatch(Builtins.names()::contains);
    }

    @Test
    void hasTheSignaturesOfTheCompiler() {
        Matcher entry = ENTRY.matcher(Pages.read("layers.md"));
        String page = entry.replaceAll(found -> Matcher.quoteReplacement("### " + found.group(1) + "\n\n`"
                + signature(found.group(1), found.group(2)) + "`\n\n" + found.group(3)));

        Pages.check("layers.md", page);
    }

    @Test
    void languagePageHasEveryType() {
        assertThat(Type.words()).allMatch(word -> Pages.read("language.md").contains("\n| `" + word + "` | "));
    }

    private static String signature(String name, String otherwise) {
        return Builtins.named(name).map(callee -> callee.signature().describe()).orElse(otherwise);
    }

    /** The text of each entry. */
    private static Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        Matcher entry = ENTRY.matcher(Pages.read("layers.md"));
        while (entry.find()) {
            entries.put(entry.group(1), entry.group(3));
        }
        return entries;
    }
}
