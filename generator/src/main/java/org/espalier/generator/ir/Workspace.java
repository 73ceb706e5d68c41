package org.espalier.generator.ir;

/**
 * How many floats of workspace the runtime's kernels compute in. Convolutions alone need any: they multiply the weight
 * by the columns of the image, the elements that the window sees at each place of the map, for a part of the map at a
 * time, on several threads if there are parts enough; or do without columns (see {@link WinogradWorkspace}). The
 * constants are those of the runtime's {@code Convolution}; a test holds this to what kernels really reserve.
 */
final class Workspace implements Op.Visitor<Long> {
    private static final Long NONE = 0L;

    private static final long COLUMNS_SIZE = 1 << 20;
    private static final long FEW_PLACES = 256;
    private static final long MANY_PLACES = 4096;
    private static final long PLACES_TOGETHER = 1024;
    private static final long LARGE_WEIGHT = 1 << 18;

    /** Floats of a cache line, on which matrices begin. */
    private static final long LINE = 16;

    private final long batch;
    private final int threads;

    /** For a batch of a size, and so many threads. */
    Workspace(long batch, int threads) {
        this.batch = batch;
        this.threads = threads;
    }

    /** How the work on a map is cut: so many samples, or so many chunks of one sample, at a time. */
    private record Cut(long units, long chunks, long size) {}

    private Cut cut(Value image, Value map, Window window) {
        long depth = (long) image.shape().axis(1)
                * window.kernel().height()
                * window.kernel().width();
        long height = map.shape().axis(2);
        long width = map.shape().axis(3);
        long places = height * width;
        long atOnce = Math.max(FEW_PLACES, Math.min(MANY_PLACES, COLUMNS_SIZE / depth));
        long rows = Math.max(1, Math.min(height, atOnce / width));
        long samples = Math.max(1, Math.min(batch, Math.min(atOnce, PLACES_TOGETHER) / places));
        long gathered =
                samples == 1 ? 0 : aligned(samples * places * map.shape().axis(1));
        return new Cut(
                ceiling(batch, samples), ceiling(height, rows), aligned(samples * rows * width * depth) + gathered);
    }

    private static long ceiling(long a, long b) {
        return (a + b - 1) / b;
    }

    static long aligned(long count) {
        return ceiling(count, LINE) * LINE;
    }

    /** Each thread has columns of its own, if there are two parts for each. */
    private long onThreads(long parts, long size) {
        return parts >= 2L * threads ? threads * size : size;
    }

    private long toMap(Value image, Value map, Window window) {
        WinogradWorkspace winograd = new WinogradWorkspace(image, map, window, batch);
        if (winograd.pays()) {
            return winograd.size();
        }
        Cut cut = cut(image, map, window);
        return onThreads(cut.units() * cut.chunks(), cut.size());
    }

    private long toImage(Value image, Value map, Window window) {
        WinogradWorkspace winograd = new WinogradWorkspace(image, map, window, batch);
        if (winograd.pays()) {
            return winograd.size();
        }
        Cut cut = cut(image, map, window);
        return onThreads(cut.units(), cut.size());
    }

    /** Threads sum up gradients of their own, unless the weight is too large for that. */
    private long toWeight(Value image, Value map, Value weight, Window window) {
        WinogradWorkspace winograd = new WinogradWorkspace(image, map, window, batch);
        if (winograd.pays()) {
            return winograd.size();
        }
        Cut cut = cut(image, map, window);
        long elements = weight.shape().elements();
        long groups = elements > LARGE_WEIGHT ? 1 : Math.min(threads, cut.units() * cut.chunks() / 2);
        return groups <= 1 ? cut.size() : groups * (aligned(elements) + cut.size());
    }

    /** Convolutions in groups are no products of matrices. */
    private static boolean isInGroups(Value weight, Value image) {
        return weight.shape().axis(1) != image.shape().axis(1);
    }

