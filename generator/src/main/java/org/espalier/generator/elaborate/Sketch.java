package org.espalier.generator.elaborate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;

/**
 * A network as far as it could be elaborated: its graph if it has no mistake, and otherwise the layers and shapes up to
 * there, which an editor shows.
 *
 * @param network its declaration
 * @param inputs its inputs, as far as their types are known
 * @param results the tensors that expressions made, by the place of the expression
 * @param operations everything that was laid out, whether an output needs it or not
 * @param instances the declarations of the blocks that ran, by what the paths of their layers begin with
 * @param graph the whole network; empty after a mistake
 * @param findings what is wrong or doubtful with it
 */
public record Sketch(
        Declaration.NetworkDecl network,
        List<Value> inputs,
        Map<SourceSpan, Set<Value>> results,
        List<ForwardOp> operations,
        Map<String, Declaration> instances,
        Optional<Graph> graph,
        List<Diagnostic> findings) {
    /** Copies the lists and maps. */
    public Sketch {
        inputs = List.copyOf(inputs);
        results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        operations = List.copyOf(operations);
        instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
        findings = List.copyOf(findings);
    }

    static Map<String, Declaration> instances(Map<String, Layer.Call> blocks) {
        return blocks.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, call -> call.getValue().block(), (one, other) -> other, LinkedHashMap::new));
    }
}
