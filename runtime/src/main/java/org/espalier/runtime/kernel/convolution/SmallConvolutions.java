package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Prepared;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Shape;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.window.Window;

/**
 * The convolutions of one network that {@link SmallConvolution} computes, with the weights that it prepared. Whether
 * these still are the weights is seen by comparing them with a copy, which takes a tenth of the time of preparing them.
 */
final class SmallConvolutions {
    private static final Optional<SmallConvolution> FOUND = ServiceLoader.load(SmallConvolution.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(SmallConvolution::isAvailable)
            .findFirst();

    private final Optional<SmallConvolution> algorithm;
    private final Map<Key, Kept> kept = new HashMap<>();

    /** Convolutions by the algorithm that was found. */
    SmallConvolutions() {
        this(FOUND);
    }

    SmallConvolutions(Optional<SmallConvolution> algorithm) {
        this.algorithm = algorithm;
    }

    /** Two layers may have the same weights, and differ in their shapes. */
    private record Key(long weight, Shape shape) {}

    private record Kept(FloatBuffer weight, Prepared prepared) {}

    /** Computes the map, if it is one that the algorithm takes. */
    boolean toMap(Operand image, Operand weight, float[] bias, Operand map, Window window) {
        if (algorithm.isEmpty()
                || window.strideHeight() != 1
                || window.strideWidth() != 1
                || window.dilationHeight() != 1
                || window.dilationWidth() != 1) {
            return false;
        }
        Shape shape = new Shape(
                image.channels,
                map.channels,
                window.kernelHeight(),
                window.kernelWidth(),
                window.paddingHeight(),
                window.paddingWidth(),
                image.height,
                image.width,
                map.height,
                map.width);
        if (!algorithm.get().takes(shape)) {
            return false;
        }
        Prepared prepared = prepared(algorithm.get(), weight, shape);
        int rows = prepared.rows();
        int bands = Math.min(rows, Parallel.THREADS);
        Parallel.forEach(map.samples * bands, task -> {
            int sample = task / bands;
            int band = task % bands;
            prepared.toMap(
                    image.floats(),
                    sample * image.sampleStride,
                    map.floats(),
                    sample * map.sampleStride,
                    bias,
                    rows * band / bands,
                    rows * (band + 1) / bands);
        });
        return true;
    }

    private Prepared prepared(SmallConvolution algorithm, Operand weight, Shape shape) {
        Key key = new Key(weight.address, shape);
        Kept known = kept.get(key);
        if (known != null && known.weight().mismatch(weight.floats()) < 0) {
            return known.prepared();
        }
        FloatBuffer copy = FloatBuffer.allocate(weight.size());
        copy.duplicate().put(weight.floats().duplicate());
        Prepared prepared = algorithm.prepare(copy, shape);
        kept.put(key, new Kept(copy, prepared));
        return prepared;
    }

    /** Returns the size of what is kept of the weights: copies, and what was made of them. */
    long bytes() {
        return kept.values().stream()
                .mapToLong(weights -> (long) weights.weight().capacity() * Float.BYTES
                        + weights.prepared().bytes())
                .sum();
    }

    /** Forgets the weights. */
    void clear() {
        kept.clear();
    }
}
