package org.espalier.generator.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.LossOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The gradients of a loss by what it judges, computed together with the loss.
 *
 * @param place of the loss among the network's
 * @param gradients by those operands of which one is needed
 */
public record LossGradient(Origin origin, Loss loss, int place, List<Gradient> gradients) implements LossOp {
    private static final String NAME = "loss_gradient";
    private static final String PLACE = "place";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(NAME, LossGradient::read);

    /**
     * A gradient by an operand of the loss.
     *
     * @param operand which one
     * @param value the gradient
     */
    public record Gradient(int operand, Value value) {}

    /** Copies the list. */
    public LossGradient {
        gradients = List.copyOf(gradients);
    }

    private static LossGradient read(PrintedOp printed) {
        int place = printed.has(PLACE) ? printed.whole(PLACE) : 0;
        Loss loss = printed.loss(place);
        List<Gradient> gradients = new ArrayList<>();
        int operand = 0;
        for (Value result : printed.results()) {
            while (operand < loss.operands().size() && !isBy(loss.operands().get(operand), result)) {
                operand++;
            }
            gradients.add(new Gradient(operand, result));
            operand++;
        }
        return new LossGradient(printed.origin(), loss, place, gradients);
    }

    private static boolean isBy(Value operand, Value gradient) {
        String name = Value.gradientName(operand.name());
        return gradient.name().equals(name) || gradient.name().startsWith(name + " (");
    }

    @Override
    public OpSignature signature() {
        List<Value> judged = loss.judged();
        OpSignature.Builder signature = OpSignature.of(NAME);
        for (Value operand : loss.operands()) {
            signature = judged.contains(operand) ? signature.from(operand) : signature.with(operand);
        }
        for (Gradient gradient : gradients) {
            signature = signature.to(gradient.value());
        }
        return place == 0
                ? signature.build()
                : signature.attribute(PLACE, place).build();
    }

    @Override
    public List<Value> wholeInputs() {
        return loss.operands().stream().filter(Value::isWhole).toList();
    }

    @Override
    public List<String> violations() {
        Shape prediction = loss.prediction().shape();
        List<Value> operands = loss.operands();
        return new ShapeCheck()
                .that(
                        gradients.stream().allMatch(this::isBySomethingJudged),
                        () -> loss.function().word() + " has no gradient like " + gradients)
                .that(
                        loss.function().expects(prediction).isEmpty(),
                        () -> loss.prediction() + " is " + prediction + ", which "
                                + loss.function().word() + " does not take")
                .then(check -> IntStream.range(1, operands.size()).forEach(operand -> {
                    Value given = operands.get(operand);
                    loss.function()
                            .operandShape(operand, prediction, Optional.of(given.shape()))
                            .ifPresentOrElse(
                                    shape -> check.equal(given, shape),
                                    () -> check.that(
                                            false,
                                            () -> given + " is " + given.type() + ", which "
                                                    + loss.function().word() + " does not take"));
                }))
                .then(check -> gradients.forEach(
                        gradient -> check.sameShape(operands.get(gradient.operand()), gradient.value())))
                .violations();
    }

    private boolean isBySomethingJudged(Gradient gradient) {
        return gradient.operand() < loss.operands().size() && loss.isJudged(gradient.operand());
    }

    @Override
    public Optional<Value> gradient(int operand) {
        return gradients.stream()
                .filter(gradient -> gradient.operand() == operand)
                .map(Gradient::value)
                .findFirst();
    }

    @Override
    public List<Seed> seeds() {
        return gradients.stream()
                .map(gradient -> new Seed(loss.operands().get(gradient.operand()), gradient.value()))
                .toList();
    }
}