    @Override
    public Long conv2d(Op.Conv2d op) {
        return isInGroups(op.weight(), op.x()) ? NONE : toMap(op.x(), op.y(), op.window());
    }

    @Override
    public Long conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return isInGroups(op.weight(), op.dX()) ? NONE : toImage(op.dX(), op.dY(), op.window());
    }

    @Override
    public Long conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return isInGroups(op.dWeight(), op.x()) ? NONE : toWeight(op.x(), op.dY(), op.dWeight(), op.window());
    }

    @Override
    public Long convTranspose2d(Op.ConvTranspose2d op) {
        return toImage(op.y(), op.x(), op.window());
    }

    @Override
    public Long convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return toMap(op.dY(), op.dX(), op.window());
    }

    @Override
    public Long convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return toWeight(op.dY(), op.x(), op.dWeight(), op.window());
    }

    @Override
    public Long channelBiasBackward(Op.ChannelBiasBackward op) {
        return NONE;
    }

    @Override
    public Long linear(Op.Linear op) {
        return NONE;
    }

    @Override
    public Long linearBackwardInput(Op.LinearBackwardInput op) {
        return NONE;
    }

    @Override
    public Long linearBackwardWeight(Op.LinearBackwardWeight op) {
        return NONE;
    }

    @Override
    public Long linearBackwardBias(Op.LinearBackwardBias op) {
        return NONE;
    }

    @Override
    public Long batchNorm(Op.BatchNorm op) {
        return NONE;
    }

    @Override
    public Long batchNormBackward(Op.BatchNormBackward op) {
        return NONE;
    }

    @Override
    public Long instanceNorm2d(Op.InstanceNorm2d op) {
        return NONE;
    }

    @Override
    public Long instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return NONE;
    }

    @Override
    public Long groupNorm(Op.GroupNorm op) {
        return NONE;
    }

    @Override
    public Long groupNormBackward(Op.GroupNormBackward op) {
        return NONE;
    }

    @Override
    public Long maxPool2d(Op.MaxPool2d op) {
        return NONE;
    }

    @Override
    public Long maxPool2dBackward(Op.MaxPool2dBackward op) {
        return NONE;
    }

    @Override
    public Long avgPool2d(Op.AvgPool2d op) {
        return NONE;
    }

    @Override
    public Long avgPool2dBackward(Op.AvgPool2dBackward op) {
        return NONE;
    }

    @Override
    public Long flatten(Op.Flatten op) {
        return NONE;
    }

    @Override
    public Long flattenBackward(Op.FlattenBackward op) {
        return NONE;
    }

    @Override
    public Long dropout(Op.Dropout op) {
        return NONE;
    }

    @Override
    public Long dropoutBackward(Op.DropoutBackward op) {
        return NONE;
    }

    @Override
    public Long activation(Op.Activation op) {
        return NONE;
    }

    @Override
    public Long activationBackward(Op.ActivationBackward op) {
        return NONE;
    }

    @Override
    public Long softmax(Op.Softmax op) {
        return NONE;
    }

    @Override
    public Long softmaxBackward(Op.SoftmaxBackward op) {
        return NONE;
    }

    @Override
    public Long concat(Op.Concat op) {
        return NONE;
    }

    @Override
    public Long concatBackward(Op.ConcatBackward op) {
        return NONE;
    }

    @Override
    public Long add(Op.Add op) {
        return NONE;
    }

    @Override
    public Long addBackward(Op.AddBackward op) {
        return NONE;
    }

    @Override
    public Long lossGradient(Op.LossGradient op) {
        return NONE;
    }

    @Override
    public Long spread2d(Op.Spread2d op) {
        return NONE;
    }

    @Override
    public Long spread2dBackward(Op.Spread2dBackward op) {
        return NONE;
    }

    @Override
    public Long activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return NONE;
    }

    @Override
    public Long fused(Op.Fused op) {
        return op.parts().stream().mapToLong(part -> part.accept(this)).max().orElse(0);
    }
}
