package org.espalier.runtime.kernel.elementwise;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.espalier.inference.curve.FloatCurve;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation on each element that is fused into a kernel, which does it to each block while that is in the cache, so
 * that it costs no pass of its own over memory: {@code relu()}, {@code add(shortcut)}, {@code store(norm)}.
 *
 * <p>Kernels take any number of them and do them in their order. A forward kernel does them to what it has computed,
 * before writing it; a backward kernel to the gradient that it is given, before using it, and those in
 * {@code Kernels.afterwards} to the gradient that it has computed, before writing it. The numbers are those, to the
 * bit, of kernels called one after the other. An array that an epilogue reads may be the one that the kernel writes,
 * but if a kernel has epilogues of both sorts, none that epilogues afterwards read.
 *
 * <p>Made by the kernels that are named like them, in {@code Kernels} and {@code Activations}.
 */
public abstract class Epilogue {
    /** Forgets what was there. */
    public static final Epilogue ZERO = map((values, n) -> Arrays.fill(values, 0, n, 0), value -> 0);

    /** Leaves everything as it is. */
    public static final Epilogue NOTHING = map((values, n) -> {}, value -> value);

    Epilogue() {}

    /** Tells whether nothing that it reads or writes has gaps between its samples. */
    abstract boolean isContiguous();

