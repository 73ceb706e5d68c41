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
    // or, without a normalisation:
    //
    // inOnePass(dRelu, dConv, reluBackward(relu), add(dConvFromSkip));
    //
    Emission fused(Op.Fused op) {
        List<Op> parts = op.parts();
        Op first = parts.get(0);
        Op last = parts.get(parts.size() - 1);
        if (first.isNormalization()) {
            Emission.Call norm = normalizations.forward(first, op.result());
            return norm.with(steps(op, 1, parts.size(), first.outputs().get(0)));
        }
        Value source = StepEmitter.worksOn(first);
        if (last.isNormalization()) {
            Emission.Call norm = normalizations.backward(last, source);
            return norm.with(operands.inPlace(source, op.result())).with(steps(op, 0, parts.size() - 1, source));
        }
        return operands.call("inOnePass", source, op.result())
                .with(operands.inPlace(source, op.result()))
                .with(steps(op, 0, parts.size(), source));
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
