package org.espalier.generator.loss;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** The gradient of the loss by its prediction, computed together with the loss. */
public record LossGradient(Origin origin, Loss loss, Value dPrediction) implements BackwardOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of("loss_gradient", p -> new LossGradient(p.origin(), p.loss(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("loss_gradient")
                .from(loss.prediction())
                .with(loss.target())
                .to(dPrediction)
                .build();
    }

    @Override
    public List<Value> wholeInputs() {
        return loss.function().targetElement() == ElementType.INT ? List.of(loss.target()) : List.of();
    }

    @Override
    public List<String> violations() {
        Shape prediction = loss.prediction().shape();
        return new ShapeCheck()
                .equal(dPrediction, prediction)
                .that(
                        loss.function().expects(prediction).isEmpty(),
                        () -> loss.prediction() + " is " + prediction + ", which "
                                + loss.function().word() + " does not take")
                .then(check -> check.equal(loss.target(), loss.function().targetShape(prediction)))
                .violations();
    }

    @Override
    public Optional<Seed> seed() {
        return Optional.of(new Seed(loss.prediction(), dPrediction));
    }
}
