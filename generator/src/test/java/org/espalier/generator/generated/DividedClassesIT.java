package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.JavaFormat;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.Divided;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A class divided into parts, and one with classes of blocks in it, computes what it would in one piece. */
class DividedClassesIT {
    private static final Map<String, Program> PROGRAMS = programs();
    private static GeneratedCode whole;
    private static GeneratedCode divided;

    private static Map<String, Program> programs() {
        List<Graph> graphs = new ArrayList<>(Graphs.all().values());
        for (int seed = 0; seed < 10; seed++) {
            graphs.add(RandomGraphs.graph(seed, 4 + seed));
        }
        graphs.addAll(blocks());
        Map<String, Program> programs = new LinkedHashMap<>();
        graphs.forEach(graph -> programs.put(
                graph.name(), MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs())))));
        return programs;
    }

    /** Networks of blocks: branches that are applied twice, stages that grow, and levels within levels. */
    private static List<Graph> blocks() {
        Stream<String> golden = Stream.of("branches.net", "densenet.net", "residual.net", "unet.net")
                .map(DividedClassesIT::small);
        Stream<String> random = LongStream.range(0, Rounds.of(12, 60)).mapToObj(RandomBlocks::text);
        return Stream.concat(golden, random).map(DividedClassesIT::graph).toList();
    }

    private static Graph graph(String text) {
        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("src/main/net/blocks.net", text)));
        assertThat(compilation.programs()).as(text + compilation.diagnostics()).isNotEmpty();
        return compilation.programs().get(0).graph();
    }

    private static String small(String file) {
        try {
            return Files.readString(Goldens.file("net").resolve(file))
                    .replace("levels=8, ngf=64", "levels=6, ngf=2")
                    .replace("256", "64");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> names() {
        return PROGRAMS.keySet().stream();
    }

    /** In parts of one, two and three layers. */
    private static GeneratedSource divide(Program program) {
        return Divided.emit(program, 1 + program.graph().operations().size() % 3);
    }

    @BeforeAll
    static void compile() {
        whole = GeneratedCode.compile(
                PROGRAMS.values().stream().map(NetworkEmitter::emit).toList());
        divided = GeneratedCode.compile(
                PROGRAMS.values().stream().map(DividedClassesIT::divide).toList());
    }

    private static CompiledNetwork network(String name, GeneratedCode code) {
        Program program = PROGRAMS.get(name);
        return new CompiledNetwork(program, code.load(NetworkEmitter.emit(program)), 2, 5);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void partsComputeWhatTheWholeComputes(String name) {
        try (CompiledNetwork one = network(name, whole);
                CompiledNetwork many = network(name, divided)) {
            assertThat(many.forward()).isEqualTo(one.forward());
            one.backward();
            many.backward();

            assertThat(many.network().parameters().gradients())
                    .isEqualTo(one.network().parameters().gradients());
            assertThat(many.network().statistics()).isEqualTo(one.network().statistics());
        }
    }

    @Test
    void blocksAreClassesOfTheWholeAndNotOfParts() {
        Program unet = PROGRAMS.get("UnetGenerator");

        assertThat(NetworkEmitter.emit(unet).text()).contains("private final class Level extends");
        assertThat(divide(unet).text()).doesNotContain("class Level");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void theFormatterHasNothingToDo(String name) throws Exception {
        String text = divide(PROGRAMS.get(name)).text();

        JavaFormat.check(text);
        JavaFormat.check(NetworkEmitter.emit(PROGRAMS.get(name)).text());
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }
}
