package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/**
 * Operations in one pass: the call of a normalisation, or of a kernel that only copies, with the others as its steps.
 */
final class FusionEmitter {
    private final Operands operands;
    private final NormalizationEmitter normalizations;
    private final StepEmitter steps;

    FusionEmitter(Operands operands, NormalizationEmitter normalizations, StepEmitter steps) {
        this.operands = operands;
        this.normalizations = normalizations;
        this.steps = steps;
    }

    // Example:
    //
    // // norm = BatchNorm2d(8)  (tiny.net:7)
    // // relu = ReLU()  (tiny.net:8)
    // batchNorm(conv, …, relu, 1e-5, 0.1, training, store(norm), relu());
    //
    // and backward:
    //
    // batchNormBackward(conv, …, dRelu, dConv, …, training, accumulate, reluBackward(relu), add(dNormFromSkip));
    //
    // where what comes behind the normalisation is done to what it has computed:
    //
    // batchNormBackward(
    //         conv, …, dRelu, dConv, …, accumulate, reluBackward(relu), afterwards(activityPenaltyMean(conv, sparse)));
    //
    // or, without a normalisation:
    //
    // inOnePass(dRelu, dConv, reluBackward(relu), add(dConvFromSkip));
    //
    Emission fused(Op.Fused op) {
        List<Op> parts = op.parts();
        Op first = parts.get(0);
        int place = op.normalization();
        if (place >= 0 && parts.get(place).isNormalizationBackward()) {
            return aroundNormalization(op, place);
        } else if (place == 0) {
            Emission.Call norm = normalizations.forward(first, op.result());
            return norm.with(steps(op, 1, parts.size(), first.outputs().get(0)));
        }
        Value source = StepEmitter.worksOn(first);
        return operands.call("inOnePass", source, op.result())
                .with(operands.inPlace(source, op.result()))
                .with(steps(op, 0, parts.size(), source));
    }

    private Emission aroundNormalization(Op.Fused op, int place) {
        Op norm = op.parts().get(place);
        Value source = StepEmitter.worksOn(op.parts().get(0));
        List<Emission.Call> calls = steps(op, 0, place, source);
        if (place + 1 < op.parts().size()) {
            Value dX = norm.outputs().get(0);
            calls.add(operands.call("afterwards")
                    .with(steps(op, place + 1, op.parts().size(), dX)));
        }
        return normalizations
                .backward(norm, source, op.result())
                .with(operands.inPlace(source, op.result()))
                .with(calls);
    }

    /** The steps of some parts; each stores what the one before it computed where that is read elsewhere. */
    private List<Emission.Call> steps(Op.Fused op, int from, int to, Value source) {
        List<Emission.Call> calls = new ArrayList<>();
        Value before = source;
        for (int i = from; i < to; i++) {
            if (i > 0 && op.outputs().contains(before)) {
                calls.add(operands.call("store", before));
            }
            steps.of(op.parts().get(i), before).ifPresent(calls::add);
            before = op.parts().get(i).outputs().get(0);
        }
        if (to < op.parts().size() && op.outputs().contains(before)) {
            calls.add(operands.call("store", before));
        }
        return calls;
    }
}
