package org.espalier.generator.analysis;

import java.util.Optional;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Window;
import org.espalier.generator.ir.Window.Pair;

/** Shape rules of windows that slide over an image [batch, channels, height, width]. */
final class Extents {
    private Extents() {}

    /** ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 along both axes (PyTorch, Conv2d). */
    static Fit sliding(String layer, Shape x, int channels, Window window) {
        long height = sliding(x.axis(2), window, Pair::height);
        long width = sliding(x.axis(3), window, Pair::width);
        return height < 1 || width < 1
                ? Fit.nothingLeft(layer, x).withHelp("the window is " + extent(window) + ", the image " + image(x))
                : Fit.of(layer, channels, height, width);
    }

    private static long sliding(long size, Window window, java.util.function.ToIntFunction<Pair> axis) {
        return Math.floorDiv(free(size, window, axis), axis.applyAsInt(window.stride())) + 1;
    }

    /** How far the window can slide. */
    private static long free(long size, Window window, java.util.function.ToIntFunction<Pair> axis) {
        long reach = (long) axis.applyAsInt(window.dilation()) * (axis.applyAsInt(window.kernel()) - 1) + 1;
        return size + 2L * axis.applyAsInt(window.padding()) - reach;
    }

    /** Whether a window with a stride leaves rows or columns of its input out, as a stride of 2 does with 25 rows. */
    static boolean leavesRest(Shape x, Window window) {
        return free(x.axis(2), window, Pair::height) % window.stride().height() != 0
                || free(x.axis(3), window, Pair::width) % window.stride().width() != 0;
    }

    /**
     * (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1 along both axes (PyTorch,
     * ConvTranspose2d).
     */
    static Fit spreading(String layer, Shape x, int channels, Window window) {
        long height = spreading(x.axis(2), window, Pair::height);
        long width = spreading(x.axis(3), window, Pair::width);
        return height < 1 || width < 1 ? Fit.nothingLeft(layer, x) : Fit.of(layer, channels, height, width);
    }

    private static long spreading(long size, Window window, java.util.function.ToIntFunction<Pair> axis) {
        return (size - 1) * axis.applyAsInt(window.stride())
                - 2L * axis.applyAsInt(window.padding())
                + (long) axis.applyAsInt(window.dilation()) * (axis.applyAsInt(window.kernel()) - 1)
                + axis.applyAsInt(window.outputPadding())
                + 1;
    }

    /** A misfit if {@code x} is no image of this many channels; 0 channels stand for any number. */
    static Optional<Fit> misfit(String layer, Shape x, int channels, String channelsArgument) {
        if (x.rank() == 4 && (channels == 0 || x.axis(1) == channels)) {
            return Optional.empty();
        }
        String wanted = "[batch, " + (channels == 0 ? "channels" : String.valueOf(channels)) + ", height, width]";
        Fit.Misfit misfit = Fit.mismatch(layer, wanted, x);
        return Optional.of(x.rank() == 4 ? misfit.withHelp(channelsArgument + " should be " + x.axis(1)) : misfit);
    }

    private static String extent(Window window) {
        int height = window.dilation().height() * (window.kernel().height() - 1) + 1;
        int width = window.dilation().width() * (window.kernel().width() - 1) + 1;
        return height + " x " + width;
    }

    private static String image(Shape x) {
        return x.axis(2) + " x " + x.axis(3);
    }
}
