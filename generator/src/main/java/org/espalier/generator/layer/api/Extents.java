package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.op.Window.Pair;

/** Shape rules of windows that slide over an image [batch, channels, height, width]. */
public final class Extents {
    private Extents() {}

    /** ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 along both axes (PyTorch, Conv2d). */
    public static Fit sliding(String layer, Shape x, int channels, Window window) {
        long height = sliding(x.axis(2), window, Pair::height);
        long width = sliding(x.axis(3), window, Pair::width);
        if (height < 1 || width < 1) {
            return Fit.nothingLeft(layer, x)
                    .withHelp("the window is " + extent(window) + ", the image " + image(x) + padding(window));
        }
        long paddedHeight = padded(x.axis(2), window, Pair::height);
        long paddedWidth = padded(x.axis(3), window, Pair::width);
        return Math.max(paddedHeight, paddedWidth) > Limits.TENSOR_ELEMENTS
                ? Fit.tooLarge("the padded input of " + layer, x.axis(1), paddedHeight, paddedWidth)
                : Fit.of(layer, channels, height, width);
    }

    private static long sliding(long size, Window window, ToIntFunction<Pair> axis) {
        return Math.floorDiv(free(size, window, axis), axis.applyAsInt(window.stride())) + 1;
    }

    /** How far the window can slide. */
    private static long free(long size, Window window, ToIntFunction<Pair> axis) {
        return padded(size, window, axis) - reach(window, axis);
    }

    private static long padded(long size, Window window, ToIntFunction<Pair> axis) {
        return size + 2L * axis.applyAsInt(window.padding());
    }

    /** From the first element of the window to its last. */
    private static long reach(Window window, ToIntFunction<Pair> axis) {
        return axis.applyAsInt(window.dilation()) * (axis.applyAsInt(window.kernel()) - 1L) + 1;
    }

    /** Whether a window with a stride leaves rows or columns of its input out, as a stride of 2 does with 25 rows. */
    static boolean leavesRest(Shape x, Window window) {
        return free(x.axis(2), window, Pair::height) % window.stride().height() != 0
                || free(x.axis(3), window, Pair::width) % window.stride().width() != 0;
    }

    /** As {@link #sliding(String, Shape, int, Window)}, for a pool, whose windows each need an element to pool. */
    public static Fit pooling(String layer, Shape x, Window window) {
        Fit fit = sliding(layer, x, x.axis(1), window);
        boolean inPadding = isInPadding(x.axis(2), window, Pair::height) || isInPadding(x.axis(3), window, Pair::width);
        if (fit instanceof Fit.Misfit || !inPadding) {
            return fit;
        }
        return new Fit.Misfit(
                DiagnosticCode.WINDOW_IN_PADDING,
                List.of(layer, x),
                Optional.of("a dilation of " + window.dilation() + " steps over the image, which is " + image(x)
                        + ": it should be no larger"));
    }

    /**
     * Whether the elements of some window all lie in the padding. As that is at most half the kernel, none does unless
     * the dilation is larger than the image; then it may step over it.
     */
    private static boolean isInPadding(long size, Window window, ToIntFunction<Pair> axis) {
        long dilation = axis.applyAsInt(window.dilation());
        long stride = axis.applyAsInt(window.stride());
        long padding = axis.applyAsInt(window.padding());
        long last = Math.min(-1, free(size, window, axis) - padding);
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
     * (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1 along both axes (PyTorch,
     * ConvTranspose2d).
     */
    public static Fit spreading(String layer, Shape x, int channels, Window window) {
        long height = spread(x.axis(2), window, Pair::height);
        long width = spread(x.axis(3), window, Pair::width);
        if (Math.max(height, width) > Limits.TENSOR_ELEMENTS) {
            return Fit.tooLarge("the output of " + layer + " before its padding is cut off", channels, height, width);
        }
        height -= 2L * window.padding().height();
        width -= 2L * window.padding().width();
        return height < 1 || width < 1 ? Fit.nothingLeft(layer, x) : Fit.of(layer, channels, height, width);
    }

    private static long spread(long size, Window window, ToIntFunction<Pair> axis) {
        return (size - 1) * axis.applyAsInt(window.stride())
                + reach(window, axis)
                + axis.applyAsInt(window.outputPadding());
    }

    /** A misfit if {@code x} is no image of this many channels; 0 channels stand for any number. */
    public static Optional<Fit> misfit(String layer, Shape x, int channels, String channelsArgument) {
        if (x.rank() == 4 && (channels == 0 || x.axis(1) == channels)) {
            return Optional.empty();
        }
        String wanted = "[batch, " + (channels == 0 ? "channels" : String.valueOf(channels)) + ", height, width]";
        Fit.Misfit misfit = Fit.mismatch(layer, wanted, x);
        return Optional.of(x.rank() == 4 ? misfit.withHelp(channelsArgument + " should be " + x.axis(1)) : misfit);
    }

    private static String extent(Window window) {
        return reach(window, Pair::height) + " x " + reach(window, Pair::width);
    }

    private static String padding(Window window) {
        return window.padding().equals(new Pair(0, 0)) ? "" : " and its padding " + window.padding();
    }

    private static String image(Shape x) {
        return x.axis(2) + " x " + x.axis(3);
    }
}
