package org.espalier.generator.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.loss.LossGradient;
import org.espalier.generator.loss.LossSum;

/**
 * Writes where backward starts in a network with losses: the gradients of each loss by what it judges, and their sums
 * where several judge the same.
 */
final class LossSeeds {
    private static final String LAYER = "loss";

    private final List<Loss> losses;
    private final List<String> names;
    private final GradientTape tape;
    private final Map<Value, List<Value>> parts = new HashMap<>();

    private LossSeeds(List<Loss> losses, GradientTape tape) {
        this.losses = losses;
        this.names = Loss.names(losses);
        this.tape = tape;
    }

    /**
     * Writes them.
     *
     * @param judged the values by which gradients are needed
     */
    static List<Seed> write(List<Loss> losses, List<Value> judged, GradientTape tape) {
        return new LossSeeds(losses, tape).write(judged);
    }

    private List<Seed> write(List<Value> judged) {
        List<Seed> seeds = judged.stream()
                .map(value -> new Seed(value, tape.seed(value, "from " + LAYER)))
                .toList();
        for (int place = 0; place < losses.size(); place++) {
            Loss loss = losses.get(place);
            List<LossGradient.Gradient> gradients = gradients(place, seeds);
            if (!gradients.isEmpty()) {
                tape.add(new LossGradient(origin(loss), loss, place, gradients));
            }
        }
        seeds.forEach(this::add);
        return seeds;
    }

    /** The gradients that a loss writes. */
    private List<LossGradient.Gradient> gradients(int place, List<Seed> seeds) {
        Loss loss = losses.get(place);
        List<LossGradient.Gradient> gradients = new ArrayList<>();
        for (int i = 0; i < loss.operands().size(); i++) {
            int operand = i;
            seeds.stream()
                    .filter(seed -> loss.isJudged(operand)
                            && seed.output().equals(loss.operands().get(operand)))
                    .map(seed -> new LossGradient.Gradient(operand, gradient(seed, place)))
                    .forEach(gradients::add);
        }
        return gradients;
    }

    private static Origin origin(Loss loss) {
        return new Origin(LAYER, loss.function().word(), loss.span());
    }

    /** The gradient by a value that a loss writes: all of it, or a part. */
    private Value gradient(Seed seed, int place) {
        Value value = seed.output();
        long count = losses.stream()
                .flatMap(loss -> loss.judged().stream())
                .filter(value::equals)
                .count();
        if (count == 1) {
            return seed.gradient();
        }
        Value part = tape.partial(value, "from " + names.get(place));
        parts.computeIfAbsent(value, key -> new ArrayList<>()).add(part);
        return part;
    }

    /** Adds up the parts of a gradient, if there are several. */
    private void add(Seed seed) {
        Value value = seed.output();
        List<Value> summands = parts.getOrDefault(value, List.of());
        for (int i = 1; i < summands.size(); i++) {
            boolean last = i == summands.size() - 1;
            Value sum = last ? seed.gradient() : tape.partial(value, "sum of " + (i + 1) + " losses");
            tape.add(new LossSum(origin(losses.get(0)), value, summands.get(i - 1), summands.get(i), sum));
            summands.set(i, sum);
        }
    }
}
