package org.espalier.inference.convolution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolutions. With stride s, places 0, s, 2s, … of the output see other elements of the kernel than places
 * 1, s + 1, … do, so each such phase is a convolution of its own, by stride 1, and nothing is multiplied by the zeros
 * that lie between the elements of x by definition.
 */
public final class ForwardTransposed {
    /** Columns of the product that are enough for all threads: samples of fewer are computed together. */
    private static final int ENOUGH = 512;

    private final FloatTensor x;
    private final FloatTensor weight;
    private final ResultWork epilogue;
    private final FloatTensor y;
    private final Sliding window;
    private final Volume in;
    private final Volume out;
    private final int groups;

    /** Channels of x and y that belong to one group. */
    private final int inputs;

    private final int outputs;

    private final Axis depth;
    private final Axis height;
    private final Axis width;

    private ForwardTransposed(FloatTensor x, FloatTensor weight, ResultWork epilogue, FloatTensor y, Sliding window) {
        this.x = x;
        this.weight = weight;
        this.epilogue = epilogue;
        this.y = y;
        this.window = window;
        this.in = Volume.of(x);
        this.out = Volume.of(y);
        this.outputs = weight.sizes[1];
        this.groups = y.sizes[0] / outputs;
        this.inputs = weight.sizes[0] / groups;
        Sliding.Sizes kernel = window.kernel();
        Sliding.Sizes stride = window.stride();
        Sliding.Sizes padding = window.padding();
        Sliding.Sizes dilation = window.dilation();
        this.depth =
                new Axis(kernel.depth(), stride.depth(), padding.depth(), dilation.depth(), in.depth(), out.depth());
        this.height = new Axis(
                kernel.height(), stride.height(), padding.height(), dilation.height(), in.height(), out.height());
        this.width =
                new Axis(kernel.width(), stride.width(), padding.width(), dilation.width(), in.width(), out.width());
    }

    /** Convolves, transposed, with work on each element on its way to memory. */
    public static void forward(
            FloatTensor x,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ResultWork epilogue = ResultWork.of(bias, epilogues);
        new ForwardTransposed(x, weight, epilogue, y, window).run();
    }

    /**
     * An axis: place o of the output is {@code q·stride + phase − padding} for some q, and element t of the kernel sees
     * place {@code q − (t·dilation − phase) / stride} of the input there, if that is a whole number.
     */
    private record Axis(int kernel, int stride, int padding, int dilation, int in, int out) {
        /** The least q. */
        int low() {
            return padding / stride;
        }

        /** The least q of a phase. */
        int low(int phase) {
            return Math.floorDiv(padding - phase + stride - 1, stride);
        }

        /** Places of a phase. */
        int count(int phase) {
            int last = out - 1 + padding - phase;
            return last < 0 ? 0 : Math.max(0, last / stride - low(phase) + 1);
        }

        /** Places that elements of the kernel reach behind one. */
        int reach() {
            return (kernel - 1) * dilation / stride;
        }

        /** Places that the phases see in x, all in all, without the reach. */
        int windows() {
            return (out - 1 + padding) / stride - low() + 1;
        }

        /** Tells whether an element of the kernel belongs to a phase. */
        boolean has(int phase, int tap) {
            return tap * dilation % stride == phase;
        }

        /** The place in the padded input that an element of the kernel sees for the first place of its phase. */
        int place(int phase, int tap) {
            return low(phase) - low() + reach() - (tap * dilation - phase) / stride;
        }

        boolean sees(int phase, int tap) {
            return PaddedPhases.sees(place(phase, tap) + low() - reach(), 1, count(phase), in);
        }
    }

    /** The output's places of one remainder along each axis. */
    private record Phase(int d, int h, int w) {}

    /** Use of packed weights: with more or fewer groups, or another stride, they are read otherwise. */
    private record Use(int groups, Sliding.Sizes stride, Sliding.Sizes dilation) {}