    /** Tells whether it reads what is in this memory. */
    public boolean reads(Operand memory) {
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
    public abstract void run(float[] values, int sample, int from, int count, float[] spare);

    /** Does it to all elements, in 'c' order. */
    public abstract void run(double[] values);

    /** Is called once it was done to all elements. */
    void end() {}

    /** Operation of an epilogue from outside on elements, given those at the same places of another array. */
    public interface Beside {
        /**
         * Does it to a block, on any thread.
         *
         * @param place where the block begins, counted in elements of the array in 'c' order: no other block does
         */
        public void run(float[] values, float[] others, int place, int count);

        /** Does it to all elements, in 'c' order. */
        public void run(double[] values, double[] others);

        /** Is called once it was done to all elements. */
        void end();
    }

    /** An epilogue from outside. */
    public static Epilogue beside(INDArray others, Beside work) {
        return new Accompanying(Operand.of(others), work);
    }

    /** values = f(values). */
    public static Epilogue map(FloatCurve f, DoubleUnaryOperator reference) {
        return new Mapping(f, reference);
    }

    /** values = f(values, others). */
    public static Epilogue zip(INDArray others, FloatElementwise.Zip f, DoubleBinaryOperator reference) {
        return new Zipping(Operand.of(others), f, reference);
    }

    /** values = f(values, others…). */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    static Epilogue formula(FloatFormula f, INDArray... others) {
        return new Computing(operands(others), f, null);
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    static Epilogue formula(DoubleFormula f, INDArray... others) {
        return new Computing(operands(others), null, f);
    }

    private static Operand[] operands(INDArray... arrays) {
        return Arrays.stream(arrays).map(Operand::of).toArray(Operand[]::new);
    }

    /** copy = values. */
    public static Epilogue storing(INDArray copy) {
        return new Storing(Operand.of(copy));
    }

    /** Those done to what a backward kernel is given. */
    public static Epilogue[] before(Epilogue... epilogues) {
        return Arrays.stream(epilogues)
                .filter(epilogue -> !(epilogue instanceof Afterwards))
                .toArray(Epilogue[]::new);
    }

    /** Those done to what a backward kernel has computed. */
    public static Epilogue[] after(Epilogue... epilogues) {
        return Arrays.stream(epilogues)
                .filter(Afterwards.class::isInstance)
                .flatMap(epilogue -> Arrays.stream(((Afterwards) epilogue).epilogues))
                .toArray(Epilogue[]::new);
    }

    /** Those that a backward kernel does to what it has computed. */
    public static Epilogue afterwards(Epilogue... epilogues) {
        return new Afterwards(epilogues);
    }

    /** Does some epilogues to all elements, in 'c' order. */
    public static void run(double[] values, Epilogue... epilogues) {
        for (Epilogue epilogue : epilogues) {
            epilogue.run(values);
        }
        end(epilogues);
    }

    /** Tells epilogues that all elements have gone through. */
    public static void end(Epilogue... epilogues) {
        for (Epilogue epilogue : epilogues) {
            epilogue.end();
        }
    }

    /** Epilogues in their order; a kernel that has no use for the difference does them as any others. */
    private static final class Afterwards extends Epilogue {
        private final Epilogue[] epilogues;

        Afterwards(Epilogue... epilogues) {
            this.epilogues = epilogues.clone();
        }

        @Override
        boolean isContiguous() {
            return Arrays.stream(epilogues).allMatch(Epilogue::isContiguous);
        }

        @Override
        public boolean reads(Operand memory) {
            return Arrays.stream(epilogues).anyMatch(epilogue -> epilogue.reads(memory));
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            for (Epilogue epilogue : epilogues) {
                epilogue.run(values, sample, from, count, spare);
            }
        }

        @Override
        public void run(double[] values) {
            for (Epilogue epilogue : epilogues) {
                epilogue.run(values);
            }
        }

        @Override
        void end() {
            end(epilogues);
        }
    }

    private static final class Mapping extends Epilogue {
        private final FloatCurve f;
        private final DoubleUnaryOperator reference;

        Mapping(FloatCurve f, DoubleUnaryOperator reference) {
            this.f = f;
            this.reference = reference;
        }

        @Override
        boolean isContiguous() {
            return true;
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            f.apply(values, count);
        }

        @Override
        public void run(double[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] = reference.applyAsDouble(values[i]);
            }
        }
    }

    private static final class Zipping extends Epilogue {
        private final Operand others;
        private final FloatElementwise.Zip f;
        private final DoubleBinaryOperator reference;

        Zipping(Operand others, FloatElementwise.Zip f, DoubleBinaryOperator reference) {
            this.others = others;
            this.f = f;
            this.reference = reference;
        }

        @Override
        boolean isContiguous() {
            return others.isContiguous();
        }

        @Override
        public boolean reads(Operand memory) {
            return others.address == memory.address;
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            others.get(sample * others.sampleStride + from, spare, count);
            f.apply(values, spare, count);
        }

        @Override
        public void run(double[] values) {
            double[] other = others.read();
            for (int i = 0; i < values.length; i++) {
                values[i] = reference.applyAsDouble(values[i], other[i]);
            }
        }
    }

    /** A formula is of floats or of doubles, as the network is. */
    private static final class Computing extends Epilogue {
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
        public boolean reads(Operand memory) {
            return Arrays.stream(others).anyMatch(other -> other.address == memory.address);
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            float[][] operands = Scratch.get().operands(values, others.length);
            for (int i = 0; i < others.length; i++) {
                others[i].get(sample * others[i].sampleStride + from, operands[i + 1], count);
            }
            Objects.requireNonNull(floats, "a formula of doubles on floats").apply(operands, values, count);
        }

        @Override
        public void run(double[] values) {
            double[][] operands = new double[others.length + 1][];
            operands[0] = values;
            for (int i = 0; i < others.length; i++) {
                operands[i + 1] = others[i].read();
            }
            Objects.requireNonNull(doubles, "a formula of floats on doubles").apply(operands, values, values.length);
        }
    }

    private static final class Accompanying extends Epilogue {
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
        public boolean reads(Operand memory) {
            return others.address == memory.address;
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            others.get(sample * others.sampleStride + from, spare, count);
            work.run(values, spare, sample * others.sampleSize + from, count);
        }

        @Override
        public void run(double[] values) {
            work.run(values, others.read());
        }

        @Override
        void end() {
            work.end();
        }
    }

    private static final class Storing extends Epilogue {
        private final Operand copy;

        Storing(Operand copy) {
            this.copy = copy;
        }

        @Override
        boolean isContiguous() {
            return copy.isContiguous();
        }

        @Override
        public void run(float[] values, int sample, int from, int count, float[] spare) {
            copy.put(sample * copy.sampleStride + from, values, count);
        }

        @Override
        public void run(double[] values) {
            copy.write(values);
        }
    }
}
