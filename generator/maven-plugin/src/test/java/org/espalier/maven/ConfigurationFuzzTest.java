package org.espalier.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoFailureException;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;

/** Configurations that somebody mistyped: patterns, an encoding and targets, a line each. */
class ConfigurationFuzzTest extends FuzzTargets {
    private static final int LINES = 4;

    @Override
    protected List<FuzzTarget> targets() {
        Path module = module();
        return List.of(new FuzzTarget(
                "configuration",
                () -> List.of(
                        "**/*.net\n**/x*\nUTF-8\njava".getBytes(StandardCharsets.UTF_8),
                        "a\\b/\n%regex[.*\\.net]\nUTF-16\ninference, java".getBytes(StandardCharsets.UTF_8),
                        " %ant[*.net]\n\nISO-8859-1\nonnx".getBytes(StandardCharsets.UTF_8)),
                input -> generate(module, input)));
    }

    private static void generate(Path module, byte[] input) throws IOException {
        String[] lines = Arrays.copyOf(new String(input, StandardCharsets.UTF_8).split("\n", -1), LINES);
        List<String> given =
                Stream.of(lines).map(line -> line == null ? "" : line).toList();
        try {
            Specifications.requirePatterns("includes", List.of(given.get(0)));
            Specifications.requirePatterns("excludes", List.of(given.get(1)));
            new Generation(new GenerationRequest(
                            module,
                            List.of(module.resolve("net")),
                            List.of(given.get(0)),
                            List.of(given.get(1)),
                            List.of(),
                            List::of,
                            AbstractNetMojo.charset(given.get(2)),
                            false,
                            AbstractNetMojo.known(List.of(given.get(3).split(","))),
                            "espalier",
                            module.resolve("out"),
                            module.resolve("out.manifest")))
                    .generate();
        } catch (MojoFailureException documented) {
            return;
        }
    }

    private static Path module() {
        try {
            Path module = Files.createTempDirectory("espalier-fuzz");
            Path specifications = Files.createDirectories(module.resolve("net/a/b"));
            Files.writeString(
                    specifications.resolve("x.net"),
                    "network X {\n    input x: float[batch, 2]\n    output y = x\n}\n");
            return module;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
