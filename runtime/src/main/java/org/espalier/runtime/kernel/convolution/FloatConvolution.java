package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Window;

/**
 * Convolutions on floats, as matrix products with the columns of the image: the matrix [in·kH·kW, places] that has, for
 * each place of the map, the elements of the image under the window (Chellapilla, Puri and Simard, 2006). Of the three
 * arrays that a convolution relates (see {@link ReferenceConvolution}), with the weight as the matrix W [out, in·kH·kW]
 * it is, as it lies in memory,
 *
 * <pre>
 *   map = W · columns      columns = Wᵀ · map, added up into the image      dW = map · columnsᵀ
 * </pre>
 *
 * <p>The columns are made for a part of the map at a time, so that they stay in the cache: some rows of a large map, or
 * several small ones whole, which are then gathered into one matrix.
 *
 * <p>{@link ConvolutionKernels} decides which convolutions are computed so.
 */
final class FloatConvolution {
    private final Gemm gemm;
    private final ConvolutionTuning tuning;
    private final Columns columns;
    private final Operand image;
    private final Operand map;
    private final Workspace workspace;
    private FloatBuffer scratch = FloatBuffer.allocate(0);
    private final int depth;
    private final int rowsAtOnce;
    private final int samplesAtOnce;
    private final int chunks;
    private final int units;

    /** Offset in scratch memory of the map's gathered part, behind the columns, and the floats that both take. */
    private final int matrixOffset;

    private final int size;

    /** True if the columns are the image itself: a window of one element that moves by one. */
    private final boolean pointwise;

    FloatConvolution(
            Gemm gemm, ConvolutionTuning tuning, Operand image, Operand map, Window window, Workspace workspace) {
        this.gemm = gemm;
        this.tuning = tuning;
        this.image = image;
        this.map = map;
        this.workspace = workspace;
        columns = new Columns(image, map, window);
        depth = image.channels * window.kernelSize();
        int places = map.height * map.width;
        int atOnce = Math.max(tuning.fewPlaces(), Math.min(tuning.manyPlaces(), tuning.columnsSize() / depth));
        rowsAtOnce = Math.max(1, Math.min(map.height, atOnce / map.width));
        samplesAtOnce = Math.max(1, Math.min(map.samples, Math.min(atOnce, tuning.placesTogether()) / places));
        chunks = (map.height + rowsAtOnce - 1) / rowsAtOnce;
        units = (map.samples + samplesAtOnce - 1) / samplesAtOnce;
        matrixOffset = Workspace.aligned((long) samplesAtOnce * rowsAtOnce * map.width * depth);
        size = matrixOffset
                + (samplesAtOnce == 1 ? 0 : Workspace.aligned((long) samplesAtOnce * places * map.channels));
        pointwise = samplesAtOnce == 1
                && window.kernelSize() == 1
                && window.strideHeight() == 1
                && window.strideWidth() == 1
                && window.paddingHeight() == 0
                && window.paddingWidth() == 0;
    }

    /** map = W · columns + b. */
    void toMap(Operand weight, float[] bias) {
        int parts = units * chunks;
        forEach(parts, (index, memory) -> {
            Part part = part(index);
            if (part.samples() == 1) {
                int slices = isOnAllThreads(parts) ? 1 : slices(part);
                boolean alone = isOnAllThreads(parts) || slices > 1;
                forEachSlice(part, slices, (slice, offset) -> {
                    Matrix from = columns(slice, memory + offset);
                    multiplyOntoBias(weight, false, from, slice.places(map), map, slice.start(map), bias, alone);
                });
            } else {
                int n = part.places(map);
                Matrix from = columns(part, memory);
                long product = workspace.address(memory + matrixOffset);
                gemm.multiply(
                        false,
                        false,
                        map.channels,
                        n,
                        depth,
                        weight.address,
                        depth,
                        from.address(),
                        from.stride(),
                        0,
                        product,
                        n);
                scatter(part, memory + matrixOffset, bias);
            }
        });
    }

