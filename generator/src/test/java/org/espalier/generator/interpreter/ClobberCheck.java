package org.espalier.generator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
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
        if (effect instanceof Effect.Reshapes reshape) {
            rearrange(List.of(memory.of(reshape.in())), List.of(tokens(reshape.in())), List.of(0), reshape.out());
        } else if (effect instanceof Effect.Slices slices) {
            slices.parts().forEach(part -> slice(slices.in(), part));
        } else if (effect instanceof Effect.Gathers gather) {
            rearrange(
                    gather.parts().stream().map(memory::of).toList(),
                    gather.parts().stream().map(this::tokens).toList(),
                    starts(gather.parts()),
                    gather.out());
        } else {
            checkOverlap(op, effect);
            op.outputs().stream().filter(Value::isPlanned).forEach(this::compute);
        }
        op.outputs().stream().filter(Value::isPlanned).forEach(output -> read(output, "the end of " + op));
    }

    private void slice(Value in, Effect.Slices.Part slice) {
        Tensor whole = memory.of(in);
        Tensor part = whole.channels(slice.from(), slice.value().shape());
        double[] tokens = tokens(in);
        double[] taken = new double[BATCH * part.elements];
        for (int n = 0; n < BATCH; n++) {
            int start = n * whole.elements + slice.from() * whole.area();
            System.arraycopy(tokens, start, taken, n * part.elements, part.elements);
        }
        rearrange(List.of(part), List.of(taken), List.of(0), slice.value());
    }

    private static List<Integer> starts(List<Value> parts) {
        java.util.ArrayList<Integer> starts = new java.util.ArrayList<>();
        int channel = 0;
        for (Value part : parts) {
            starts.add(channel);
            channel += part.shape().axis(1);
        }
        return starts;
    }

    /** Copies each part to its channels of a value, unless it is there. */
    private void rearrange(List<Tensor> parts, List<double[]> tokens, List<Integer> from, Value out) {
        Tensor whole = memory.of(out);
        double[] expectation = new double[whole.samples * whole.elements];
        for (int p = 0; p < parts.size(); p++) {
            Tensor part = parts.get(p);
            int start = from.get(p) * (whole.elements / whole.channels());
            for (int n = 0; n < whole.samples; n++) {
                for (int i = 0; i < part.elements; i++) {
                    double token = tokens.get(p)[n * part.elements + i];
                    expectation[n * whole.elements + start + i] = token;
                    whole.set(n, start + i, token);
                }
            }
        }
        expected.put(out, expectation);
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
                places.add(tensor.offset + n * tensor.stride + i);
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
