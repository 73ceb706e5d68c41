package org.espalier.runtime.kernel;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Something done to each element, which a kernel does on the way, to each block while it is in the cache, so that it
 * costs no pass of its own over memory: {@code relu()}, {@code add(shortcut)}, {@code store(norm)}.
 *
 * <p>Kernels take any number of them and do them in their order. A forward kernel does them to what it has computed,
 * before writing it; a backward kernel to the gradient that it is given, before using it, and those in
 * {@link Kernels#afterwards} to the gradient that it has computed, before writing it. The numbers are those, to the
 * bit, of kernels called one after the other. An array that a step reads may be the one that the kernel writes, but if
 * a kernel has steps of both sorts, none that steps afterwards read.
 *
 * <p>Made by the kernels that are named like them, in {@link Kernels} and {@link Activations}.
 */
public abstract class Step {
    /** Forgets what was there. */
    public static final Step ZERO = map((values, n) -> Arrays.fill(values, 0, n, 0), value -> 0);

    /** Leaves everything as it is. */
    static final Step NOTHING = map((values, n) -> {}, value -> value);

    Step() {}

    /** Whether nothing that it reads or writes has gaps between its samples. */
    abstract boolean isContiguous();

    /** Whether it reads what is in this memory. */
    boolean reads(Operand memory) {
        return false;
    }

    /**
     * Does it to the elements of one block.
     *
     * @param values the block
     * @param sample the sample that the block is of; 0 if all operands are contiguous and taken for one sample
     * @param from the block's first element, counted from the start of the sample
     * @param count its elements
     * @param spare as long as a block, to compute in
     */
    abstract void run(float[] values, int sample, int from, int count, float[] spare);

    /** Does it to all elements, in 'c' order. */
    abstract void run(double[] values);

    /** Is called once it was done to all elements. */
    void end() {}

    /** What a step from outside does to elements, given those at the same places of another array. */
    public interface Beside {
        /**
         * Does it to a block, on any thread.
         *
         * @param place where the block begins, counted in elements of the array in 'c' order: no other block does
         */
        void run(float[] values, float[] others, int place, int count);

        /** Does it to all elements, in 'c' order. */
        void run(double[] values, double[] others);

        /** Is called once it was done to all elements. */
        void end();
    }

    /** A step from outside. */
    public static Step beside(INDArray others, Beside work) {
        return new Accompanying(Operand.of(others), work);
    }

    /** values = f(values). */
    static Step map(Elementwise.Map f, DoubleUnaryOperator reference) {
        return new Mapping(f, reference);
    }

    /** values = f(values, others). */
    static Step zip(INDArray others, Elementwise.Zip f, DoubleBinaryOperator reference) {
        return new Zipping(Operand.of(others), f, reference);
    }

    /** values = f(values, others…). */
    @SuppressWarnings("overloads") // See Formulas.
    static Step formula(FloatFormula f, INDArray... others) {
        return new Computing(operands(others), f, null);
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // See Formulas.
    static Step formula(DoubleFormula f, INDArray... others) {
        return new Computing(operands(others), null, f);
    }

    private static Operand[] operands(INDArray... arrays) {
        return Arrays.stream(arrays).map(Operand::of).toArray(Operand[]::new);
    }

    /** copy = values. */
    static Step storing(INDArray copy) {
        return new Storing(Operand.of(copy));
    }

    /** Those done to what a backward kernel is given. */
    static Step[] before(Step... steps) {
        return Arrays.stream(steps)
                .filter(step -> !(step instanceof Afterwards))
                .toArray(Step[]::new);
    }

    /** Those done to what a backward kernel has computed. */
    static Step[] after(Step... steps) {
        return Arrays.stream(steps)
                .filter(Afterwards.class::isInstance)
                .flatMap(step -> Arrays.stream(((Afterwards) step).steps))
                .toArray(Step[]::new);
    }

    /** Is a kernel by itself: y is x after this step. y may be x. */
    void apply(INDArray x, INDArray y) {
        run(x, y, this);
    }

    /** y = x after some steps, in one pass. */
    static void run(INDArray x, INDArray y, Step... steps) {
        Operand from = Operand.of(x);
        if (from.isFloat) {
            Elementwise.run(from, Operand.of(y), steps);
        } else {
            double[] values = from.read();
            run(values, steps);
            Operand.of(y).write(values);
        }
    }

    /** Does some steps to all elements, in 'c' order. */
    static void run(double[] values, Step... steps) {
        for (Step step : steps) {
            step.run(values);
        }
        end(steps);
    }

    /** Tells steps that all elements have gone through. */
    static void end(Step... steps) {
        for (Step step : steps) {
            step.end();
        }
    }

    /** Steps in their order; a kernel that has no use for the difference does them as any others. */
    static final class Afterwards extends Step {
        private final Step[] steps;

        Afterwards(Step... steps) {
            this.steps = steps.clone();
        }

        @Override
        boolean isContiguous() {
            return Arrays.stream(steps).allMatch(Step::isContiguous);
        }

        @Override
        boolean reads(Operand memory) {
            return Arrays.stream(steps).anyMatch(step -> step.reads(memory));
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            for (Step step : steps) {
                step.run(values, sample, from, count, spare);
            }
        }

        @Override
        void run(double[] values) {
            for (Step step : steps) {
                step.run(values);
            }
        }

        @Override
        void end() {
            end(steps);
        }
    }

    private static final class Mapping extends Step {
        private final Elementwise.Map f;
        private final DoubleUnaryOperator reference;

        Mapping(Elementwise.Map f, DoubleUnaryOperator reference) {
            this.f = f;
            this.reference = reference;
        }

        @Override
        boolean isContiguous() {
            return true;
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            f.apply(values, count);
        }

        @Override
        void run(double[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] = reference.applyAsDouble(values[i]);
            }
        }
    }

    private static final class Zipping extends Step {
        private final Operand others;
        private final Elementwise.Zip f;
        private final DoubleBinaryOperator reference;

        Zipping(Operand others, Elementwise.Zip f, DoubleBinaryOperator reference) {
            this.others = others;
            this.f = f;
            this.reference = reference;
        }

        @Override
        boolean isContiguous() {
            return others.isContiguous();
        }

        @Override
        boolean reads(Operand memory) {
            return others.address == memory.address;
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            others.get(sample * others.sampleStride + from, spare, count);
            f.apply(values, spare, count);
        }

        @Override
        void run(double[] values) {
            double[] other = others.read();
            for (int i = 0; i < values.length; i++) {
                values[i] = reference.applyAsDouble(values[i], other[i]);
            }
        }
    }

    /** A formula is of floats or of doubles, as the network is. */
    private static final class Computing extends Step {
        private final Operand[] others;
        private final @Nullable FloatFormula floats;
        private final @Nullable DoubleFormula doubles;

        Computing(Operand[] others, @Nullable FloatFormula floats, @Nullable DoubleFormula doubles) {
            this.others = others;
            this.floats = floats;
            this.doubles = doubles;
        }

        @Override
        boolean isContiguous() {
            return Arrays.stream(others).allMatch(Operand::isContiguous);
        }

        @Override
        boolean reads(Operand memory) {
            return Arrays.stream(others).anyMatch(other -> other.address == memory.address);
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            float[][] operands = Scratch.get().operands(values, others.length);
            for (int i = 0; i < others.length; i++) {
                others[i].get(sample * others[i].sampleStride + from, operands[i + 1], count);
            }
            Objects.requireNonNull(floats, "a formula of doubles on floats").apply(operands, values, count);
        }

        @Override
        void run(double[] values) {
            double[][] operands = new double[others.length + 1][];
            operands[0] = values;
            for (int i = 0; i < others.length; i++) {
                operands[i + 1] = others[i].read();
            }
            Objects.requireNonNull(doubles, "a formula of floats on doubles").apply(operands, values, values.length);
        }
    }

    private static final class Accompanying extends Step {
        private final Operand others;
        private final Beside work;

        Accompanying(Operand others, Beside work) {
            this.others = others;
            this.work = work;
        }

        @Override
        boolean isContiguous() {
            return others.isContiguous();
        }

        @Override
        boolean reads(Operand memory) {
            return others.address == memory.address;
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            others.get(sample * others.sampleStride + from, spare, count);
            work.run(values, spare, sample * others.sampleSize + from, count);
        }

        @Override
        void run(double[] values) {
            work.run(values, others.read());
        }

        @Override
        void end() {
            work.end();
        }
    }

    private static final class Storing extends Step {
        private final Operand copy;

        Storing(Operand copy) {
            this.copy = copy;
        }

        @Override
        boolean isContiguous() {
            return copy.isContiguous();
        }

        @Override
        void run(float[] values, int sample, int from, int count, float[] spare) {
            copy.put(sample * copy.sampleStride + from, values, count);
        }

        @Override
        void run(double[] values) {
            copy.write(values);
        }
    }
}
