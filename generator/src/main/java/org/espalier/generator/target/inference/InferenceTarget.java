package org.espalier.generator.target.inference;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.Target;

/**
 * Emits one class for each network, {@code DigitsInference}, which predicts on float arrays by the kernels of
 * {@code espalier-inference}: without ND4J, native libraries or reflection. It takes programs that predict alone.
 */
public final class InferenceTarget implements Target {
    /** Behind the network's name. */
    static final String SUFFIX = "Inference";

    @Override
    public List<GeneratedSource> generate(Program program) {
        Set<Value> computed = new HashSet<>();
        program.forward().forEach(op -> computed.addAll(op.outputs()));
        List<Op> constants = program.graph().operations().stream()
                .filter(op -> op.outputs().stream().noneMatch(computed::contains))
                .map(Op.class::cast)
                .toList();
        return List.of(new InferenceEmitter(program, constants).emit());
    }

    /** Names of the methods by which the results of a network with several outputs are had, in the outputs' order. */
    public static List<String> methodsOfOutputs(Graph graph) {
        return OutputsEmitter.names(graph.outputs());
    }
}
