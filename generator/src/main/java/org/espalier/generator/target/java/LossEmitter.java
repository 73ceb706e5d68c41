package org.espalier.generator.target.java;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;

/** The data loss. Value and gradient come from one kernel, so backward finds the gradient already there. */
final class LossEmitter {
    private final Operands operands;
    private final Names names;

    LossEmitter(Operands operands, Names names) {
        this.operands = operands;
        this.names = names;
    }

    /** The method of {@code Losses}. */
    static String kernel(Loss loss) {
        return loss.function() instanceof Loss.Kernel kernel ? kernel(kernel.kind()) : "elementwiseLoss";
    }

    private static String kernel(Loss.Kind kind) {
        return switch (kind) {
            case L1_LOSS -> "l1Loss";
            case MSE_LOSS -> "mseLoss";
            case SMOOTH_L1_LOSS -> "smoothL1Loss";
            case HUBER_LOSS -> "huberLoss";
            case BCE_LOSS -> "bceLoss";
            case BCE_WITH_LOGITS_LOSS -> "bceWithLogitsLoss";
            case NLL_LOSS -> "nllLoss";
            case CROSS_ENTROPY_LOSS -> "crossEntropyLoss";
        };
    }

    /** As the {@code .net} writes it, {@code 100 * L1Loss}, with the arguments that are not as by default. */
    static String describe(Loss loss) {
        String name = loss.function() instanceof Loss.Formula formula
                ? formula.written()
                : describe((Loss.Kernel) loss.function());
        return loss.scale() == 1 ? name : Literals.written(loss.scale()) + " * " + name;
    }

    private static String describe(Loss.Kernel loss) {
        List<String> arguments = new ArrayList<>();
        if (loss.reduction() != Loss.Reduction.MEAN) {
            arguments.add("reduction='" + loss.reduction().word() + "'");
        }
        loss.width().stream()
                .filter(width -> width != 1)
                .forEach(width -> arguments.add(loss.kind().width() + "=" + Literals.written(width)));
        return loss.word() + (arguments.isEmpty() ? "" : "(" + String.join(", ", arguments) + ")");
    }

    // Example:
    //
    // crossEntropyLoss(logits, labels("label", label), 1.0, dLogits)
    //
    // or, for a target of the prediction's shape:
    //
    // l1Loss(colours, target("target", target, 3, 64, 64), 100.0, dColours)
    //
    // or, for a sum, which is the mean of so many elements (or of so many samples, of losses by classes):
    //
    // huberLoss(y, target("target", target, 3), 0.5, 1.0 * y.length(), dY)
    //
    // or, for a formula, with its loop and that of its derivative:
    //
    // elementwiseLoss(y, target("target", target, 3), 1.0, dY, Functions::softMarginLoss, Functions::…Backward)
    //
    String call(Loss loss, Value gradient, String targetParameter) {
        String prediction = operands.field(loss.prediction());
        List<String> arguments = new ArrayList<>(List.of(prediction, checked(loss, targetParameter)));
        if (loss.function() instanceof Loss.Kernel kernel) {
            kernel.width().ifPresent(width -> arguments.add(Literals.number(width)));
        }
        arguments.add(Literals.number(loss.scale()) + summed(loss, prediction));
        arguments.add(operands.field(gradient));
        if (loss.function() instanceof Loss.Formula formula) {
            arguments.add(names.function(formula.f()));
            arguments.add(names.function(formula.slope()));
        }
        return kernel(loss) + "(" + String.join(", ", arguments) + ")";
    }

    private static String summed(Loss loss, String prediction) {
        String samples = prediction + ".size(0)";
        String elements = loss.function().isOfClasses() ? samples : prediction + ".length()";
        return switch (loss.function().reduction()) {
            case MEAN -> "";
            case SUM -> " * " + elements;
            case BATCH_MEAN -> " * " + elements + " / " + samples;
        };
    }

    private static String checked(Loss loss, String parameter) {
        String name = JavaText.literal(loss.target().name());
        Shape shape = loss.target().shape();
        return loss.function().isOfClasses()
                ? "labels(" + name + ", " + parameter + ")"
                : "target(" + name + ", " + parameter + sizes(shape) + ")";
    }

    /** {@code , 3, 64, 64}: the sizes after the batch, as further arguments. */
    static String sizes(Shape shape) {
        StringBuilder text = new StringBuilder();
        shape.dimensions().forEach(size -> text.append(", ").append(size));
        return text.toString();
    }
}
