package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.regularizer.Penalties;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A regularizer is spelled in one way: in the Javadoc of the generated class, in its comments, in the table of the
 * build, in the ledger, and for {@code net.regularizer(...)}.
 */
class RegularizerNamesTest {
    /** Every regularizer of the standard library, and formulas with named arguments, each written in place. */
    private static final List<String> WRITTEN_IN_PLACE = Stream.concat(
                    Penalties.ALL.stream().flatMap(definition -> definition.examples().stream()),
                    Stream.of("0.01 * huber(d=1)", "1e-3 * huber(0.5) + l2(0.0001)", "2 * ridge(strength=1e-5)"))
            .distinct()
            .toList();

    private static Stream<Path> goldens() throws IOException {
        return Files.list(Goldens.file("net")).sorted();
    }

    private static Compilation compiled(String name, String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name, text)));
        assertThat(compilation.hasErrors())
                .as(compilation.diagnostics().toString())
                .isFalse();
        return compilation;
    }

    private static Compilation writtenInPlace() {
        return compiled(
                "inplace.net",
                """
                package com.example
                regularizer huber(d) = w -> if abs(w) < d then w * w / 2 else d * (abs(w) - d / 2)
                regularizer ridge(strength = 1e-4) = 0.5 * l2(strength)
                """
                        + IntStream.range(0, WRITTEN_IN_PLACE.size())
                                .mapToObj(i -> """
                        network InPlace%d {
                            input x: float[batch, 2]
                            matrix = Linear(2, 3, bias=false)
                            output y = matrix(x)
                            regularize weights by %s
                            loss MSELoss()
                            optimizer SGD(lr=0.1)
                        }
                        """.formatted(i, WRITTEN_IN_PLACE.get(i)))
                                .collect(Collectors.joining()));
    }

    private static List<UpdateGroup> regularizers(Program program) {
        return program.graph().updateGroups().stream()
                .filter(group -> !group.terms().isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void goldensSpellRegularizersInOneWay(Path file) throws IOException {
        assertOneSpelling(compiled(file.getFileName().toString(), Files.readString(file)));
    }

    @Test
    void whatIsWrittenInPlaceIsSpelledAsItIsWritten() {
        Compilation compilation = writtenInPlace();

        assertOneSpelling(compilation);
        for (int i = 0; i < WRITTEN_IN_PLACE.size(); i++) {
            assertThat(regularizers(compilation.programs().get(i)))
                    .extracting(UpdateGroup::name)
                    .containsExactly(WRITTEN_IN_PLACE.get(i));
        }
    }

    @Test
    void theNetworkFindsRegularizersByTheNameInItsLedger() throws ReflectiveOperationException {
        Compilation compilation = writtenInPlace();
        GeneratedCode code = GeneratedCode.compile(compilation.sources());
        int inLedger = 0;
        for (int i = 0; i < WRITTEN_IN_PLACE.size(); i++) {
            String name = WRITTEN_IN_PLACE.get(i);
            Class<?> type = code.load(compilation.sources().get(i));
            try (Network network =
                    (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1))) {
                INDArray x = Nd4j.ones(DataType.FLOAT, 1, 2);
                INDArray y = Nd4j.ones(DataType.FLOAT, 1, 3);
                StepReport report = (StepReport) type.getMethod("trainStep", INDArray.class, INDArray.class)
                        .invoke(network, x, y);

                Regularizer found = network.regularizer(name);
                assertThat(found.name()).isEqualTo(name);
                report.ledger().forEach(entry -> assertThat(entry.group()).isEqualTo(name));
                inLedger += report.ledger().isEmpty() ? 0 : 1;
            }
        }
        // Decay and bounds add nothing to the loss.
        assertThat(inLedger).isGreaterThan(WRITTEN_IN_PLACE.size() / 2);
    }

    private static void assertOneSpelling(Compilation compilation) {
        for (int i = 0; i < compilation.programs().size(); i++) {
            assertOneSpelling(
                    compilation.programs().get(i), compilation.sources().get(i).text());
        }
    }

    private static void assertOneSpelling(Program program, String java) {
        String unwrapped = java.replaceAll("\\n *(?:\\* |// )?", " ");
        List<String> table = new NetworkReport(program).regularizers();
        List<String> documented = new ArrayList<>();
        for (UpdateGroup group : regularizers(program)) {
            String name = group.name();
            assertThat(unwrapped)
                    .containsPattern("new Regularizer\\( ?" + Pattern.quote("\"" + name + "\", ") + "new ");
            assertThat(unwrapped)
                    .containsPattern("[ *]" + Pattern.quote(name) + "( = [^;]+)? \\*/ private final Regularizer ");
            group.parameters()
                    .forEach(parameter -> assertThat(table)
                            .anySatisfy(line -> assertThat(line)
                                    .matches(Pattern.quote(parameter.name()) + "  .*  " + Pattern.quote(name)
                                            + "  .+")));
            group.activities()
                    .forEach(activity -> assertThat(table)
                            .anySatisfy(line -> assertThat(line)
                                    .matches(Pattern.quote(activity.value().name()) + ", activity .*  "
                                            + Pattern.quote(name) + "  .+")));
            documented.add(name);
        }
        assertThat(Pattern.compile("\\{@return the regularizer (.+?);")
                        .matcher(unwrapped)
                        .results()
                        .map(match -> match.group(1).replaceFirst("^(\\w+) = .*", "$1")))
                .containsExactlyElementsOf(documented);
        String[] sections = java.split("(?:Only these are|Also) regularized:", 2);
        String section = sections.length == 1 ? "" : sections[1].substring(0, sections[1].indexOf("</pre>"));
        assertThat(Pattern.compile("(?m)^ \\*   (\\S.*)$")
                        .matcher(section)
                        .results()
                        .map(match -> match.group(1).replaceFirst("^(\\w+) = .*", "$1")))
                .containsExactlyElementsOf(documented);
    }
}
