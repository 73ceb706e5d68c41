package org.espalier.generator;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Program;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.Target;
import org.espalier.generator.target.java.JavaTarget;
import org.espalier.generator.target.tests.NetworkTestEmitter;

/**
 * The target of tests: for each network a JUnit 5 test of its class, and the same class with 64-bit numbers, since
 * central differences of 32-bit ones have two or three right digits.
 */
final class GeneratedTests implements Target {
    @Override
    public List<GeneratedSource> generate(Program program) {
        Graph graph = program.graph();
        List<GeneratedSource> sources = new ArrayList<>();
        sources.add(NetworkTestEmitter.emit(graph));
        if (NetworkTestEmitter.hasCheckedGradients(graph) && graph.precision() != Precision.FLOAT64) {
            Graph wide = inDouble(graph);
            GeneratedSource source = new JavaTarget()
                    .generate(MemoryPlanner.plan(NetCompiler.fused(NetCompiler.differentiated(wide))))
                    .get(0);
            sources.add(new GeneratedSource(source.packageName(), source.className(), source.text(), graph.name()));
        }
        return sources;
    }

    private static Graph inDouble(Graph graph) {
        return graph.withPrecision(Precision.FLOAT64)
                .withDeclaration(new Graph.Declaration(
                        graph.packageName(),
                        graph.name() + NetworkTestEmitter.DOUBLE,
                        graph.name() + " with 64-bit numbers, for gradient checks.",
                        graph.span()));
    }
}
