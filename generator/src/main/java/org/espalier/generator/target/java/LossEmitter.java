package org.espalier.generator.target.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.ClassLoss;
import org.espalier.generator.ir.CtcLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.LossOp;
import org.espalier.generator.ir.MarginLoss;
import org.espalier.generator.ir.WeightedLoss;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;

/** Emits the data loss. Value and gradient come from one kernel, so backward finds the gradient already there. */
final class LossEmitter {
    private final Operands operands;
    private final Names names;
    private final Map<Value, String> parameters = new HashMap<>();

    LossEmitter(Operands operands, Names names) {
        this.operands = operands;
        this.names = names;
    }

    /** The methods of {@code Losses}. */
    static List<String> kernels(LossOp op) {
        if (isOfSeveral(op)) {
            return List.of(kernel(op.loss()), "operands", "slope");
        }
        return weights(op.loss()).isEmpty() ? List.of(kernel(op.loss())) : List.of(kernel(op.loss()), "weights");
    }

    /** Tells whether it is a formula of other operands than a prediction and a target. */
    private static boolean isOfSeveral(LossOp op) {
        boolean ofTwo = op.loss().operands().size() == 2
                && op.gradient(0).isPresent()
                && op.gradient(1).isEmpty();
        return op.loss().function() instanceof Loss.Formula && !ofTwo;
    }

