package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameMappingTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "a.b -> c, a.b, c",
        "a.b -> c, a.b.c, a.b.c",
        "module.** -> **, module.layer1.0.weight, layer1.0.weight",
        "layer*_*.** -> layer*.*.**, layer1_0.conv1.weight, layer1.0.conv1.weight",
        "model.model.1.** -> unet.**, model.model.1.model.3.weight, unet.model.3.weight",
        "*.weight -> *.w, a.b.weight, a.b.weight",
        "**.weight -> **.w, a.b.weight, a.b.w",
        "**.model.3.** -> **.submodule.**, a.model.3.b.model.3.c, a.submodule.b.model.3.c",
        "a*b*c -> **, abc, 'line 1 should'"
    })
    void aRuleRenames(String rule, String name, String renamed) {
        if (renamed.startsWith("line")) {
            assertThatThrownBy(() -> NameMapping.of(rule)).hasMessageStartingWith(renamed);
        } else {
            assertThat(NameMapping.of(rule).apply(name)).isEqualTo(renamed);
        }
    }

    @Test
    void theFirstRuleThatFitsHolds() {
        NameMapping mapping = NameMapping.of("# comment", "", "a.1 -> one", "a.* -> b.*", "a.2 -> two", "c -> d");

        assertThat(mapping.apply("a.1")).isEqualTo("one");
        assertThat(mapping.apply("a.2")).isEqualTo("b.2");
        assertThat(mapping.apply("c")).isEqualTo("d");
        assertThat(mapping.apply("e")).isEqualTo("e");
    }

    @Test
    void whatIsWrittenIsRead() {
        Path file = folder.resolve("names.map");
        Map<String, String> names = new LinkedHashMap<>();
        names.put("features.0.weight", "conv.weight");
        names.put("features.1.weight", "norm.weight");

        NameMapping.of(names).write(file, "two lines\nof comment");

        assertThat(file)
                .hasContent("# two lines\n# of comment\nfeatures.0.weight -> conv.weight\n"
                        + "features.1.weight -> norm.weight\n");
        assertThat(NameMapping.read(file).apply("features.1.weight")).isEqualTo("norm.weight");
        assertThatThrownBy(() -> NameMapping.of(Map.of("a\nb", "c"))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "a b, should be 'name of the file -> name of the network'",
        "a -> b -> c, should be",
        "-> c, has no name on one side",
        "a.* -> b, the same asterisks on both sides",
        "'*.*.*.*.*.*.*.*.* -> *.*.*.*.*.*.*.*.*', has 9 asterisks; 8 are the most"
    })
    void aLineThatIsNoRuleIsRefused(String line, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("names.map"), "# first\n" + line);

        assertThatThrownBy(() -> NameMapping.read(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageStartingWith(file + ": is no mapping of names: line 2 ")
                .hasMessageContaining(message);
    }

    @Test
    @Timeout(20)
    void noRuleAndNoNameTakesLong() {
        NameMapping mapping = NameMapping.of("**a**a**a**a**a**a**a**b -> **a**a**a**a**a**a**a**b");

        assertThat(mapping.apply("a".repeat(2_000))).isEqualTo("a".repeat(2_000));
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            many.put("from." + i, "to." + i);
        }
        NameMapping plain = NameMapping.of(many);
        assertThat(many.keySet())
                .allSatisfy(name -> assertThat(plain.apply(name)).startsWith("to."));
    }

    @Test
    void anyBytesAreAMappingOrAreRefused() throws IOException {
        Random random = new Random(1);
        byte[] whole = "# names\nlayer*.** -> stage*.**\nfc.weight -> head.weight\n".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = whole.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("names.map"), bytes);
            try {
                assertThat(NameMapping.read(file).apply("layer1.0.weight")).isNotEmpty();
            } catch (WeightsFileException refused) {
                assertThat(refused).hasMessageStartingWith(file + ": is no mapping of names: ");
            }
        }
    }
}
