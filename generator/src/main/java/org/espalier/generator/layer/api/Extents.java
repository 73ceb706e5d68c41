package org.espalier.generator.layer.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.WindowGeometry;

/** Shape rules of windows that slide over [batch, channels, sizes…]: sequences, images and volumes. */
public final class Extents {
    private Extents() {}

    /** ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 along each axis (PyTorch, Conv2d). */
    public static Fit sliding(String layer, Shape x, int channels, WindowGeometry window) {
        return sliding(layer, x, channels, window, false);
    }

    private static Fit sliding(String layer, Shape x, int channels, WindowGeometry window, boolean ceil) {
        long[] sizes = along(window, axis -> sliding(x, window, axis, ceil));
        if (any(sizes, size -> size < 1)) {
            return Fit.nothingLeft(layer, x)
                    .withHelp("the window is " + extent(window) + ", the " + noun(window.axes()) + " " + sizes(x)
                            + padding(window));
        }
        long[] padded = along(window, axis -> padded(x, window, axis));
        boolean isTooLarge = any(padded, size -> size > Limits.TENSOR_ELEMENTS);
        return isTooLarge
                ? Fit.tooLarge("the padded input of " + layer, behind(x.axis(1), padded))
                : Fit.of(layer, behind(channels, sizes));
    }

    private static long[] along(WindowGeometry window, IntToLongFunction size) {
        return IntStream.range(0, window.axes()).mapToLong(size).toArray();
    }

    /** {@code channels, sizes…}. */
    public static long[] behind(long channels, WindowGeometry.Sizes sizes) {
        return behind(
                channels, sizes.sizes().stream().mapToLong(Integer::longValue).toArray());
    }

    private static boolean any(long[] sizes, LongPredicate condition) {
        return Arrays.stream(sizes).anyMatch(condition);
    }

    /** {@code channels, sizes…}. */
    public static long[] behind(long channels, long... sizes) {
        return LongStream.concat(LongStream.of(channels), Arrays.stream(sizes)).toArray();
    }

    private static long sliding(Shape x, WindowGeometry window, int axis, boolean ceil) {
        long free = free(x, window, axis);
        int stride = window.stride().at(axis);
        if (!ceil) {
            return Math.floorDiv(free, stride) + 1;
        }
        long count = -Math.floorDiv(-free, stride) + 1;
        // A window that would begin behind the image and its padding before it is left out, as in PyTorch.
        boolean isBehind =
                (count - 1) * stride >= (long) size(x, axis) + window.padding().at(axis);
        return isBehind ? count - 1 : count;
    }

    private static int size(Shape x, int axis) {
        return x.axis(WindowGeometry.FIRST + axis);
    }

    /** Measures how far the window can slide. */
    private static long free(Shape x, WindowGeometry window, int axis) {
        return padded(x, window, axis) - reach(window, axis);
    }

    private static long padded(Shape x, WindowGeometry window, int axis) {
        return size(x, axis) + 2L * window.padding().at(axis);
    }

    /** From the first element of the window to its last. */
    private static long reach(WindowGeometry window, int axis) {
        return window.dilation().at(axis) * (window.kernel().at(axis) - 1L) + 1;
    }

    /**
     * Tells whether a window with a stride leaves rows or columns of its input out, as a stride of 2 does with 25 rows.
     */
    static boolean leavesRest(Shape x, WindowGeometry window) {
        return IntStream.range(0, window.axes())
                .anyMatch(axis -> free(x, window, axis) % window.stride().at(axis) != 0);
    }

    /**
     * As {@link #sliding(String, Shape, int, Window)}, for a pool, whose windows each need an element to pool.
     *
     * @param ceil whether a last window may reach beyond the padding (PyTorch's {@code ceil_mode})
     */
    public static Fit pooling(String layer, Shape x, WindowGeometry window, boolean ceil) {
        Fit fit = sliding(layer, x, x.axis(1), window, ceil);
        boolean inPadding = fit instanceof Fit.Fitting fitting
                && IntStream.range(0, window.axes())
                        .anyMatch(axis -> isInPadding(size(x, axis), size(fitting.shape(), axis), window, axis));
        if (!inPadding) {
            return fit;
        }
        return new Fit.Misfit(
                DiagnosticCode.WINDOW_IN_PADDING,
                List.of(layer, x),
                Optional.of("a dilation of " + window.dilation() + " steps over the " + noun(window.axes())
                        + ", which is " + sizes(x) + ": it should be no larger"));
    }

    /**
     * Tells whether the elements of some window all lie in the padding. As that is at most half the kernel, none does
     * unless the dilation is larger than the image; then it may step over it.
     */
    private static boolean isInPadding(long size, long count, WindowGeometry window, int axis) {
        long dilation = window.dilation().at(axis);
        long stride = window.stride().at(axis);
        long padding = window.padding().at(axis);
        long last = Math.min(-1, (count - 1) * stride - padding);
        long start = dilation > size ? -padding : 0;
        while (start <= last) {
            long first = Math.floorMod(start, dilation);
            if (first >= size) {
                return true;
            }
            // The windows until then have their first element in the image.
            start += (size - first + stride - 1) / stride * stride;
        }
        return false;
    }

    /**
     * (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1 along each axis (PyTorch,
     * ConvTranspose2d).
     */
    public static Fit spreading(String layer, Shape x, int channels, WindowGeometry window) {
        long[] spread = along(window, axis -> spread(x, window, axis));
        if (any(spread, size -> size > Limits.TENSOR_ELEMENTS)) {
            return Fit.tooLarge("the output of " + layer + " before its padding is cut off", behind(channels, spread));
        }
        long[] sizes =
                along(window, axis -> spread[axis] - 2L * window.padding().at(axis));
        return any(sizes, size -> size < 1) ? Fit.nothingLeft(layer, x) : Fit.of(layer, behind(channels, sizes));
    }

    private static long spread(Shape x, WindowGeometry window, int axis) {
        return (size(x, axis) - 1L) * window.stride().at(axis)
                + reach(window, axis)
                + window.outputPadding().at(axis);
    }

    /**
     * A misfit if {@code x} is not of this many channels and axes behind them; 0 channels stand for any number.
     *
     * @param axes 2 for an image
     */
    public static Optional<Fit> misfit(String layer, Shape x, int axes, int channels, String channelsArgument) {
        boolean hasAxes = x.axes() == axes && x.rank() > 2;
        if (hasAxes && (channels == 0 || x.axis(1) == channels)) {
            return Optional.empty();
        }
        List<String> wanted = new ArrayList<>(List.of("batch", channels == 0 ? "channels" : String.valueOf(channels)));
        wanted.addAll(Shape.axisNames(axes));
        Fit.Misfit misfit = Fit.mismatch(layer, "[" + String.join(", ", wanted) + "]", x);
        return Optional.of(hasAxes ? misfit.withHelp(channelsArgument + " should be " + x.axis(1)) : misfit);
    }

    /** Returns the noun for tensors with so many axes behind their channels. */
    public static String noun(int axes) {
        return List.of("sequence", "image", "volume").get(axes - 1);
    }

    private static String extent(WindowGeometry window) {
        return IntStream.range(0, window.axes())
                .mapToObj(axis -> String.valueOf(reach(window, axis)))
                .collect(Collectors.joining(" x "));
    }

    private static String padding(WindowGeometry window) {
        return window.padding().isAll(0) ? "" : " and its padding " + window.padding();
    }

    private static String sizes(Shape x) {
        return WindowGeometry.Sizes.of(x).sizes().stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }
}
