package org.espalier.generator.target.java;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.JavaFormat;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag(Rounds.TAG)
class NetworkEmitterTest {
    private static GeneratedSource emit(Graph graph) {
        return NetworkEmitter.emit(MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph))));
    }

    /** Names as long as they get, every operation, gradients by inputs. */
    static Stream<Program> programs() {
        Stream<Graph> random =
                IntStream.range(0, Rounds.of(4, 15)).mapToObj(seed -> RandomGraphs.graph(seed, 4 + seed));
        return Stream.of(
                        Graphs.all().values().stream(),
                        Stream.of(
                                Graphs.unet(8, 64, 256, Graphs.Skip.OF_THE_INPUT),
                                documented(Graphs.tinyClassifier(), DOCUMENTATION)),
                        random)
                .flatMap(Function.identity())
                .map(graph -> MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs()))));
    }

    private static final String DOCUMENTATION = """
            One level of the U-Net: x → concat(x, up(submodule(down(x)))), where up and down are lists of layers that the
            caller gives, and x < y && y > z holds.

            A second paragraph: {@link Nothing}, */, <b>bold</b>, \\u000a, and me@example.org.
            """;

    private static Graph documented(Graph graph, String documentation) {
        return graph.withDeclaration(
                new Graph.Declaration(graph.packageName(), graph.name(), documentation, graph.span()));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void leavesTheFormatterNothingToDo(Program program) throws FormatterException {
        JavaFormat.check(NetworkEmitter.emit(program).text());
    }

    @Test
    void turnsTheDocCommentIntoJavadocAsPlainText() {
        GeneratedSource source = emit(documented(Graphs.tinyClassifier(), DOCUMENTATION));

        assertThat(source.text()).contains("""
                        /**
                         * One level of the U-Net: x → concat(x, up(submodule(down(x)))), where up and down are lists of layers that the caller
                         * gives, and x &lt; y &amp;&amp; y &gt; z holds.
                         *
                         * <p>A second paragraph: {&#64;link Nothing}, *&#47;, &lt;b&gt;bold&lt;/b&gt;, &#92;u000a, and me&#64;example.org.
                         *
                         * <p>Network {@code Tiny} (tiny.net:3): 243 parameters""");
        GeneratedCode.compile(source);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void generatesTheSameBytesTwice(Program program) {
        assertThat(NetworkEmitter.emit(program)).isEqualTo(NetworkEmitter.emit(program));
    }
}
