package org.espalier.generator.analysis;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.ForwardOp;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Value;

/** Reports a loss from which nothing can learn: it would have no gradient, and the network no training step. */
final class LearningCheck {
    private final Session session;
    private final Frame network;

    LearningCheck(Session session, Frame network) {
        this.session = session;
        this.network = network;
    }

    void check(List<ForwardOp> operations, List<Parameter> parameters, Optional<Loss> loss) {
        if (loss.isEmpty()
                || learned(operations, parameters).contains(loss.get().prediction())) {
            return;
        }
        boolean frozen = parameters.stream().allMatch(Parameter::frozen);
        String reason = parameters.isEmpty()
                ? "no layer has parameters"
                : frozen
                        ? "every parameter is frozen"
                        : "the output that it judges depends on no parameter that learns";
        String name = network.declaration().name().text();
        session.report(
                DiagnosticCode.NOTHING_TO_TRAIN
                        .at(loss.get().span(), name, reason)
                        .withHelp("leave the loss out to use the network as it is"),
                network);
    }

    /** The values that a parameter that is not frozen leads to. */
    static Set<Value> learned(List<ForwardOp> operations, List<Parameter> parameters) {
        Set<Value> reached = new HashSet<>();
        parameters.stream()
                .filter(parameter -> !parameter.frozen())
                .forEach(parameter -> reached.add(parameter.value()));
        for (ForwardOp op : operations) {
            if (op.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(op.outputs());
            }
        }
        return reached;
    }
}
