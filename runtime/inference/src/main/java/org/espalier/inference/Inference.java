package org.espalier.inference;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.IntTensor;
import org.jspecify.annotations.Nullable;

/**
 * A trained network that predicts, the superclass of generated classes. Any number of threads may use one at once: its
 * weights never change, and each call has memory of its own.
 *
 * @param <P> the memory of a call
 */
public abstract class Inference<P extends Inference.Pass> {
    /** Passes that no call uses at the moment. */
    private final ConcurrentLinkedQueue<P> idle = new ConcurrentLinkedQueue<>();

    /** The weights, until the network has read them. */
    private @Nullable InferenceWeights weights;

    /** Begins with weights, which the initializers of fields take their tensors from. */
    protected Inference(InferenceWeights weights) {
        this.weights = weights;
    }

    private InferenceWeights weights() {
        return Objects.requireNonNull(weights, "weights are read while a network is made");
    }

    /** Returns a tensor of the weights. */
    protected final FloatTensor weight(String name, int... sizes) {
        return weights().tensor(name, sizes);
    }

    /** Returns a tensor of whole numbers. */
    protected final IntTensor indices(String name, int... sizes) {
        return weights().indices(name, sizes);
    }

    /** Reads a network's weights from a safetensors file and hands them to its constructor. */
    protected static <N> N load(Path file, Function<InferenceWeights, N> network) throws IOException {
        // The system's own message does not say which.
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a folder, not a weights file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return load(in, file.toString(), network);
        }
    }

    /** Reads a network's weights from a stream. */
    protected static <N> N load(InputStream in, String source, Function<InferenceWeights, N> network)
            throws IOException {
        return network.apply(InferenceWeights.read(in, source));
    }

    /**
     * Checks that the weights have nothing that the network does not know, but what training keeps beside them, and
     * lets go of the file.
     *
     * @param unread names that training needs and inference does not
     */
    protected final void complete(String... unread) {
        Set<String> left = weights().left();
        left.removeAll(Set.of(unread));
        left.removeIf(name -> name.endsWith(".num_batches_tracked") || name.contains(":"));
        if (!left.isEmpty()) {
            String first = left.stream().sorted().findFirst().orElseThrow();
            throw new IllegalArgumentException("the network has no tensor '" + first + "', which the weights have");
        }
        weights = null;
    }

    /**
     * Counts the samples of an input.
     *
     * @throws IllegalArgumentException if its length is no multiple of a sample's
     */
    protected static int samples(String input, int length, int ofSample) {
        if (length == 0 || length % ofSample != 0) {
            throw new IllegalArgumentException(input + " has " + length + " elements, which is no multiple of "
                    + ofSample + ", the elements of a sample");
        }
        return length / ofSample;
    }

    /** Checks that a further input has as many samples as the first. */
    protected static void requireSamples(String input, int length, int ofSample, int samples) {
        if (length != (long) samples * ofSample) {
            throw new IllegalArgumentException(
                    input + " has " + length + " elements, not " + ofSample + " for each of " + samples + " samples");
        }
    }

    /** Checks that whole numbers are below a limit. */
    protected static void requireBelow(String input, int[] values, int limit) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= limit) {
                throw new IllegalArgumentException(
                        input + " has " + values[i] + " at place " + i + ", not 0 to " + (limit - 1));
            }
        }
    }

    /** A pass for so many samples, perhaps one that an earlier call has given back. */
    protected P take(int samples) {
        P pass = idle.poll();
        return pass != null && ((Pass) pass).samples == samples ? pass : pass(samples);
    }

    /** Gives a pass back. */
    protected void give(P pass) {
        idle.offer(pass);
    }

    /** Makes a pass. */
    protected abstract P pass(int samples);

    /**
     * Memory of one call: the tensors between the layers, planned so that those that are not needed at once overlap.
     */
    public abstract static class Pass {
        final int samples;
        private final long perSample;
        private final float[] memory;

        /**
         * Takes memory.
         *
         * @param perSample elements for each sample
         * @param fixed elements besides
         */
        protected Pass(int samples, long perSample, long fixed) {
            this.samples = samples;
            this.perSample = perSample;
            long elements = Math.addExact(Math.multiplyExact(samples, perSample), fixed);
            if (elements > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(samples + " samples need " + elements
                        + " elements between layers, more than an array holds: predict fewer at once");
            }
            this.memory = new float[(int) elements];
        }

        /** A tensor with a batch, with so many elements of each sample before it. */
        protected FloatTensor perSample(long offset, int... sizes) {
            return FloatTensor.batch(memory, Math.toIntExact(samples * offset), samples, sizes);
        }

        /** A tensor without a batch, with so many of those elements before it. */
        protected FloatTensor fixed(long offset, int... sizes) {
            return FloatTensor.fixed(memory, Math.toIntExact(samples * perSample + offset), sizes);
        }

        /** The same elements under another shape. */
        protected static FloatTensor view(FloatTensor tensor, int... sizes) {
            return tensor.view(sizes);
        }

        /** The elements of a tensor that follow so many others in each sample. */
        protected static FloatTensor part(FloatTensor whole, int offset, int... sizes) {
            return whole.part(offset, sizes);
        }

        /**
         * Elements of a tensor that lie apart.
         *
         * @param offset elements of a sample before the first
         * @param steps from one element to the next along each axis
         */
        protected static FloatTensor strided(FloatTensor whole, int offset, int[] steps, int... sizes) {
            return whole.strided(offset, steps, sizes);
        }
    }

    /** An input that the caller gives. */
    protected static FloatTensor input(float[] values, int samples, int... sizes) {
        return FloatTensor.batch(values, 0, samples, sizes);
    }

    /** Whole numbers that the caller gives. */
    protected static IntTensor input(int[] values, int samples, int... sizes) {
        return IntTensor.of(values, sizes);
    }

    /** A copy of a result, for the caller to keep. */
    protected static float[] result(FloatTensor tensor) {
        return tensor.toArray();
    }

    /** A tensor that depends on the weights alone, to be computed when they are read. */
    protected static FloatTensor constant(int... sizes) {
        return FloatTensor.of(new float[FloatTensor.product(sizes)], sizes);
    }
}
