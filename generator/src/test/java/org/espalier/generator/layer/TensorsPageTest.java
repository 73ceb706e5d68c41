package org.espalier.generator.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.generator.Pages;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.library.Builtins;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/tensors.md} to the functions that the compiler knows. */
class TensorsPageTest {
    private static final String FORMS = "## Layers as functions\n";

    @Test
    void hasEveryFunctionWithItsSignature() {
        List<String> lines = Pages.read("tensors.md").lines().toList();

        assertThat(Library.FUNCTIONS)
                .allSatisfy(function -> assertThat(lines)
                        .as("docs/tensors.md explains %s", function.name())
                        .anyMatch(line ->
                                line.startsWith("| `" + function.signature().describe() + "` | ")));
    }

    @Test
    void hasEveryLayerThatIsAFunction() {
        String page = Pages.read("tensors.md");
        String intro = page.substring(0, page.indexOf("\n\n", page.indexOf(FORMS) + FORMS.length() + 1));

        Pages.check("tensors.md", intro + "\n\n" + forms());
    }

    private static String forms() {
        return PytorchWords.functionsOfLayers().entrySet().stream()
                .filter(form -> Builtins.ofTensors(form.getKey()).isPresent())
                .map(TensorsPageTest::row)
                .collect(Collectors.joining("", "| function | layer |\n|---|---|\n", ""));
    }

    private static String row(Map.Entry<String, String> form) {
        Builtin function = Builtins.ofTensors(form.getKey()).orElseThrow();
        return "| `" + function.name() + "` | [" + form.getValue() + "](layers.md#"
                + form.getValue().toLowerCase(java.util.Locale.ROOT) + ") |\n";
    }
}
