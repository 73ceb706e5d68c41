package org.espalier.generator.elaborate.clauses;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.ir.CtcLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/**
 * Warns of losses that judge what they are not made for: PyTorch computes them without a word, and the network learns
 * something else, or little. What a layer computes is known by its range; where nothing is, nothing is said.
 */
public final class LossWarnings {
    /** A loss that cannot fall below this, at the best prediction there is, is taken for a mistake. */
    private static final double FLOOR = 0.1;

    private static final String SIGMOID = "Sigmoid";

    private final Session session;
    private final Frame network;
    private final Map<Value, ForwardOp> makers = new HashMap<>();

    private LossWarnings(Session session, Frame network, List<ForwardOp> operations) {
        this.session = session;
        this.network = network;
        operations.forEach(op -> op.outputs().forEach(value -> makers.put(value, op)));
    }

    public static void warn(Session session, Frame network, List<ForwardOp> operations, List<Loss> losses) {
        LossWarnings warnings = new LossWarnings(session, network, operations);
        operations.forEach(warnings::softmax);
        losses.forEach(warnings::loss);
    }

    private void softmax(ForwardOp op) {
        Shape shape = op.result().shape();
        op.probabilities()
                .filter(cases -> shape.axis(cases.axis()) == 1)
                .ifPresent(one -> report(DiagnosticCode.ONE_PROBABILITY
                        .at(op.origin().span(), op.origin().word(), shape, one.logarithms() ? "0" : "1")
                        .withHelp("write Sigmoid() for one probability"
                                + (shape.rank() > 2
                                        ? ", or another axis: " + op.origin().word() + "(dim=…)"
                                        : ""))));
    }

    private void loss(Loss loss) {
        boolean alongFirst = !(loss.function() instanceof CtcLoss);
        if (loss.function().isOfClasses()
                && alongFirst
                && loss.prediction().shape().axis(1) == 1) {
            report(DiagnosticCode.ONE_CLASS
                    .at(loss.span(), loss.function().word(), loss.prediction().shape())
                    .withHelp(
                            "write BCEWithLogitsLoss() for one score, whose target is 0 or 1; or predict two classes"));
            return;
        }
        ForwardOp maker = makers.get(loss.prediction());
        while (maker != null && maker.effect() instanceof Effect.Reshapes reshapes) {
            maker = makers.get(reshapes.in());
        }
        if (maker != null) {
            ForwardOp last = maker;
            last.range().ifPresent(range -> judge(loss, last, range));
        }
    }

    private void judge(Loss loss, ForwardOp last, Range range) {
        loss.function().kernel().ifPresent(kind -> judge(kind, loss, last, range));
    }

    private void judge(Loss.Kind kind, Loss loss, ForwardOp last, Range range) {
        switch (kind) {
            case CROSS_ENTROPY_LOSS -> crossEntropy(loss, last, range);
            case NLL_LOSS -> likelihood(loss, last, range);
            case CTC_LOSS -> logarithms(loss, last, range);
            case BCE_WITH_LOGITS_LOSS -> logits(loss, last, range);
            case BCE_LOSS -> probabilities(loss, last, range);
            case MULTI_LABEL_SOFT_MARGIN_LOSS -> logits(loss, last, range);
            case L1_LOSS, MSE_LOSS, SMOOTH_L1_LOSS, HUBER_LOSS -> {
                // Any range may be that of the target.
            }
            case MULTI_MARGIN_LOSS, MULTI_LABEL_MARGIN_LOSS -> {
                // Scores of any range can be a margin apart.
            }
        }
    }

    /** With the right score as large and the others as small as can be: log(1 + (classes − 1)·exp(least − most)). */
    private void crossEntropy(Loss loss, ForwardOp last, Range range) {
        int classes = loss.prediction().shape().axis(1);
        double floor = Math.log1p((classes - 1) * Math.exp(range.least() - range.most()));
        if (floor >= FLOOR) {
            String help = last.probabilities().isPresent()
                    ? "leave " + last.origin().word() + " out: the loss takes the softmax itself, of any numbers"
                    : "leave " + last.origin().word() + " out: the loss takes scores, any numbers";
            report(loss, last, range, ": with " + classes + " classes it cannot fall below " + number(floor), help);
        }
    }

