package org.espalier.runtime.step;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.espalier.runtime.storage.Copies;
import org.espalier.runtime.storage.RunningStatistics;
import org.espalier.runtime.storage.Shapes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Checks the arrays that users give a step, and copies those that have gaps, or could change before kernels have read
 * them.
 */
public final class GivenArrays {
    private final String network;
    private final DataType type;
    private final StepGuard steps;
    private final Predicate<INDArray> isGradient;
    private final RunningStatistics statistics;
    private final Copies inputs;
    private final Copies targets;
    private final IndexInputs indices = new IndexInputs();

    /** The array that a kernel reads, and nothing else may refer to. */
    private @Nullable INDArray beingRead;

    /**
     * Takes arrays for a network.
     *
     * @param network its name, for messages
     * @param type that of its arrays
     * @param isGradient whether an array lies in the parameters' gradients, which a step overwrites
     * @param statistics which a step overwrites too
     */
    public GivenArrays(
            String network,
            DataType type,
            StepGuard steps,
            Predicate<INDArray> isGradient,
            RunningStatistics statistics) {
        this.network = network;
        this.type = type;
        this.steps = steps;
        this.isGradient = isGradient;
        this.statistics = statistics;
        this.inputs = new Copies(type);
        this.targets = new Copies(type);
    }

    /**
     * Checks an input.
     *
     * @param batch what its batch size must be, or 0 for any
     * @param sample the shape of one sample
     * @throws IllegalArgumentException if type or shape are not those expected
     */
    public void checkInput(String name, INDArray array, long batch, long... sample) {
        Shapes.check(() -> "input '" + name + "' of " + network, array, type, batch, sample);
    }

    /** The array itself if it is without gaps and stays as it is until the backward, else a copy. */
    public INDArray input(String name, INDArray array) {
        return steps.isOneCall() && Shapes.isContiguous(array) && !isGradient.test(array) && !statistics.holds(array)
                ? array
                : inputs.of(name, array);
    }

    /**
     * Checks an input of whole numbers, INT or LONG.
     *
     * @param batch what its batch size must be, or 0 for any
     * @param limit what each of them is below, counted from 0
     * @param sample the shape of one sample
     * @return its elements in 'c' order
     * @throws IllegalArgumentException if type or shape are not those expected, or a number is out of range
     */
    public long[] checkIndices(String name, INDArray array, long batch, int limit, long... sample) {
        return IndexInputs.check(() -> "input '" + name + "' of " + network, array, batch, limit, sample);
    }

    /** Whole numbers that were checked, in memory of their own. */
    public INDArray indices(String name, long[] elements, long... shape) {
        return indices.of(name, elements, shape);
    }

    /**
     * Checks what an output is compared with.
     *
     * @param batch that of the last forward
     * @param sample the shape of one sample
     * @return the array, or a copy without gaps
     * @throws IllegalArgumentException if type or shape are not those expected, or a step's forward would change it
     */
    public INDArray target(String name, INDArray array, long batch, long... sample) {
        Shapes.check(() -> "target '" + name + "' of " + network, array, type, batch, sample);
        requireUnchanged("target", name, array);
        return read(name, array);
    }

    /**
     * Checks class indices, of any number format.
     *
     * @param batch that of the last forward
     * @param sample the shape of one sample's
     * @throws IllegalArgumentException if the shape is another, or a step's forward would change them
     */
    public INDArray labels(String name, INDArray array, long batch, long... sample) {
        Shapes.checkOpen(() -> "labels '" + name + "' of " + network, array);
        if (!Shapes.hasShape(array, batch, sample)) {
            throw new IllegalArgumentException("labels '" + name + "' of " + network + " must be class indices "
                    + Shapes.describe(batch, sample) + ", one for each sample of the last forward, but are "
                    + Arrays.toString(array.shape()));
        }
        requireUnchanged("labels", name, array);
        beingRead = array;
        return array;
    }

    /**
     * Checks a gradient by an output.
     *
     * @param batch that of the last forward
     * @param sample the shape of one sample
     * @throws IllegalArgumentException if type or shape are not those expected
     */
    public void checkGradient(String name, INDArray array, long batch, long... sample) {
        Shapes.check(() -> "gradient by '" + name + "' of " + network, array, type, batch, sample);
    }

    /** The array itself if it is without gaps, else a copy; kept until what is {@link #reading} ends. */
    public INDArray read(String name, INDArray array) {
        INDArray read = Shapes.isContiguous(array) ? array : targets.of(name, array);
        beingRead = read;
        return read;
    }

    /** A whole step gets its target before its forward. */
    private void requireUnchanged(String what, String name, INDArray array) {
        if (steps.isOneCall() && statistics.holds(array)) {
            throw new IllegalArgumentException(what + " '" + name + "' of " + network
                    + " lies in the network's own statistics, which its forward changes; give dup() of it");
        }
    }

    /** Does what reads a target, labels or a gradient; kernels work on addresses, which do not keep arrays. */
    public <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } finally {
            Reference.reachabilityFence(beingRead);
            beingRead = null;
        }
    }

    /** Size of the copies in bytes. */
    public long bytes() {
        return inputs.bytes() + indices.bytes() + targets.bytes();
    }

    /** Frees the copies. */
    public void free() {
        inputs.free();
        indices.free();
        targets.free();
    }
}
