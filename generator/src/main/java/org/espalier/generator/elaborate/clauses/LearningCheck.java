package org.espalier.generator.elaborate.clauses;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
            List<ForwardOp> operations, List<ParameterDecl> parameters, List<Value> wanted, List<Loss> losses) {
        Set<Value> reached = new HashSet<>(LearnedValues.reached(operations, wanted));
        reached.addAll(LearnedValues.of(operations, parameters));
        for (Loss loss : losses) {
            if (loss.judged().stream().noneMatch(reached::contains)) {
                report(loss, parameters);
            }
            checkCompared(loss, reached);
        }
    }

    private void report(Loss loss, List<ParameterDecl> parameters) {
        boolean frozen = parameters.stream().allMatch(ParameterDecl::frozen);
        String reason = parameters.isEmpty()
                ? "no layer has parameters"
                : frozen
                        ? "every parameter is frozen"
                        : "the output that it judges depends on no parameter that learns";
        String name = network.declaration().name().text();
        session.report(
                DiagnosticCode.NOTHING_TO_TRAIN
                        .at(loss.span(), name, reason)
                        .withHelp("leave the loss out to use the network as it is"),
                network);
    }

    /** A loss that has no gradient by what it compares with would leave out a part of the gradient. */
    private void checkCompared(Loss loss, Set<Value> reached) {
        for (int i = 1; i < loss.operands().size(); i++) {
            Value compared = loss.operands().get(i);
            if (!loss.isJudged(i) && reached.contains(compared)) {
                session.report(
                        DiagnosticCode.LOSS_OPERANDS
                                .at(
                                        loss.span(),
                                        loss.function().word() + " has no gradient by what it compares with, but '"
                                                + compared.name() + "' needs one")
                                .withHelp("write detach(…) around it, or a loss of your own, loss Own = (y, z) -> …, "
                                        + "which has gradients by both"),
                        network);
            }
        }
    }
}
