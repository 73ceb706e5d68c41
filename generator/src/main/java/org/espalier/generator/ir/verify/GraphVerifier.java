package org.espalier.generator.ir.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;

/**
 * Holds a graph to its rules: names are unique, every value is written once and before it is read, forward operations
 * write activations and saved values only, element types and shapes agree, outputs are activations, losses judge what
 * is computed, the update groups partition the unfrozen parameters.
 */
public final class GraphVerifier {
    private final Graph graph;
    private final Violations violations;
    private final Map<String, Value> byName = new HashMap<>();
    private final Set<Value> defined = new HashSet<>();

    private GraphVerifier(Graph graph) {
        this.graph = graph;
        this.violations = new Violations("graph of " + graph.name());
    }

    /**
     * The graph itself.
     *
     * @throws IllegalStateException if it breaks a rule
     */
    public static Graph verify(Graph graph) {
        GraphVerifier verifier = new GraphVerifier(graph);
        verifier.givens();
        graph.operations().forEach(verifier::operation);
        verifier.outputs();
        verifier.updateGroups();
        verifier.optimizerGroups();
        verifier.violations.check();
        return graph;
    }

    private void givens() {
        graph.inputs().forEach(input -> given(input, Value.Kind.INPUT));
        graph.parameters().forEach(parameter -> given(parameter.value(), Value.Kind.PARAMETER));
        graph.statistics().forEach(statistic -> given(statistic.value(), Value.Kind.STATISTIC));
        graph.targets().forEach(target -> name(target, Value.Kind.TARGET));
    }

    private void given(Value value, Value.Kind kind) {
        name(value, kind);
        defined.add(value);
    }

    private void name(Value value, Value.Kind kind) {
        if (byName.put(value.name(), value) != null) {
            violations.add("two values are named " + value);
        }
        if (value.kind() != kind) {
            violations.add(value + " is " + value.kind() + " and should be " + kind);
        }
    }

    private void operation(Op op) {
        for (Value input : op.inputs()) {
            if (!defined.contains(input)) {
                violations.at(op, input + " is not written before it is read");
            } else if (input.kind() == Value.Kind.SAVED) {
                violations.at(op, input + " is saved for backward, and read in forward");
            }
        }
        List<Value> results = op.signature().results();
        for (Value output : op.outputs()) {
            if (!defined.add(output)) {
                violations.at(op, output + " is written twice");
            } else {
                name(output, results.contains(output) ? Value.Kind.ACTIVATION : Value.Kind.SAVED);
            }
        }
        violations.ofElements(op);
        op.violations().forEach(complaint -> violations.at(op, complaint));
    }

    private void outputs() {
        for (Value output : graph.outputs()) {
            if (!defined.contains(output) || output.kind() != Value.Kind.ACTIVATION) {
                violations.add("output " + output + " is no activation of the network");
            }
        }
        graph.losses().forEach(this::loss);
    }

    private void loss(Loss loss) {
        String word = loss.function().word();
        if (loss.operands().size() != loss.function().arity()) {
            violations.add(word + " has " + loss.operands().size() + " operands");
        }
        for (Value operand : loss.operands()) {
            boolean given = operand.kind() == Value.Kind.TARGET;
            if (!given && (!defined.contains(operand) || operand.kind() == Value.Kind.SAVED)) {
                violations.add(word + " judges " + operand + ", which is nothing that the network computes");
            }
        }
        if (loss.judged().isEmpty()) {
            violations.add(word + " judges nothing");
        }
    }

    private void activities(UpdateGroup group) {
        for (UpdateGroup.Activity activity : group.activities()) {
            Value value = activity.value();
            if (!defined.contains(value) || value.kind() != Value.Kind.ACTIVATION) {
                violations.add(group.name() + " penalizes " + value + ", which is no activation of the network");
            }
        }
        for (RegularizerTerm term : group.terms()) {
            if (!group.activities().isEmpty() && !term.isOfElements()) {
                violations.add(group.name() + " penalizes activities by " + term.describe() + ", which needs weights");
            }
        }
    }

    private void optimizerGroups() {
        Set<ParameterDecl> grouped = new HashSet<>();
        for (OptimizerGroup group : graph.optimizerGroups()) {
            if (group.parameters().isEmpty()) {
                violations.add("'" + group.clause() + "' has no parameter");
            }
            for (ParameterDecl parameter : group.parameters()) {
                if (!grouped.add(parameter)) {
                    violations.add(parameter.name() + " follows two optimizers");
                }
                if (parameter.frozen() || !graph.parameters().contains(parameter)) {
                    violations.add(parameter.name() + " follows an optimizer, but is not learned");
                }
            }
        }
        if (!grouped.isEmpty() && graph.optimizer().isEmpty()) {
            violations.add("some parameters follow an optimizer of their own, but there is none for the others");
        }
    }

    private void updateGroups() {
        Set<ParameterDecl> grouped = new HashSet<>();
        for (UpdateGroup group : graph.updateGroups()) {
            activities(group);
            for (ParameterDecl parameter : group.parameters()) {
                if (!grouped.add(parameter)) {
                    violations.add(parameter.name() + " is in two update groups");
                }
            }
        }
        List<ParameterDecl> unfrozen = graph.parameters().stream()
                .filter(parameter -> !parameter.frozen())
                .toList();
        if (!grouped.equals(new HashSet<>(unfrozen))) {
            violations.add("the update groups hold " + grouped.size() + " parameters, not the " + unfrozen.size()
                    + " unfrozen ones");
        }
    }
}
