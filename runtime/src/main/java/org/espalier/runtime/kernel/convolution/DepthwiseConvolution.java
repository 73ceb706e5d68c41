package org.espalier.runtime.kernel.convolution;

import java.util.Arrays;
import java.util.ServiceLoader;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in groups, on floats, above all those of single channels (Howard and others, arXiv:1704.04861), whose
 * matrices are too thin for products of matrices: each plane is brought to a {@link TapLayout}, in which sums over the
 * taps are long loops. Names and formulas are {@link ReferenceConvolution}'s.
 *
 * <p>Tasks take several planes each, and write sums that do not depend on how the planes are shared out.
 */
final class DepthwiseConvolution {
    private static final TapSums SUMS = ServiceLoader.load(TapSums.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(TapSums::isAvailable)
            .findFirst()
            .orElseGet(PlainTapSums::new);

    /** Tasks for each thread, so that one that is held up does not hold up all. */
    private static final int TASKS_PER_THREAD = 4;

    private final TapSums sums;
    private final TapLayout layout;
    private final Operand image;
    private final Operand map;
    private final float[] noBias;
    private final int imagePlane;
    private final int mapPlane;
    private final int kernel;

    /** Channels of the image in a group, and of the map. */
    private final int inputs;

    private final int outputs;
    private final int groups;

    DepthwiseConvolution(TapLayout layout, Operand image, Operand weight, Operand map) {
        this(SUMS, layout, image, weight, map);
    }

    DepthwiseConvolution(TapSums sums, TapLayout layout, Operand image, Operand weight, Operand map) {
        this.sums = sums;
        this.layout = layout;
        this.image = image;
        this.map = map;
        inputs = weight.channels;
        groups = image.channels / inputs;
        outputs = map.channels / groups;
        imagePlane = image.height * image.width;
        mapPlane = map.height * map.width;
        kernel = layout.taps.length;
        noBias = new float[Math.max(image.channels, map.channels)];
    }

    /** map[n, o, i, j] = b[o] + Σ W[o, c, p, q] image[n, c, …]. */
    void toMap(Operand weight, @Nullable Operand bias) {
        float[] W = read(weight);
        float[] b = bias == null ? noBias : read(bias);
        int[] at = new int[inputs * kernel];
        for (int tap = 0; tap < at.length; tap++) {
            at[tap] = tap / kernel * layout.size + layout.taps[tap % kernel];
        }
        forEach(map.samples, outputs, (first, end) -> {
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(imagePlane);
            float[] phases = cleared(scratch.row(slack(inputs * layout.size)), slack(inputs * layout.size));
            float[] sum = scratch.lane(slack(layout.count));
            int present = -1;
            for (int index = first; index < end; index++) {
                int group = index / outputs;
                if (group != present) {
                    read(group, plane, phases);
                    present = group;
                }
                int n = group / groups;
                int o = group % groups * outputs + index % outputs;
                Arrays.fill(sum, 0, layout.count, b[o]);
                sums.add(phases, at, W, o * at.length, sum, layout.count);
                layout.gather(sum);
                map.put(n * map.sampleStride + o * mapPlane, sum, mapPlane);
            }
        });
    }

    /** Brings the planes of a sample's group to their phases. */
    private void read(int group, float[] plane, float[] phases) {
        int n = group / groups;
        for (int within = 0; within < inputs; within++) {
            int c = group % groups * inputs + within;
            image.get(n * image.sampleStride + c * imagePlane, plane, imagePlane);
            layout.toPhases(plane, phases, within * layout.size);
        }
    }

    /**
     * image[n, c, …] = b[c] + Σ W[o, c, p, q] map[n, o, i, j]: element e of a phase is a sum over the phase's taps,
     * which find their places in the map as far before e as they lie behind the start of the phase.
     */
    void toImage(Operand weight, @Nullable Operand bias) {
        float[] W = read(weight);
        float[] b = bias == null ? noBias : read(bias);
        int wide = slack(layout.reach + layout.phase);
        Phase[] phases = new Phase[layout.size / layout.phase];
        for (int index = 0; index < phases.length; index++) {
            phases[index] = new Phase(layout.tapsOf(index), wide);
        }
        forEach(image.samples, inputs, (first, end) -> {
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(Math.max(imagePlane, mapPlane));
            float[] maps = cleared(scratch.row(slack(outputs * wide)), slack(outputs * wide));
            float[] sum = scratch.lane(slack(layout.size));
            float[] part = scratch.curve(slack(layout.phase));
            float[] factors = new float[outputs * kernel];
            int present = -1;
            for (int index = first; index < end; index++) {
                int group = index / inputs;
                int n = group / groups;
                if (group != present) {
                    for (int output = 0; output < outputs; output++) {
                        int o = group % groups * outputs + output;
                        map.get(n * map.sampleStride + o * mapPlane, plane, mapPlane);
                        layout.spread(plane, maps, output * wide + layout.reach);
                    }
                    present = group;
                }
                int c = group % groups * inputs + index % inputs;
                for (int i = 0; i < phases.length; i++) {
                    phases[i].choose(W, group % groups * outputs, index % inputs, factors);
                    Arrays.fill(part, 0, layout.phase, b[c]);
                    sums.add(maps, phases[i].at, factors, 0, part, layout.phase);
                    System.arraycopy(part, 0, sum, i * layout.phase, layout.phase);
                }
                layout.toPlane(sum, plane, b[c]);
                image.put(n * image.sampleStride + c * imagePlane, plane, imagePlane);
            }
        });
    }

    /** The taps of one phase, for each of a group's channels of the map. */
    private final class Phase {
        final int[] taps;

        /** Each tap's place of the map for the phase's first element. */
        final int[] at;

        Phase(int[] taps, int wide) {
            this.taps = taps;
            at = new int[outputs * taps.length];
            for (int i = 0; i < at.length; i++) {
                at[i] = i / taps.length * wide + layout.reach - layout.shift(taps[i % taps.length]);
            }
        }

        void choose(float[] W, int firstOutput, int within, float[] factors) {
            for (int i = 0; i < at.length; i++) {
                int o = firstOutput + i / taps.length;
                factors[i] = W[(o * inputs + within) * kernel + taps[i % taps.length]];
            }
        }
    }

    /** dW[o, c, p, q] = Σ image[n, c, …] map[n, o, i, j]. */
    void toWeight(Operand weight, boolean accumulate) {
        int[] at = new int[inputs * kernel];
        for (int tap = 0; tap < at.length; tap++) {
            at[tap] = tap / kernel * layout.size + layout.taps[tap % kernel];
        }
        forEach(1, outputs, (first, end) -> {
            Scratch scratch = Scratch.get();
            float[] plane = scratch.plane(Math.max(imagePlane, mapPlane));
            float[] phases = cleared(scratch.row(slack(inputs * layout.size)), slack(inputs * layout.size));
            float[] wide = cleared(scratch.lane(slack(layout.count)), slack(layout.count));
            double[] products = new double[(end - first) * at.length];
            for (int n = 0; n < map.samples; n++) {
                int present = -1;
                for (int o = first; o < end; o++) {
                    if (o / outputs != present) {
                        present = o / outputs;
                        read(n * groups + present, plane, phases);
                    }
                    map.get(n * map.sampleStride + o * mapPlane, plane, mapPlane);
                    layout.spread(plane, wide, 0);
                    sums.addProducts(phases, at, wide, layout.count, products, (o - first) * at.length);
                }
            }
            write(products, weight, first * at.length, accumulate);
        });
    }

    private static void write(double[] sums, Operand weight, int at, boolean accumulate) {
        float[] gradient = new float[sums.length];
        if (accumulate) {
            weight.get(at, gradient, gradient.length);
        }
        for (int i = 0; i < sums.length; i++) {
            gradient[i] += (float) sums[i];
        }
        weight.put(at, gradient, gradient.length);
    }

    /** Planes from {@code first} to {@code end}, exclusive: those of a group come one after another. */
    private interface Planes {
        void run(int first, int end);
    }

    /** Shares out the planes of some samples. */
    private void forEach(int samples, int ofGroup, Planes work) {
        int planes = samples * groups * ofGroup;
        int tasks = Math.min(planes, TASKS_PER_THREAD * Parallel.THREADS);
        Parallel.forEach(tasks, task -> {
            int first = (int) ((long) planes * task / tasks);
            int end = (int) ((long) planes * (task + 1) / tasks);
            work.run(first, end);
        });
    }

    /** So many elements, up to a multiple of the longest vector, and one more vector for loops that begin later. */
    private static int slack(int count) {
        return (count / TapSums.SLACK + 2) * TapSums.SLACK;
    }

    private static float[] cleared(float[] array, int count) {
        Arrays.fill(array, 0, count, 0);
        return array;
    }

    private static float[] read(Operand operand) {
        float[] values = new float[operand.size()];
        operand.get(0, values, values.length);
        return values;
    }
}
