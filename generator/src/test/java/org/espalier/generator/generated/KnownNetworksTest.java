package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.JavaFormat;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The networks of {@code src/golden/known} are those of torchvision, timm and their papers: they have as many
 * parameters, of the same shapes, and compute in eval mode what PyTorch does with the same weights, forward and
 * backward. {@code known_fixtures.py} wrote what PyTorch has.
 */
@Tag(Rounds.TAG)
class KnownNetworksTest {
    private static final Path FOLDER = Goldens.file("known");
    private static final Path FIXTURES = Path.of("src/test/resources/org/espalier/generator/generated/pytorch/known");

    /** PyTorch ran in double precision. */
    private static final double TOLERANCE = 1e-4;

    /** Of a gradient's norm. A rounded number may lie on the other side of a kink, such as that of ReLU. */
    private static final double GRADIENT_TOLERANCE = 1e-3;

    /** In double precision; the fixtures have eight digits. */
    private static final double DOUBLE_GRADIENT_TOLERANCE = 1e-6;

    /**
     * Networks of many max pools, some of whose windows have their two largest elements so close to each other that
     * single precision takes the other one on some processors. Their gradients are compared in double precision.
     */
    private static final Set<String> WITH_NEAR_TIES = Set.of("googlenet");

    /** A network at the sizes that its specification has, which several tests look at. */
    private record AsWritten(long parameters, List<String> longNames) {}

    private static final Map<String, AsWritten> AS_WRITTEN = new ConcurrentHashMap<>();

    static List<String> names() {
        return stems(FOLDER, ".net");
    }

    /** Those that the quick loop looks at, or all. */
    static List<String> some() {
        List<String> names = names();
        int step = Rounds.of(6, 1);
        return IntStream.range(0, names.size())
                .filter(i -> i % step == 0)
                .mapToObj(names::get)
                .toList();
    }

    private static List<String> stems(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static KnownNetwork known(String name) {
        return new KnownNetwork(FIXTURES.resolve(name + ".json"));
    }

    static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name + ".net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Compilation compile(String name, String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text)));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        return compilation;
    }

    @Test
    void eachSpecificationHasItsNumbers() {
        assertThat(stems(FIXTURES, ".json")).isEqualTo(names());
    }

    @ParameterizedTest
    @MethodSource("some")
    void standsInTheDocumentationWithItsParameters(String name) throws IOException {
        String row = String.format(
                Locale.ROOT, "](../generator/src/golden/known/%s.net) | %,d |", name, parametersOfTheDefaults(name));

        assertThat(Files.readString(Path.of("../docs/networks.md"))).contains(row);
    }

    @ParameterizedTest
    @MethodSource("some")
    void hasNoNameBeyondThirtyCharacters(String name) {
        assertThat(asWritten(name).longNames()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isFormatted(String name) {
        String text = text(name);

        assertThat(NetFormatter.format(new SourceFile(name + ".net", text)).text())
                .isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("some")
    void hasPytorchsParametersOutputsAndGradients(String name) throws FormatterException {
        KnownNetwork known = known(name);
        assertThat(known.parameters()).isEqualTo(parametersOfTheDefaults(name));

        Compilation compilation = compile(name, known.withItsConstants(text(name)));
        String source = compilation.sources().get(0).text();
        JavaFormat.check(source);
        assertThat(hidden(source)).isEmpty();
        if (WITH_NEAR_TIES.contains(name)) {
            assertNumbers(known, compilation, OptionalDouble.empty());
            String inDouble =
                    known.withItsConstants(text(name)).replaceFirst("(?m)^(network .*)$", "$1\n    precision float64");
            assertNumbers(known, compile(name, inDouble), OptionalDouble.of(DOUBLE_GRADIENT_TOLERANCE));
        } else {
            assertNumbers(known, compilation, OptionalDouble.of(GRADIENT_TOLERANCE));
        }
    }

    private static void assertNumbers(KnownNetwork known, Compilation compilation, OptionalDouble gradientTolerance) {
        Class<?> type = GeneratedCode.compile(compilation.sources())
                .load(compilation.sources().get(0));
        try (CompiledNetwork network =
                new CompiledNetwork(compilation.programs().get(0), type, KnownNetwork.BATCH, 1)) {
            known.assertShapes(network.network());
            known.fill(network.network());
            network.network().eval();
            INDArray parameter =
                    network.network().parameters().iterator().next().value();
            INDArray[] inputs = Stream.of(known.inputs())
                    .map(input -> input.dataType().isFPType() ? input.castTo(parameter.dataType()) : input)
                    .toArray(INDArray[]::new);
            List<INDArray> outputs = network.outputs(inputs);
            known.assertOutputs(outputs, TOLERANCE);
            gradientTolerance.ifPresent(tolerance -> {
                network.backward(KnownNetwork.outputGradients(outputs));
                known.assertGradients(network.network(), tolerance);
            });
        }
    }

    /** The arrays that a method of a block's class takes under the name of a field of the same class. */
    private static List<String> hidden(String source) {
        return Arrays.stream(source.split("\n    private final class "))
                .skip(1)
                .flatMap(block -> {
                    Set<String> fields = matches("private (?:final )?INDArray (\\w+);", block);
                    return matches("[(\\s]INDArray (\\w+)[,)]", block).stream().filter(fields::contains);
                })
                .toList();
    }

    private static Set<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
    }

    /** The number of parameters at the sizes that the specification itself has. */
    private static long parametersOfTheDefaults(String name) {
        return asWritten(name).parameters();
    }

    private static AsWritten asWritten(String name) {
        return AS_WRITTEN.computeIfAbsent(name, key -> {
            Compilation compilation = compile(key, text(key));
            return new AsWritten(
                    compilation.programs().get(0).graph().parameterCount(),
                    LongNames.in(compilation.sources().get(0).text()));
        });
    }
}
