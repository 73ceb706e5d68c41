package org.espalier.generator.elaborate.clauses;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.lowering.LearnedValues;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;

/** Reports a loss from which nothing can learn: it would have no gradient, and the network no training step. */
public final class LearningCheck {
    private final Session session;
    private final Frame network;

    public LearningCheck(Session session, Frame network) {
        this.session = session;
        this.network = network;
    }

    /**
     * Checks a network.
     *
     * @param wanted inputs by which gradients are wanted, which are reason enough for a loss
     */
    public void check(
            List<ForwardOp> operations, List<ParameterDecl> parameters, List<Value> wanted, Optional<Loss> loss) {
        if (loss.isEmpty()
                || LearnedValues.reached(operations, wanted).contains(loss.get().prediction())
                || LearnedValues.of(operations, parameters).contains(loss.get().prediction())) {
            return;
        }
        boolean frozen = parameters.stream().allMatch(ParameterDecl::frozen);
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
}