    private void run() {
        List<Phase> phases = phases();
        Use use = new Use(groups, window.stride(), window.dilation());
        float[][] packed = weight.packed(use, () -> packed(phases));
        Sliding reach = new Sliding(
                new Sliding.Sizes(depth.reach() + 1, height.reach() + 1, width.reach() + 1),
                new Sliding.Sizes(1, 1, 1),
                new Sliding.Sizes(
                        depth.reach() - depth.low(), height.reach() - height.low(), width.reach() - width.low()),
                new Sliding.Sizes(1, 1, 1));
        Volume windows = new Volume(depth.windows(), height.windows(), width.windows());
        PaddedPhases padded = new PaddedPhases(reach, in, windows);
        WindowProduct[] products = new WindowProduct[phases.size()];
        Arrays.setAll(products, i -> product(phases.get(i), padded));
        int channels = groups * inputs;
        int ofChannel = padded.ofChannel();
        int together = Math.min(x.samples, TileProducts.tiles(ENOUGH, windows.size()));
        float[] images = ScratchArrays.take(together * channels * ofChannel + TileProducts.COLUMNS);
        for (int n = 0; n < x.samples; n += together) {
            int first = n;
            int samples = Math.min(together, x.samples - n);
            ParallelLoop.forEach(samples * channels, (long) samples * channels * ofChannel, turn -> {
                int from = x.at(first + turn / channels) + turn % channels * in.size();
                padded.write(x.data(), from, images, turn * ofChannel);
            });
            for (int i = 0; i < products.length; i++) {
                float[][] weights = Arrays.copyOfRange(packed, i * groups, (i + 1) * groups);
                products[i].run(weights, outputs, images, 0, inputs * ofChannel, n, samples, y, epilogue);
            }
        }
        ScratchArrays.give(images);
    }

    private List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        for (int d = 0; d < depth.stride; d++) {
            for (int h = 0; h < height.stride; h++) {
                for (int w = 0; w < width.stride; w++) {
                    phases.add(new Phase(d, h, w));
                }
            }
        }
        return phases;
    }

    private WindowProduct product(Phase phase, PaddedPhases padded) {
        Volume windows = new Volume(depth.count(phase.d), height.count(phase.h), width.count(phase.w));
        WindowColumns.Steps places = padded.places();
        int[] kernel = taps(phase);
        int[] taps = new int[kernel.length];
        boolean[] seen = new boolean[kernel.length];
        for (int i = 0; i < taps.length; i++) {
            int d = kernel[i] / (height.kernel * width.kernel);
            int h = kernel[i] / width.kernel % height.kernel;
            int w = kernel[i] % width.kernel;
            taps[i] = depth.place(phase.d, d) * places.plane()
                    + height.place(phase.h, h) * places.row()
                    + width.place(phase.w, w);
            seen[i] = depth.sees(phase.d, d) && height.sees(phase.h, h) && width.sees(phase.w, w);
        }
        int start =
                (first(depth, phase.d) * out.height() + first(height, phase.h)) * out.width() + first(width, phase.w);
        WindowColumns.Steps to = new WindowColumns.Steps(
                start, depth.stride * out.height() * out.width(), height.stride * out.width(), width.stride);
        int ofSample = groups * inputs * padded.ofChannel();
        WindowColumns columns = WindowColumns.of(windows, places, ofSample, to);
        return new WindowProduct(columns, inputs, padded.ofChannel(), taps, seen);
    }

    /** The first place of the output in a phase. */
    private static int first(Axis axis, int phase) {
        return axis.low(phase) * axis.stride + phase - axis.padding;
    }

    /** Elements of the kernel that a phase sees. */
    private int[] taps(Phase phase) {
        int[] taps = new int[window.kernel().product()];
        int count = 0;
        for (int tap = 0; tap < taps.length; tap++) {
            if (depth.has(phase.d, tap / (height.kernel * width.kernel))
                    && height.has(phase.h, tap / width.kernel % height.kernel)
                    && width.has(phase.w, tap % width.kernel)) {
                taps[count++] = tap;
            }
        }
        return Arrays.copyOf(taps, count);
    }

    /** The weights by phase and group. */
    private float[][] packed(List<Phase> phases) {
        int all = window.kernel().product();
        float[][] packed = new float[phases.size() * groups][];
        for (int turn = 0; turn < packed.length; turn++) {
            int at = weight.offset + turn % groups * inputs * outputs * all;
            int[] taps = taps(phases.get(turn / groups));
            packed[turn] = WindowProduct.packed(weight, at, outputs, all, inputs, outputs * all, taps);
        }
        return packed;
    }
}
