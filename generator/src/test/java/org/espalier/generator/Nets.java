package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.source.SourceFile;

/** Compiles texts of tests. */
final class Nets {
    private Nets() {}

    /** Compiles a text. */
    static Compilation compile(String text) {
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text)));
    }

    /** The graph of the only network of a text without mistakes. */
    static Graph graph(String text) {
        return program(text).graph();
    }

    /** The program of the only network of a text without mistakes. */
    static Program program(String text) {
        Compilation compilation = compile(text);
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        assertThat(compilation.programs()).hasSize(1);
        Program program = compilation.programs().get(0);
        GraphVerifier.verify(program.graph());
        return ProgramVerifier.verify(program);
    }

    /** The graph of a network with these statements, of one input {@code x} of this shape. */
    static Graph network(String shape, String... statements) {
        return graph(
                "network Test {\n    input x: float" + shape + "\n    " + String.join("\n    ", statements) + "\n}\n");
    }

    /** The headlines of what is wrong with a text, without the file's name. */
    static List<String> findings(String text) {
        return compile(text).diagnostics().stream()
                .map(diagnostic -> diagnostic.headline().replace("test.net:", ""))
                .toList();
    }

    /** The operations by the names of their results: {@code conv, relu}. */
    static String values(Graph graph) {
        return graph.operations().stream().map(op -> op.outputs().get(0).name()).collect(Collectors.joining(", "));
    }

    /** The names of the parameters. */
    static List<String> parameters(Graph graph) {
        return graph.parameters().stream().map(parameter -> parameter.name()).toList();
    }

    /** The operation that makes a value. */
    static ForwardOp maker(Graph graph, String value) {
        return graph.operations().stream()
                .filter(op -> op.outputs().get(0).name().equals(value))
                .findFirst()
                .orElseThrow();
    }

    /** The shape of an operation's result. */
    static String shape(Graph graph, String value) {
        return maker(graph, value).outputs().get(0).shape().toString();
    }

    /** The names of what an operation reads. */
    static List<String> reads(Graph graph, String value) {
        return maker(graph, value).inputs().stream().map(input -> input.name()).toList();
    }
}