    /** image = the sum of Wᵀ · map over the columns, + b. */
    void toImage(Operand weight, float[] bias) {
        forEach(units, (unit, memory) -> {
            int done = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                Part part = part(unit * chunks + chunk);
                int n = part.places(map);
                Matrix from = gathered(part, memory);
                if (pointwise) {
                    multiplyOntoBias(weight, true, from, n, image, part.start(image), bias, isOnAllThreads(units));
                    continue;
                }
                gemm.multiply(
                        true,
                        false,
                        depth,
                        n,
                        map.channels,
                        weight.address,
                        depth,
                        from.address(),
                        from.stride(),
                        0,
                        workspace.address(memory),
                        n);
                done = columns.addToImage(part, scratch, memory, done, bias);
            }
        });
    }

    /**
     * dW = map · columnsᵀ, for parts of the batch at the same time if that is worth adding up their gradients, else one
     * part after another.
     */
    void toWeight(Operand weight, boolean accumulate) {
        int parts = units * chunks;
        int groups = weight.size() > tuning.largeWeight() ? 1 : Math.min(Parallel.THREADS, parts / 2);
        if (groups <= 1) {
            scratch = workspace.reserve(size);
            for (int index = 0; index < parts; index++) {
                addToWeight(part(index), 0, accumulate || index > 0, weight.address);
            }
            return;
        }
        int partial = Workspace.aligned(weight.size());
        scratch = workspace.reserve((long) groups * (partial + size));
        Parallel.forEach(groups, group -> {
            int own = group * (partial + size);
            int first = (int) ((long) parts * group / groups);
            int end = (int) ((long) parts * (group + 1) / groups);
            for (int index = first; index < end; index++) {
                addToWeight(part(index), own + partial, index > first, workspace.address(own));
            }
        });
        Blocks.forEach(1, weight.size(), (index, run, from, count, block) -> {
            if (accumulate) {
                weight.get(from, block.a, count);
            } else {
                Arrays.fill(block.a, 0, count, 0);
            }
            for (int group = 0; group < groups; group++) {
                scratch.get(group * (partial + size) + from, block.b, 0, count);
                FloatElementwise.add(block.a, block.b, count);
            }
            weight.put(from, block.a, count);
        });
    }

    private void addToWeight(Part part, int memory, boolean add, long weight) {
        Matrix right = columns(part, memory);
        Matrix left = gathered(part, memory);
        gemm.multiply(
                false,
                true,
                map.channels,
                depth,
                part.places(map),
                left.address(),
                left.stride(),
                right.address(),
                right.stride(),
                add ? 1 : 0,
                weight,
                depth);
    }

    /**
     * Some rows of some samples of the map: {@code top} to {@code bottom} of {@code first} to {@code end}, exclusive.
     */
    record Part(int first, int end, int top, int bottom) {
        int samples() {
            return end - first;
        }

        int places(Operand map) {
            return samples() * (bottom - top) * map.width;
        }

        /** Computes the offset of its first row, in elements. */
        int start(Operand map) {
            return first * map.sampleStride + top * map.width;
        }
    }

    /** A matrix with one row for each channel. */
    private record Matrix(long address, int stride) {}

    private Part part(int index) {
        int first = index / chunks * samplesAtOnce;
        int top = index % chunks * rowsAtOnce;
        return new Part(
                first, Math.min(map.samples, first + samplesAtOnce), top, Math.min(map.height, top + rowsAtOnce));
    }

    private Matrix columns(Part part, int memory) {
        if (pointwise) {
            return new Matrix(ForeignMemory.at(image.address, part.start(image)), image.height * image.width);
        }
        columns.make(part, scratch, memory);
        return new Matrix(workspace.address(memory), part.places(map));
    }

    /** The part of the map, which is a matrix where it lies unless it has several samples. */
    private Matrix gathered(Part part, int memory) {
        if (part.samples() == 1) {
            return new Matrix(ForeignMemory.at(map.address, part.start(map)), map.height * map.width);
        }
        int to = memory + matrixOffset;
        int places = map.height * map.width;
        int n = part.places(map);
        Channels.forEach(map.channels, n, o -> {
            float[] row = Scratch.get().plane(n);
            for (int s = 0; s < part.samples(); s++) {
                map.floats().get((part.first() + s) * map.sampleStride + o * places, row, s * places, places);
            }
            scratch.put(to + o * n, row, 0, n);
        });
        return new Matrix(workspace.address(to), n);
    }

    /** Brings a product to its places in the map and adds the bias. */
    private void scatter(Part part, int from, float[] bias) {
        int places = map.height * map.width;
        int n = part.places(map);
        Channels.forEach(map.channels, n, o -> {
            float[] row = Scratch.get().plane(n);
            scratch.get(from + o * n, row, 0, n);
            float b = bias[o];
            for (int i = 0; i < n; i++) {
                row[i] += b;
            }
            for (int s = 0; s < part.samples(); s++) {
                map.floats().put((part.first() + s) * map.sampleStride + o * places, row, s * places, places);
            }
        });
    }

    /**
     * to[:, start …] = op(W) · from + b. The product adds to b, which costs nothing: a product that does not add first
     * clears its result.
     *
     * @param alone whether other threads are busy with work of their own
     */
    private void multiplyOntoBias(
            Operand weight, boolean transpose, Matrix from, int n, Operand to, int start, float[] bias, boolean alone) {
        int plane = to.height * to.width;
        int inner = transpose ? map.channels : depth;
        Gemm.Tile product = (m0, m1, n0, n1) -> {
            for (int c = m0; c < m1; c++) {
                fill(to, start + c * plane + n0, n1 - n0, bias[c]);
            }
            gemm.multiplyTile(
                    transpose,
                    false,
                    m0,
                    m1,
                    n0,
                    n1,
                    inner,
                    weight.address,
                    depth,
                    from.address(),
                    from.stride(),
                    1,
                    ForeignMemory.at(to.address, start),
                    plane);
        };
        if (alone) {
            product.run(0, to.channels, 0, n);
        } else {
            gemm.tiles(to.channels, n, inner, product);
        }
    }

    private static void fill(Operand to, int start, int count, float value) {
        float[] block = Scratch.get().a;
        Arrays.fill(block, 0, Math.min(count, block.length), value);
        for (int from = 0; from < count; from += block.length) {
            to.put(start + from, block, Math.min(block.length, count - from));
        }
    }

    /** Work on one of the map's parts, with the scratch memory from an offset on. */
    private interface Work {
        void run(int index, int memory);
    }

    /**
     * Chooses the number of slices of a part of one sample that are done at the same time. A thread that makes the
     * columns of its own slice has them in its cache; but large weights are better read once, half by each thread.
     */
    private int slices(Part part) {
        int n = part.places(map);
        boolean isWide = n > map.channels && gemm.isWorthCutting(map.channels, n, depth);
        return isWide ? Math.min(Parallel.THREADS, part.bottom() - part.top()) : 1;
    }

    /** Does the work for rows of a part of one sample, with where the columns of each lie. */
    private void forEachSlice(Part part, int slices, Slice work) {
        int rows = part.bottom() - part.top();
        Parallel.forEach(slices, slice -> {
            int top = rows * slice / slices;
            int bottom = rows * (slice + 1) / slices;
            work.run(
                    new Part(part.first(), part.end(), part.top() + top, part.top() + bottom), top * map.width * depth);
        });
    }

    /** Work on some rows of a part, with its columns from an offset on in the part's scratch memory. */
    private interface Slice {
        void run(Part slice, int offset);
    }

    /** Tells whether so many parts are enough to do several at the same time. */
    private static boolean isOnAllThreads(int count) {
        return count >= 2 * Parallel.THREADS;
    }

    /** Does the work for several parts at the same time, or for one after another, each on all cores. */
    private void forEach(int count, Work work) {
        if (isOnAllThreads(count)) {
            scratch = workspace.reserve((long) Parallel.THREADS * size);
            Parallel.forEachSlotted(count, (index, slot) -> work.run(index, slot * size));
        } else {
            scratch = workspace.reserve(size);
            for (int index = 0; index < count; index++) {
                work.run(index, 0);
            }
        }
    }
}