    private static String kernel(Loss loss) {
        boolean summed = loss.function().reduction() == Loss.Reduction.SUM
                && (loss.function() instanceof CtcLoss
                        || (loss.function() instanceof ClassLoss classes && !classes.ofProbabilities()));
        String name = loss.function().kernel().map(LossEmitter::kernel).orElse("elementwiseLoss");
        return summed ? "summed" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) : name;
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
            case CTC_LOSS -> "ctcLoss";
            case MULTI_MARGIN_LOSS -> "multiMarginLoss";
            case MULTI_LABEL_MARGIN_LOSS -> "multiLabelMarginLoss";
            case MULTI_LABEL_SOFT_MARGIN_LOSS -> "multiLabelSoftMarginLoss";
        };
    }

    /** As the {@code .net} writes it, {@code 100 * L1Loss}, with the arguments that are not as by default. */
    static String describe(Loss loss) {
        String name = loss.function() instanceof Loss.Formula formula ? formula.written() : written(loss.function());
        return loss.scale() == 1 ? name : Literals.written(loss.scale()) + " * " + name;
    }

    private static String written(Loss.Function loss) {
        List<String> arguments = new ArrayList<>();
        if (loss.reduction() != Loss.Reduction.MEAN) {
            arguments.add("reduction='" + loss.reduction().word() + "'");
        }
        loss.attributes().forEach((name, text) -> {
            if (text.equals("true")) {
                arguments.add(name + "=true");
                return;
            }
            List<String> numbers = Stream.of(text.split(" ", -1))
                    .map(number -> Literals.written(Double.parseDouble(number)))
                    .toList();
            if (numbers.size() > 1) {
                arguments.add(name + "=[" + String.join(", ", numbers) + "]");
            } else if (!(loss instanceof Loss.Kernel) || Double.parseDouble(text) != 1) {
                arguments.add(name + "=" + numbers.get(0));
            }
        });
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
    // or, for a formula of other operands than these two, with the slopes by those that need a gradient:
    //
    // elementwiseLoss(operands(mean, target("t", t, 3), variance), 1.0, Functions::gaussian, slope(dMean, …), …)
    //
    // or, with weights of the classes, the label to ignore and the smoothing of labels:
    //
    // crossEntropyLoss(logits, labels("label", label), weights(1.0, 0.5), -100, 0.1, 1.0, dLogits)
    //
    // or, of a sequence against a shorter one, with the lengths of both, the class that is none, and whether what
    // cannot
    // be counts for nothing:
    //
    // ctcLoss(y, labels("t", t, 20), labels("steps", steps), labels("count", count), 0, false, 1.0, dY)
    //
    String call(LossOp op) {
        Loss loss = op.loss();
        String prediction = operands.field(loss.prediction());
        List<String> compared = loss.operands().stream()
                .map(operand -> operand.kind() == Value.Kind.TARGET ? checked(loss, operand) : operands.field(operand))
                .toList();
        String factor = Literals.number(loss.scale()) + summed(loss, prediction);
        List<String> arguments = new ArrayList<>();
        if (loss.function() instanceof Loss.Formula formula && isOfSeveral(op)) {
            arguments.addAll(List.of("operands(" + String.join(", ", compared) + ")", factor));
            arguments.add(names.function(formula.f()));
            for (int operand = 0; operand < loss.operands().size(); operand++) {
                Argument.Function slope = formula.slope(operand);
                op.gradient(operand)
                        .ifPresent(gradient -> arguments.add(
                                "slope(" + operands.field(gradient) + ", " + names.function(slope) + ")"));
            }
        } else {
            arguments.addAll(compared);
            arguments.addAll(settings(loss));
            arguments.add(factor);
            arguments.add(operands.field(op.gradient(0).orElseThrow()));
            if (loss.function() instanceof Loss.Formula formula) {
                arguments.add(names.function(formula.f()));
                arguments.add(names.function(formula.slope(0)));
            }
        }
        return kernel(loss) + "(" + String.join(", ", arguments) + ")";
    }

    /** Constants that the kernel is given. */
    private static List<String> settings(Loss loss) {
        List<String> settings = new ArrayList<>(weights(loss));
        if (loss.function() instanceof Loss.Kernel kernel) {
            kernel.width().ifPresent(width -> settings.add(Literals.number(width)));
        } else if (loss.function() instanceof MarginLoss margins && margins.kind() == Loss.Kind.MULTI_MARGIN_LOSS) {
            settings.add(String.valueOf(margins.power()));
            settings.add(Literals.number(margins.margin()));
        } else if (loss.function() instanceof CtcLoss ctc) {
            settings.add(String.valueOf(ctc.blank()));
            settings.add(String.valueOf(ctc.zeroInfinity()));
        } else if (loss.function() instanceof ClassLoss classes && !settings.isEmpty()) {
            if (!classes.ofProbabilities()) {
                settings.add(String.valueOf(classes.ignored()));
            }
            if (classes.kind() == Loss.Kind.CROSS_ENTROPY_LOSS) {
                settings.add(Literals.number(classes.smoothing()));
            }
        }
        return settings;
    }

    /** {@code weights(1.0, 0.5)}; none for the kernel that knows nothing of them. */
    private static List<String> weights(Loss loss) {
        Loss.Function function = loss.function();
        if (function instanceof ClassLoss classes) {
            boolean ofRows = loss.prediction().shape().rank() == 2;
            return classes.isPlain() && ofRows ? List.of() : List.of(weights(classes.weight()));
        } else if (function instanceof WeightedLoss weighted && !weighted.isPlain()) {
            return weighted.kind() == Loss.Kind.BCE_WITH_LOGITS_LOSS
                    ? List.of(weights(weighted.weight()), weights(weighted.positive()))
                    : List.of(weights(weighted.weight()));
        } else if (function instanceof MarginLoss margins && margins.kind() == Loss.Kind.MULTI_MARGIN_LOSS) {
            return List.of(weights(margins.weight()));
        }
        return List.of();
    }

    private static String weights(List<Double> numbers) {
        return numbers.stream().map(Literals::number).collect(Collectors.joining(", ", "weights(", ")"));
    }

    private static String summed(Loss loss, String prediction) {
        String samples = prediction + ".size(0)";
        String elements = prediction + ".length()";
        if (loss.function() instanceof ClassLoss classes) {
            boolean places = classes.ofProbabilities() && classes.reduction() == Loss.Reduction.SUM;
            return places ? " * " + elements + " / " + prediction + ".size(1)" : "";
        }
        if (loss.function() instanceof CtcLoss) {
            return "";
        }
        boolean ofSamples = loss.function().isOfClasses()
                || loss.function().kernel().equals(Optional.of(Loss.Kind.MULTI_LABEL_SOFT_MARGIN_LOSS));
        return switch (loss.function().reduction()) {
            case MEAN -> "";
            case SUM -> " * " + (ofSamples ? rows(loss, prediction) : elements);
            case BATCH_MEAN -> " * " + elements + " / " + samples;
        };
    }

    /** The number of rows along the last axis, over which a mean of losses by classes is. */
    private static String rows(Loss loss, String prediction) {
        Shape shape = loss.prediction().shape();
        return shape.rank() == 2 ? prediction + ".size(0)" : prediction + ".length() / " + shape.last();
    }

    private String checked(Loss loss, Value target) {
        String check = loss.function().isOfClasses() ? "labels" : "target";
        return check + "(" + JavaText.literal(target.name()) + ", " + parameter(target) + sizes(target.shape()) + ")";
    }

    /** The parameter of the class's methods that is a target. */
    String parameter(Value target) {
        return parameters.computeIfAbsent(target, key -> names.local(Identifiers.camelCase(key.name())));
    }

    /** {@code , 3, 64, 64}: the sizes after the batch, as further arguments. */
    static String sizes(Shape shape) {
        StringBuilder text = new StringBuilder();
        shape.dimensions().forEach(size -> text.append(", ").append(size));
        return text.toString();
    }
}
