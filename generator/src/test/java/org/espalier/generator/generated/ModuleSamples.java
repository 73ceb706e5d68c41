package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * PyTorch's samples of one of its modules.
 *
 * @param samples how many there are
 * @param excused how many cannot be a case, by reasons that lie in the samples
 * @param missing how many the language cannot say, by reasons
 */
record ModuleSamples(
        String module,
        int samples,
        Map<String, Integer> excused,
        Map<String, Integer> missing,
        List<ModuleCase> cases) {
    private static final Path FOLDER =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch");

    /** Those of all modules that PyTorch has samples of, by name. */
    static List<ModuleSamples> all() {
        return in("modules");
    }

    /** Samples of modules that PyTorch has none of. */
    static List<ModuleSamples> further() {
        return in("samples");
    }

    private static List<ModuleSamples> in(String folder) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            List<ModuleSamples> all = files.sorted()
                    .map(PytorchNumbers::read)
                    .map(ModuleSamples::of)
                    .toList();
            assertThat(all)
                    .as("run runtime/src/test/python/pytorch_fixtures.py")
                    .isNotEmpty();
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModuleSamples of(Map<String, Object> fixture) {
        return new ModuleSamples(
                String.valueOf(fixture.get("module")),
                Integer.parseInt(String.valueOf(fixture.get("samples"))),
                counts(fixture.get("excused")),
                counts(fixture.get("missing")),
                PytorchNumbers.list(fixture.get("cases")).stream()
                        .map(PytorchNumbers::map)
                        .map(ModuleCase::of)
                        .toList());
    }

    private static Map<String, Integer> counts(Object value) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        PytorchNumbers.map(value)
                .forEach((reason, count) -> counts.put(reason, Integer.parseInt(String.valueOf(count))));
        return counts;
    }
}