    private void likelihood(Loss loss, ForwardOp last, Range range) {
        if (last.probabilities().isPresent()) {
            if (!last.probabilities().get().logarithms()) {
                report(loss, last, range, "", "write LogSoftmax for Softmax, or CrossEntropyLoss() without either");
            }
            return;
        }
        report(
                loss,
                last,
                range,
                "",
                range.equals(Range.ALL)
                        ? "write CrossEntropyLoss(), or put LogSoftmax() behind it"
                        : "write CrossEntropyLoss() and leave " + last.origin().word()
                                + " out, or put LogSoftmax() in its place");
    }

    private void logarithms(Loss loss, ForwardOp last, Range range) {
        if (last.probabilities().isEmpty() || !last.probabilities().get().logarithms()) {
            report(loss, last, range, "", "put log_softmax(…, dim=2) in front of the loss");
        }
    }

    private void logits(Loss loss, ForwardOp last, Range range) {
        double ofOne = Math.log1p(Math.exp(-range.most()));
        double ofZero = Math.log1p(Math.exp(range.least()));
        if (Math.max(ofOne, ofZero) >= FLOOR) {
            String target = ofOne >= FLOOR ? ofZero >= FLOOR ? "a target of 0 or 1" : "a target of 1" : "a target of 0";
            double floor = ofOne >= FLOOR && ofZero >= FLOOR ? Math.min(ofOne, ofZero) : Math.max(ofOne, ofZero);
            report(
                    loss,
                    last,
                    range,
                    ": for " + target + " it cannot fall below " + number(floor),
                    last.origin().word().equals(SIGMOID)
                            ? "leave Sigmoid out: the loss takes it itself"
                            : "leave " + last.origin().word() + " out: the loss takes scores, any numbers");
        }
    }

    private void probabilities(Loss loss, ForwardOp last, Range range) {
        if (last.origin().word().equals(SIGMOID)) {
            report(DiagnosticCode.LOSS_AFTER_SIGMOID
                    .at(loss.span(), loss.function().word(), loss.prediction().name())
                    .withNotes(made(last))
                    .withHelp("write BCEWithLogitsLoss() and leave Sigmoid out; for predictions, Sigmoid can be in a "
                            + "second output"));
        } else if (!range.isWithin(0, 1)) {
            report(
                    loss,
                    last,
                    range,
                    "",
                    range.equals(Range.ALL)
                            ? "write BCEWithLogitsLoss(), which takes any numbers"
                            : "write BCEWithLogitsLoss() and leave "
                                    + last.origin().word() + " out");
        }
    }

    private void report(Loss loss, ForwardOp last, Range range, String consequence, String help) {
        String takes = takes(loss.function());
        report(DiagnosticCode.LOSS_OF_ANOTHER_RANGE
                .at(
                        loss.span(),
                        loss.function().word(),
                        takes,
                        loss.prediction().name(),
                        last.origin().word(),
                        describe(range) + consequence)
                .withNotes(made(last))
                .withHelp(help));
    }

    private static String takes(Loss.Function function) {
        Optional<Loss.Kind> kind = function.kernel();
        if (kind.equals(Optional.of(Loss.Kind.NLL_LOSS)) || function instanceof CtcLoss) {
            return "logarithms of probabilities";
        }
        return kind.equals(Optional.of(Loss.Kind.BCE_LOSS)) ? "probabilities" : "scores of any size";
    }

    private static List<String> made(ForwardOp last) {
        return List.of(last.origin().word() + " is at " + last.origin().span().citation());
    }

    private static String describe(Range range) {
        boolean fromBelow = range.least() == Double.NEGATIVE_INFINITY;
        if (range.most() == Double.POSITIVE_INFINITY) {
            return fromBelow ? "which can be any number" : "which is at least " + number(range.least());
        }
        return fromBelow
                ? "which is at most " + number(range.most())
                : "which is between " + number(range.least()) + " and " + number(range.most());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.4f", value);
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
