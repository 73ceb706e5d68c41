package org.espalier.generator.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.espalier.generator.Goldens;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.interpreter.Interpreter;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Operations;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.layer.Library;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that what is printed can be read, and is the same again but for the specification's text. */
@Tag(Rounds.TAG)
class IrReaderTest {
    private static final RecursiveComparisonConfiguration BUT_FOR_SPANS = RecursiveComparisonConfiguration.builder()
            .withIgnoredFieldsOfTypes(SourceSpan.class)
            .withStrictTypeChecking(true)
            .build();

    private static Graph graph(String text) {
        return IrReader.graph(text, Library.READERS);
    }

    private static Program program(String text) {
        return IrReader.program(text, Library.READERS);
    }

    private static Stream<Graph> graphs() {
        return graphs(Rounds.of(15, 60));
    }

    private static Stream<Graph> graphs(int randomOnes) {
        Stream<Graph> random = IntStream.range(0, randomOnes).mapToObj(seed -> RandomGraphs.graph(seed, 4 + seed % 20));
        return Stream.concat(Graphs.all().values().stream(), random);
    }

    private static List<Path> goldens() {
        try (Stream<Path> files = Files.walk(Goldens.file("ir"))) {
            return files.filter(file -> file.toString().endsWith(".ir"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void goldensAreReadAndPrintedTheSame(Path golden) throws IOException {
        String text = Files.readString(golden);
        Program read = program(text);

        assertThat(IrPrinter.print(read)).isEqualTo(text);
        GraphVerifier.verify(read.graph());
        ProgramVerifier.verify(read);
    }

    @Test
    void graphsComeBackEqual() {
        assertThat(graphs()).isNotEmpty().allSatisfy(graph -> {
            Graph read = graph(IrPrinter.print(graph));

            assertThat(IrPrinter.print(read)).isEqualTo(IrPrinter.print(graph));
            assertThat(read).usingRecursiveComparison(BUT_FOR_SPANS).isEqualTo(graph);
        });
    }

    @Test
    void programsComeBackEqual() {
        assertThat(graphs()).allSatisfy(graph -> {
            for (Program program : versions(graph)) {
                Program read = program(IrPrinter.print(program));

                assertThat(IrPrinter.print(read)).isEqualTo(IrPrinter.print(program));
                assertThat(read.backward())
                        .usingRecursiveComparison(BUT_FOR_SPANS)
                        .isEqualTo(program.backward());
                assertThat(read.seeds()).usingRecursiveComparison(BUT_FOR_SPANS).isEqualTo(program.seeds());
                assertThat(places(read)).isEqualTo(places(program));
            }
        });
    }

    /** Without and with gradients by inputs, memory, and neighbours fused. */
    private static List<Program> versions(Graph graph) {
        Program plain = Autodiff.differentiate(graph);
        Program wanting = Autodiff.differentiate(graph, graph.inputs());
        return List.of(
                plain, Fusion.fuse(wanting), MemoryPlanner.plan(plain), MemoryPlanner.plan(Fusion.fuse(wanting)));
    }

    /** The places in their order, which is that of the emitted allocation. */
    private static List<String> places(Program program) {
        List<String> places = new ArrayList<>();
        program.memory().placements().forEach((value, place) -> places.add(value + " " + place));
        return places;
    }

    @Test
    void aProgramThatWasReadComputesTheSame() {
        Program program = MemoryPlanner.plan(Autodiff.differentiate(Graphs.dense()));
        Interpreter original = new Interpreter(program, 2, 7);
        Interpreter again = new Interpreter(program(IrPrinter.print(program)), 2, 7);

        assertThat(again.forward()).isEqualTo(original.forward());
    }

    @Test
    void everyOperationIsReadBack() {
        Set<String> read = Stream.concat(
                        goldens().stream().map(IrReaderTest::golden),
                        graphs(60).flatMap(graph -> versions(graph).stream()))
                .flatMap(program -> program.operations().stream())
                .map(op -> op.getClass().getName())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(read).containsAll(Operations.all(Op.class));
    }

    private static Program golden(Path file) {
        try {
            return program(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void namesWithSpacesAndDocumentationSurvive() {
        Graph tiny = Graphs.tinyClassifier();
        SourceFile file = new SourceFile("src/main/net/a \"line\".net", "\n\nnetwork Tiny");
        Graph graph = tiny.withDeclaration(
                new Graph.Declaration("", tiny.name(), "Two lines,\n\"quoted\" # not.a:7 \\ cite", file.span(2, 5)));

        Graph read = graph(IrPrinter.print(graph));

        assertThat(IrPrinter.print(read)).isEqualTo(IrPrinter.print(graph));
        assertThat(read).usingRecursiveComparison(BUT_FOR_SPANS).isEqualTo(graph);
        assertThat(read.span().file().fileName()).isEqualTo("a \"line\".net");
    }

    @Test
    void mistakesNameTheLineAndWhatIsExpected() {
        String text = IrPrinter.print(Graphs.tinyClassifier());

        assertThatThrownBy(() -> graph(text.replace("= relu(", "= reluu(")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an operation")
                .hasMessageContaining("reluu");
        assertThatThrownBy(() -> graph(text.replace("; kernel=2", "; kernel=two")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max_pool2d");
        assertThatThrownBy(() -> graph(text.replace("reshape(%pool)", "reshape(%pond)")))
                .hasMessageContaining("a value that is written somewhere")
                .hasMessageContaining("line ");
        assertThatThrownBy(() -> graph("")).hasMessageContaining("line 1: expected 'network'");
    }
}
