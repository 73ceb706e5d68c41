package org.espalier.generator.emit;

import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** The data loss. Value and gradient come from one kernel, so backward finds the gradient already there. */
final class LossEmitter {
    private final Operands operands;

    LossEmitter(Operands operands) {
        this.operands = operands;
    }

    /** The method of {@code Losses}. */
    static String kernel(Loss loss) {
        return switch (loss.kind()) {
            case L1_LOSS -> "l1Loss";
            case MSE_LOSS -> "mseLoss";
            case CROSS_ENTROPY_LOSS -> "crossEntropyLoss";
        };
    }

    /** As the {@code .net} writes it, {@code 100 * L1Loss}. */
    static String describe(Loss loss) {
        String name = switch (loss.kind()) {
            case L1_LOSS -> "L1Loss";
            case MSE_LOSS -> "MSELoss";
            case CROSS_ENTROPY_LOSS -> "CrossEntropyLoss";
        };
        return loss.scale() == 1 ? name : Literals.written(loss.scale()) + " * " + name;
    }

    // Example:
    //
    // crossEntropyLoss(logits, labels("label", label), 1.0, dLogits)
    //
    // or, for a target of the prediction's shape:
    //
    // l1Loss(colours, target("target", target, 3, 64, 64), 100.0, dColours)
    //
    String call(Loss loss, Value gradient, String targetParameter) {
        return String.join(
                ", ",
                kernel(loss) + "(" + operands.field(loss.prediction()),
                checked(loss, targetParameter),
                Literals.number(loss.scale()),
                operands.field(gradient) + ")");
    }

    private static String checked(Loss loss, String parameter) {
        String name = Literals.string(loss.target().name());
        Shape shape = loss.target().shape();
        return loss.kind() == Loss.Kind.CROSS_ENTROPY_LOSS
                ? "labels(" + name + ", " + parameter + ")"
                : "target(" + name + ", " + parameter + sizes(shape) + ")";
    }

    /** {@code , 3, 64, 64}: the sizes after the batch, as further arguments. */
    static String sizes(Shape shape) {
        StringBuilder text = new StringBuilder();
        shape.dimensions().forEach(size -> text.append(", ").append(size));
        return text.toString();
    }

    // Example:
    //
    // // dLogits was given, or computed with the loss.
    //
    Emission lossGradient(Op.LossGradient op) {
        return new Emission.Nothing(operands.field(op.dPrediction()) + " was computed with the loss, or given.");
    }
}
