package org.espalier.generator.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.layer.elementwise.Elementwise;

/**
 * The backward operations written so far. Sums the gradients that arrive at a value from its several readers, as they
 * arrive, so that at most one sum and one summand are alive.
 */
final class GradientTape {
    private final NeededGradients needed;
    private final List<Op> operations = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** By value: how many gradients have arrived, and their sum so far. */
    private final Map<Value, Integer> arrived = new HashMap<>();

    private final Map<Value, Value> sums = new HashMap<>();

    GradientTape(NeededGradients needed) {
        this.needed = needed;
    }

    /** Returns the operations written so far, in order. */
    List<Op> operations() {
        return operations;
    }

    private Value gradient(Value value) {
        if (needed.contributions(value) != arrived.getOrDefault(value, 0)) {
            throw new IllegalStateException(value + " got " + arrived.getOrDefault(value, 0) + " of "
                    + needed.contributions(value) + " gradients");
        }
        return value.gradient();
    }

    private boolean needs(Value value) {
        return needed.contributions(value) > 0;
    }

    /**
     * Adds one reader's gradient to that of a value, if it is needed.
     *
     * @param reader the layer that read the value
     * @param rule from the value to write to the operation that writes it
     * @return what the operation writes: the gradient itself, or a part of it
     */
    Optional<Value> contribute(Origin reader, Value value, Function<Value, Op> rule) {
        if (!needs(value)) {
            return Optional.empty();
        }
        Value contribution = contribution(value, "from " + reader.layer());
        Op op = rule.apply(contribution);
        if (value.kind() == Value.Kind.PARAMETER && !adds(op)) {
            Value apart = partial(value, "from " + reader.layer());
            operations.add(rule.apply(apart));
            operations.add(Elementwise.intoParameter(reader, apart, contribution));
        } else {
            operations.add(op);
        }
        arrive(reader, value, contribution);
        return Optional.of(contribution);
    }

    /** Tells whether the kernel of an operation adds to what it writes; others have parameters as any other tensor. */
    private static boolean adds(Op op) {
        return op.signature().states().contains(Argument.State.ACCUMULATE);
    }

    /**
     * Adds a penalty's gradient to that of the value that it is on, if that is needed: to the sum of what has arrived,
     * which one operation reads and writes.
     *
     * @param rule from that sum, if anything has arrived, and the value to write to the operation
     */
    void penalize(Value value, BiFunction<Optional<Value>, Value, Op> rule) {
        if (!needs(value)) {
            return;
        }
        Value sum = sum(value, arrived.merge(value, 1, Integer::sum));
        operations.add(rule.apply(Optional.ofNullable(sums.get(value)), sum));
        sums.put(value, sum);
    }

    /**
     * Takes a gradient that backward starts from.
     *
     * @param source who gives it, where it is a part of the gradient
     */
    Value seed(Value output, String source) {
        Value contribution = contribution(output, source);
        arrived.put(output, 1);
        sums.put(output, contribution);
        return contribution;
    }

    /** Writes an operation whose results are known. */
    void add(Op op) {
        operations.add(op);
    }

    /** The tape as it is written by an operation of a layer. */
    Tape of(Origin reader) {
        return new Tape() {
            @Override
            public Value gradient(Value value) {
                return GradientTape.this.gradient(value);
            }

            @Override
            public boolean reaches(Value result) {
                return needs(result);
            }

            @Override
            public void contribute(Value value, Function<Value, Op> rule) {
                GradientTape.this.contribute(reader, value, rule);
            }

            @Override
            public void write(List<Value> values, Function<List<Value>, Op> rule) {
                String source = "from " + reader.layer();
                List<Value> written = values.stream()
                        .map(value -> needs(value) ? contribution(value, source) : partial(value, source))
                        .toList();
                operations.add(rule.apply(written));
                for (int i = 0; i < written.size(); i++) {
                    if (needs(values.get(i))) {
                        arrive(reader, values.get(i), written.get(i));
                    }
                }
            }

            @Override
            public void add(Op op) {
                operations.add(op);
            }

            @Override
            public Optional<Value> parameterGradient(Optional<Value> parameter) {
                return parameter.filter(GradientTape.this::needs).map(Value::gradient);
            }
        };
    }

    private Value contribution(Value value, String source) {
        boolean whole = value.kind() == Value.Kind.PARAMETER || needed.contributions(value) == 1;
        return whole ? value.gradient() : partial(value, source);
    }

    /** A part of the gradient by a value. */
    Value partial(Value value, String source) {
        String name = Value.gradientName(value.name()) + " (" + source;
        int count = 1;
        while (!names.add(name + (count == 1 ? ")" : ", " + count + ")"))) {
            count++;
        }
        return new Value(
                name + (count == 1 ? ")" : ", " + count + ")"), value.shape(), Value.Kind.GRADIENT, value.span());
    }

    /** The sum of so many gradients. */
    private Value sum(Value value, int count) {
        return count == needed.contributions(value) ? value.gradient() : partial(value, "sum of " + count);
    }

    private void arrive(Origin reader, Value value, Value contribution) {
        int count = arrived.merge(value, 1, Integer::sum);
        if (value.kind() == Value.Kind.PARAMETER) {
            return; // Its gradient's writers add by themselves.
        }
        Value sumSoFar = sums.get(value);
        if (sumSoFar == null) {
            sums.put(value, contribution);
            return;
        }
        Value sum = sum(value, count);
        operations.add(new Add(reader, sumSoFar, contribution, sum));
        sums.put(value, sum);
    }
}
