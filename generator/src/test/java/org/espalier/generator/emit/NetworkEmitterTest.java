package org.espalier.generator.emit;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.util.Collection;
import org.espalier.generator.Goldens;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.plan.MemoryPlanner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkEmitterTest {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(true)
            .build());

    static Collection<Graph> graphs() {
        return Graphs.all().values();
    }

    private static GeneratedSource emit(Graph graph) {
        return NetworkEmitter.emit(MemoryPlanner.plan(Autodiff.differentiate(graph)));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void generatesTheGolden(Graph graph) {
        GeneratedSource source = emit(graph);

        Goldens.check("java/" + source.path(), source.text());
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void leavesTheFormatterNothingToDo(Graph graph) throws FormatterException {
        String text = emit(graph).text();

        assertThat(FORMATTER.formatSourceAndFixImports(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void generatesTheSameBytesTwice(Graph graph) {
        assertThat(emit(graph)).isEqualTo(emit(graph));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void keepsTo120Columns(Graph graph) {
        assertThat(emit(graph).text().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }
}
