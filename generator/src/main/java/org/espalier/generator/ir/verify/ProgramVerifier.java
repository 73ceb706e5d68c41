package org.espalier.generator.ir.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.PenaltyOp;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;

/**
 * Holds a program to its rules: its graph is valid and is its forward pass; in backward every value is written before
 * it is read, gradients once, gradients of parameters by any number of operations; shapes agree; no gradient is
 * computed in vain; and if memory is planned, {@link MemoryVerifier}'s.
 */
public final class ProgramVerifier {
    private final Program program;
    private final Violations violations;
    private final Set<Value> defined = new HashSet<>();
    private final Map<String, Value> byName = new HashMap<>();
    private final Set<Value> read = new HashSet<>();

    private ProgramVerifier(Program program) {
        this.program = program;
        this.violations = new Violations("program of " + program.graph().name());
    }

    /**
     * The program itself.
     *
     * @throws IllegalStateException if it breaks a rule
     */
    public static Program verify(Program program) {
        GraphVerifier.verify(program.graph());
        ProgramVerifier verifier = new ProgramVerifier(program);
        verifier.forward();
        verifier.seeds();
        program.backward().forEach(verifier::operation);
        verifier.results();
        verifier.activities();
        verifier.violations.check();
        if (!program.memory().equals(MemoryPlan.NONE)) {
            MemoryVerifier.verify(program);
            MemoryVerifier.verify(program.forwardAlone());
        }
        return program;
    }

    private void forward() {
        Graph graph = program.graph();
        if (!Fused.apart(program.forward()).equals(graph.operations())) {
            violations.add("forward is not the graph's operations");
        }
        graph.inputs().forEach(this::define);
        graph.parameters().forEach(parameter -> define(parameter.value()));
        graph.statistics().forEach(statistic -> define(statistic.value()));
        graph.targets().forEach(this::define);
        program.forward().forEach(this::forward);
    }

    /** Checks what the graph's verifier cannot know: that nothing is read which only passes through the cache. */
    private void forward(Op op) {
        if (!defined.containsAll(op.inputs())) {
            violations.at(op, "reads what is not written before");
        }
        if (op instanceof Fused) {
            op.violations().forEach(complaint -> violations.at(op, complaint));
        }
        op.outputs().forEach(this::define);
    }

    private void define(Value value) {
        defined.add(value);
        Value other = byName.put(value.name(), value);
        if (other != null && !other.equals(value)) {
            violations.add("two values are named " + value);
        }
    }

    private void seeds() {
        for (Seed seed : program.seeds()) {
            boolean judged = program.graph().losses().isEmpty()
                    ? program.graph().outputs().contains(seed.output())
                    : program.graph().losses().stream()
                            .anyMatch(loss -> loss.judged().contains(seed.output()));
            if (!judged) {
                violations.add("backward starts from " + seed.output() + ", which is no output and has no loss");
            }
            if (!seed.gradient().shape().equals(seed.output().shape())) {
                violations.add(seed.gradient() + " is " + seed.gradient().shape() + ", " + seed.output() + " is "
                        + seed.output().shape());
            }
            if (program.graph().losses().isEmpty()) {
                define(seed.gradient());
            }
        }
    }

    private void operation(Op op) {
        Fused.apart(List.of(op)).forEach(violations::ofElements);
        for (Value input : op.inputs()) {
            read.add(input);
            if (!defined.contains(input)) {
                violations.at(op, input + " is not written before it is read");
            }
        }
        for (Value output : op.outputs()) {
            boolean ofParameter = output.kind() == Value.Kind.PARAMETER_GRADIENT;
            if (!ofParameter && output.kind() != Value.Kind.GRADIENT) {
                violations.at(op, output + " is " + output.kind() + ", and backward writes gradients only");
            }
            if (defined.contains(output) && !ofParameter) {
                violations.at(op, output + " is written twice");
            }
            define(output);
        }
        op.violations().forEach(complaint -> violations.at(op, complaint));
    }

    private void results() {
        for (Value gradient : program.inputGradients()) {
            if (!defined.contains(gradient)) {
                violations.add("the gradient by an input " + gradient + " is not computed");
            }
        }
        for (ParameterDecl parameter : program.graph().parameters()) {
            if (parameter.frozen() && defined.contains(parameter.value().gradient())) {
                violations.add(parameter.name() + " is frozen and has a gradient");
            }
        }
        for (Op op : program.backward()) {
            if (op.outputs().stream().noneMatch(this::isWanted)) {
                violations.at(op, "nobody wants this");
            }
        }
    }

    /** Backward has no penalty on activities but those that are declared. */
    private void activities() {
        Set<List<Object>> declared = new HashSet<>();
        for (UpdateGroup group : program.graph().updateGroups()) {
            group.activities().forEach(activity -> declared.add(List.of(group.name(), activity)));
        }
        for (Op op : Fused.apart(program.backward())) {
            if (op instanceof PenaltyOp penalty
                    && !declared.contains(List.of(penalty.regularizer(), penalty.activity()))) {
                violations.at(op, "no such penalty on " + penalty.activity().value() + " is declared");
            }
        }
    }

    private boolean isWanted(Value value) {
        return value.kind() == Value.Kind.PARAMETER_GRADIENT
                || read.contains(value)
                || program.inputGradients().contains(value);
    }
}
