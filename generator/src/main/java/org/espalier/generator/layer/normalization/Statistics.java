package org.espalier.generator.layer.normalization;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;

/** Shapes and kernels that normalisations have in common. */
final class Statistics {
    private Statistics() {}

    /** Checks the shapes of statistics, and of γ and β or the gradients by them. */
    @SafeVarargs
    static ShapeCheck check(Value x, Shape statistics, Value mean, Value inverseStd, Optional<Value>... parameters) {
        ShapeCheck check = new ShapeCheck().channels(x).equal(mean, statistics).equal(inverseStd, statistics);
        for (Optional<Value> parameter : parameters) {
            check.equal(parameter, x.shape().channels());
        }
        return check;
    }

    /**
     * The kernel of a normalisation, which takes γ and β in their places even if they are not there.
     *
     * @param signature x, γ, β and what else is read, what is saved, y, and the constants
     */
    static KernelCall call(OpSignature signature, Value x, Optional<Value> weight, Optional<Value> bias) {
        List<Argument> arguments = new ArrayList<>(KernelCall.of(signature).arguments());
        List<Argument> parameters = List.of(Argument.of(weight), Argument.of(bias));
        arguments.removeAll(parameters);
        arguments.addAll(arguments.indexOf(new Argument.Operand(x)) + 1, parameters);
        return KernelCall.ofNormalization(signature.name(), arguments);
    }

    /**
     * The kernel of a normalisation's backward, which takes γ and the gradients by γ and β in their places even if they
     * are not there.
     *
     * @param constants between these gradients and whether they add to what is there
     */
    static KernelCall backwardCall(
            OpSignature signature,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Optional<Value> dWeight,
            Optional<Value> dBias,
            Argument... constants) {
        Value dY = signature.sources().get(0);
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument.Operand(x),
                Argument.of(weight),
                new Argument.Operand(mean),
                new Argument.Operand(inverseStd),
                new Argument.Operand(dY),
                new Argument.Operand(signature.results().get(0)),
                Argument.of(dWeight),
                Argument.of(dBias)));
        arguments.addAll(List.of(constants));
        boolean learns = dWeight.isPresent() || dBias.isPresent();
        arguments.add(learns ? Argument.State.ACCUMULATE : new Argument.Flag(false));
        return KernelCall.ofNormalization(signature.name(), arguments);
    }
}
