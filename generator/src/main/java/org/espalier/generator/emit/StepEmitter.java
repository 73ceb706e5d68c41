package org.espalier.generator.emit;

import java.util.Optional;
import org.espalier.generator.ir.Effect;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Operations as steps of a kernel that does them on its way. */
final class StepEmitter {
    private final Operands operands;
    private final ActivationEmitter activations;
    private final DropoutEmitter dropouts;
    private final ActivityPenaltyEmitter activityPenalties;

    StepEmitter(
            Operands operands,
            ActivationEmitter activations,
            DropoutEmitter dropouts,
            ActivityPenaltyEmitter activityPenalties) {
        this.operands = operands;
        this.activations = activations;
        this.dropouts = dropouts;
        this.activityPenalties = activityPenalties;
    }

    /** What a step, or the gradient of a normalisation, makes its result of, if that is not said otherwise. */
    static Value worksOn(Op op) {
        if (op instanceof Op.AddBackward copy) {
            return copy.dSum();
        } else if (op instanceof Op.BatchNormBackward norm) {
            return norm.dY();
        } else if (op instanceof Op.InstanceNorm2dBackward norm) {
            return norm.dY();
        }
        return ((Effect.MayOverwrite) Effect.of(op)).candidates().get(0);
    }

    // Example:
    //
    // leakyReluBackward(downrelu, 0.2)
    // add(dNormFromSkip)
    //
    /**
     * An operation as a step; nothing where it changes no number.
     *
     * @param on the one of its operands that the step is done to
     */
    Optional<Emission.Call> of(Op op, Value on) {
        if (op instanceof Op.Activation activation) {
            return Optional.of(activations.step(activation));
        } else if (op instanceof Op.ActivationBackward activation) {
            return Optional.of(activations.step(activation));
        } else if (op instanceof Op.Dropout dropout) {
            return Optional.of(dropouts.step(dropout));
        } else if (op instanceof Op.DropoutBackward dropout) {
            return Optional.of(dropouts.step(dropout));
        } else if (op instanceof Op.Add sum) {
            return Optional.of(operands.call("add", sum.a().equals(on) ? sum.b() : sum.a()));
        } else if (op instanceof Op.ActivityPenaltyBackward penalty) {
            return Optional.of(activityPenalties.step(penalty));
        } else if (op instanceof Op.AddBackward) {
            return Optional.empty();
        }
        throw new IllegalArgumentException(op + " is no step");
    }
}
