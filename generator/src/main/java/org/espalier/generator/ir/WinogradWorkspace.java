package org.espalier.generator.ir;

/**
 * The workspace of convolutions that the runtime computes by Winograd's algorithms: 16 matrices each of transformed
 * weights, and of transformed tiles of the image and of the map, as many tiles as fit. When that pays, and how it is
 * cut is the runtime's {@code WinogradConvolution}, whose constants these are.
 */
final class WinogradWorkspace {
    private static final long TILES_SIZE = 1 << 22;
    private static final long LARGE_WEIGHT = 1 << 24;
    private static final long COST_OF_TILE = 20;
    private static final long COST_OF_WEIGHT = 64;

    /** Matrices of each kind, and elements of a phase of the image along one side of a tile. */
    private static final long FREQUENCIES = 16;

    private static final long SIZE = 4;

    private final Window window;
    private final long batch;
    private final long inputs;
    private final long outputs;
    private final long places;

    /** Weights along one side of the kernel that meet one phase of the image. */
    private final long taps;

    /** Tiles of a sample. */
    private final long down;

    private final long across;

    WinogradWorkspace(Value image, Value map, Window window, long batch) {
        this.window = window;
        this.batch = batch;
        long height = map.shape().axis(2);
        long width = map.shape().axis(3);
        long stride = window.stride().height();
        inputs = image.shape().axis(1) * stride * stride;
        outputs = map.shape().axis(1);
        places = batch * height * width;
        taps = Math.min(SIZE, window.kernel().height() / stride);
        down = ceiling(height, SIZE + 1 - taps);
        across = ceiling(width, SIZE + 1 - taps);
    }

    private static long ceiling(long a, long b) {
        return (a + b - 1) / b;
    }

    /** Whether a convolution is computed so. */
    boolean pays() {
        long weights = inputs * outputs;
        long ofTiles = batch * down * across * (weights + COST_OF_TILE * (inputs + outputs));
        long ofWeights = COST_OF_WEIGHT * weights;
        return (is(3, 1) || is(4, 2))
                && FREQUENCIES * weights <= LARGE_WEIGHT
                && FREQUENCIES * (ofTiles + ofWeights) < taps * taps * places * weights;
    }

    private boolean is(int kernel, int stride) {
        return window.kernel().equals(new Window.Pair(kernel, kernel))
                && window.stride().equals(new Window.Pair(stride, stride))
                && window.dilation().equals(new Window.Pair(1, 1));
    }

    /** Floats of it. */
    long size() {
        long atOnce = Math.max(1, TILES_SIZE / (FREQUENCIES * (inputs + outputs)));
        long bands = ceiling(down, Math.max(1, Math.min(down, atOnce / across)));
        long rows = ceiling(down, bands);
        long samples = Math.max(1, Math.min(batch, atOnce / (down * across)));
        long columns = samples * rows * across;
        return Workspace.aligned(FREQUENCIES * outputs * inputs)
                + Workspace.aligned(FREQUENCIES * inputs * columns)
                + FREQUENCIES * outputs * columns;
    }
}
