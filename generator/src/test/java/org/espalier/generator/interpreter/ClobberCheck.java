package org.espalier.generator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/**
 * Runs a program over its planned memory with a fresh token for every element computed, and checks before each reading
 * that the tokens are those that were written: that no value is overwritten while somebody still wants it.
 */
public final class ClobberCheck {
    private static final int BATCH = 2;

    private final Program program;
    private final InterpreterMemory memory;
    private final Map<Value, double[]> expected = new HashMap<>();
    private double lastToken;

    private ClobberCheck(Program program) {
        this.program = program;
        this.memory = new InterpreterMemory(program.memory(), BATCH);
    }

    /** Fails if any operation of the program, or the user after it, would read what was not meant for it. */
    public static void check(Program program) {
        ClobberCheck check = new ClobberCheck(program);
        program.forward().forEach(check::run);
        program.graph().outputs().forEach(output -> check.read(output, "the user after forward"));
        program.seeds().forEach(seed -> check.compute(seed.gradient()));
        program.backward().forEach(check::run);
        program.graph().outputs().forEach(output -> check.read(output, "the user after backward"));
        program.inputGradients().forEach(gradient -> check.read(gradient, "the user after backward"));
    }

    private void run(Op op) {
        op.inputs().stream().filter(Value::isPlanned).forEach(input -> read(input, op.toString()));
        Effect effect = op.effect();
        if (!effect.views().isEmpty()) {
            move(op, effect.views());
        } else {
            checkOverlap(op, effect);
            op.outputs().stream().filter(Value::isPlanned).forEach(this::compute);
        }
        op.outputs().stream().filter(Value::isPlanned).forEach(output -> read(output, "the end of " + op));
    }

    /** Copies each part to where it is seen in the whole, or out of it, unless it is there. */
    private void move(Op op, List<Effect.Alias> aliases) {
        Map<Value, double[]> moved = new HashMap<>();
        for (Effect.Alias alias : aliases) {
            Value value = alias.value();
            Value of = alias.view().of();
            int[] places = places(alias);
            Value out = op.outputs().contains(value) ? value : of;
            double[] from = tokens(out.equals(value) ? of : value);
            double[] to =
                    moved.computeIfAbsent(out, key -> new double[memory.of(out).toArray().length]);
            for (int i = 0; i < places.length; i++) {
                if (out.equals(value)) {
                    to[i] = from[places[i]];
                } else {
                    to[places[i]] = from[i];
                }
            }
        }
        moved.forEach((value, tokens) -> {
            Tensor tensor = memory.of(value);
            for (int i = 0; i < tokens.length; i++) {
                tensor.set(i / tensor.elements, i % tensor.elements, tokens[i]);
            }
            expected.put(value, tokens);
        });
    }

    /** For each element of a value, sample after sample, which of the whole it is. */
    private int[] places(Effect.Alias alias) {
        Shape whole = alias.view().of().shape();
        Tensor counted = new Tensor(new double[0], 0, Math.toIntExact(whole.elements()), BATCH, whole)
                .seen(alias.view(), alias.value().shape());
        return IntStream.range(0, counted.samples * counted.elements)
                .map(i -> counted.place(i / counted.elements, i % counted.elements))
                .toArray();
    }

    private double[] tokens(Value value) {
        return expected.computeIfAbsent(value, outside -> fresh(memory.of(outside)));
    }

    private double[] fresh(Tensor tensor) {
        double[] tokens = new double[tensor.samples * tensor.elements];
        for (int n = 0; n < tensor.samples; n++) {
            for (int i = 0; i < tensor.elements; i++) {
                lastToken++;
                tokens[n * tensor.elements + i] = lastToken;
                tensor.set(n, i, lastToken);
            }
        }
        return tokens;
    }

    private void compute(Value value) {
        expected.put(value, fresh(memory.of(value)));
    }

    private void read(Value value, String reader) {
        assertThat(memory.of(value).toArray())
                .as("%s as read by %s", value, reader)
                .isEqualTo(expected.get(value));
    }

    private void checkOverlap(Op op, Effect effect) {
        for (Value output : op.outputs()) {
            for (Value input : op.inputs()) {
                boolean elementwise = effect instanceof Effect.MayOverwrite overwrite
                        && overwrite.out().equals(output)
                        && !overwrite.readAfterwards().contains(input)
                        && memory.of(input).isAt(memory.of(output));
                if (!elementwise && input.isPlanned() && output.isPlanned()) {
                    Set<Integer> both = places(memory.of(input));
                    both.retainAll(places(memory.of(output)));
                    assertThat(both)
                            .as("places both read and written by %s", op)
                            .isEmpty();
                }
            }
        }
    }

    private static Set<Integer> places(Tensor tensor) {
        Set<Integer> places = new HashSet<>();
        for (int n = 0; n < tensor.samples; n++) {
            for (int i = 0; i < tensor.elements; i++) {
                places.add(tensor.place(n, i));
            }
        }
        return places;
    }

    /** Elements for one sample that the program would take if no value shared memory with another. */
    public static long perSampleUnshared(Program program) {
        return program.memory().placements().keySet().stream()
                .filter(value -> value.shape().batched())
                .mapToLong(value -> value.shape().elements())
                .sum();
    }
}
