package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds the shapes of an operation's operands against each other.
 *
 * <p>Written as relations that must hold, apart from the rules by which the analysis infers shapes.
 */
final class ShapeVerifier implements Op.Visitor<List<String>> {
    static final ShapeVerifier INSTANCE = new ShapeVerifier();

    private ShapeVerifier() {}

    /** Collects what is wrong with one operation. */
    private static final class Complaints {
        private final List<String> complaints = new ArrayList<>();

        Complaints equal(Value value, Shape expected) {
            if (!value.shape().equals(expected)) {
                complaints.add(value + " is " + value.shape() + " and should be " + expected);
            }
            return this;
        }

        Complaints equal(Optional<Value> value, Shape expected) {
            value.ifPresent(present -> equal(present, expected));
            return this;
        }

        Complaints rank(Value value, int rank) {
            if (!value.shape().batched() || value.shape().rank() != rank) {
                complaints.add(value + " is " + value.shape() + " and should have a batch and " + rank + " axes");
            }
            return this;
        }

        Complaints channels(Value value) {
            return that(
                    value.shape().batched() && value.shape().rank() >= 2,
                    value + " is " + value.shape() + " and should have a batch and channels");
        }

        Complaints sameShape(Value first, Value... others) {
            for (Value other : others) {
                equal(other, first.shape());
            }
            return this;
        }

        Complaints that(boolean condition, String complaint) {
            if (!condition) {
                complaints.add(complaint);
            }
            return this;
        }
    }

    private static Complaints complaints() {
        return new Complaints();
    }

    private static List<String> sameShape(Value first, Value... others) {
        return complaints().sameShape(first, others).complaints;
    }

    /**
     * A window slides over {@code large} and meets {@code small}.
     *
     * @param weight [small's channels, large's channels, kH, kW]; if not transposed, groups may divide both channels,
     *     and weight's are then large's of one group
     */
    private static List<String> convolution(Value small, Value large, Value weight, Window window, boolean transposed) {
        Complaints complaints = complaints().rank(small, 4).rank(large, 4);
        if (!complaints.complaints.isEmpty()) {
            return complaints.complaints;
        }
        return complaints
                .equal(
                        weight,
                        Shape.of(
                                small.shape().axis(1),
                                channelsOfGroup(small, large, weight, transposed),
                                window.kernel().height(),
                                window.kernel().width()))
                .that(
                        slides(small, large, window, transposed),
                        "a window of kernel " + window.kernel() + ", stride " + window.stride() + ", padding "
                                + window.padding() + ", dilation " + window.dilation() + ", output padding "
                                + window.outputPadding() + " does not join " + large.shape() + " and " + small.shape())
                .complaints;
    }

    private static int channelsOfGroup(Value small, Value large, Value weight, boolean transposed) {
        int channels = large.shape().axis(1);
        int ofGroup = weight.shape().rank() < 2 ? channels : weight.shape().axis(1);
        boolean grouped =
                !transposed && channels % ofGroup == 0 && small.shape().axis(1) % (channels / ofGroup) == 0;
        return grouped ? ofGroup : channels;
    }

    private static boolean slides(Value small, Value large, Window window, boolean transposed) {
        return slides(
                        small.shape().axis(2),
                        large.shape().axis(2),
                        window.kernel().height(),
                        window.stride().height(),
                        window.padding().height(),
                        window.dilation().height(),
                        window.outputPadding().height(),
                        transposed)
                && slides(
                        small.shape().axis(3),
                        large.shape().axis(3),
                        window.kernel().width(),
                        window.stride().width(),
                        window.padding().width(),
                        window.dilation().width(),
                        window.outputPadding().width(),
                        transposed);
    }

    /** Whether the last of {@code small} places of the window lies within {@code large}, and one more would not. */
    private static boolean slides(
            int small,
            int large,
            int kernel,
            int stride,
            int padding,
            int dilation,
            int outputPadding,
            boolean transposed) {
        long covered = (small - 1L) * stride + (kernel - 1L) * dilation + 1;
        long rest = large + 2L * padding - covered;
        return transposed ? rest == outputPadding : rest >= 0 && rest < stride && outputPadding == 0;
    }

    private static Shape channelsOf(Value value) {
        return value.shape().rank() < 2 ? Shape.of() : Shape.of(value.shape().axis(1));
    }

    @Override
    public List<String> conv2d(Op.Conv2d op) {
        List<String> complaints = convolution(op.y(), op.x(), op.weight(), op.window(), false);
        return complaints.isEmpty() ? complaints().equal(op.bias(), channelsOf(op.y())).complaints : complaints;
    }

    @Override
    public List<String> conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return convolution(op.dY(), op.dX(), op.weight(), op.window(), false);
    }

    @Override
    public List<String> conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return convolution(op.dY(), op.x(), op.dWeight(), op.window(), false);
    }

    @Override
    public List<String> convTranspose2d(Op.ConvTranspose2d op) {
        List<String> complaints = convolution(op.x(), op.y(), op.weight(), op.window(), true);
        return complaints.isEmpty() ? complaints().equal(op.bias(), channelsOf(op.y())).complaints : complaints;
    }

    @Override
    public List<String> convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return convolution(op.dX(), op.dY(), op.weight(), op.window(), true);
    }

    @Override
    public List<String> convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return convolution(op.x(), op.dY(), op.dWeight(), op.window(), true);
    }

    @Override
    public List<String> channelBiasBackward(Op.ChannelBiasBackward op) {
        return complaints().rank(op.dY(), 4).equal(op.dBias(), channelsOf(op.dY())).complaints;
    }

    private static List<String> linear(Value x, Value weight, Optional<Value> bias, Value y) {
        Complaints complaints = complaints().rank(x, 2).rank(y, 2);
        if (!complaints.complaints.isEmpty()) {
            return complaints.complaints;
        }
        return complaints
                .equal(weight, Shape.of(y.shape().axis(1), x.shape().axis(1)))
                .equal(bias, channelsOf(y))
                .complaints;
    }

    @Override
    public List<String> linear(Op.Linear op) {
        return linear(op.x(), op.weight(), op.bias(), op.y());
    }

    @Override
    public List<String> linearBackwardInput(Op.LinearBackwardInput op) {
        return linear(op.dX(), op.weight(), Optional.empty(), op.dY());
    }

    @Override
    public List<String> linearBackwardWeight(Op.LinearBackwardWeight op) {
        return linear(op.x(), op.dWeight(), Optional.empty(), op.dY());
    }

    @Override
    public List<String> linearBackwardBias(Op.LinearBackwardBias op) {
        return complaints().rank(op.dY(), 2).equal(op.dBias(), channelsOf(op.dY())).complaints;
    }

    @Override
    public List<String> batchNorm(Op.BatchNorm op) {
        Shape channels = channelsOf(op.x());
        return complaints()
                .channels(op.x())
                .equal(op.y(), op.x().shape())
                .equal(op.weight(), channels)
                .equal(op.bias(), channels)
                .equal(op.runningMean(), channels)
                .equal(op.runningVar(), channels)
                .equal(op.mean(), channels)
                .equal(op.inverseStd(), channels)
                .complaints;
    }

    @Override
    public List<String> batchNormBackward(Op.BatchNormBackward op) {
        Shape channels = channelsOf(op.x());
        return complaints()
                .channels(op.x())
                .equal(op.dY(), op.x().shape())
                .equal(op.dX(), op.x().shape())
                .equal(op.weight(), channels)
                .equal(op.mean(), channels)
                .equal(op.inverseStd(), channels)
                .equal(op.dWeight(), channels)
                .equal(op.dBias(), channels)
                .complaints;
    }

    @Override
    public List<String> instanceNorm2d(Op.InstanceNorm2d op) {
        Shape channels = channelsOf(op.x());
        Shape each = new Shape(true, channels.dimensions());
        return complaints()
                .rank(op.x(), 4)
                .equal(op.y(), op.x().shape())
                .equal(op.weight(), channels)
                .equal(op.bias(), channels)
                .equal(op.mean(), each)
                .equal(op.inverseStd(), each)
                .complaints;
    }

    @Override
    public List<String> instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        Shape channels = channelsOf(op.x());
        Shape each = new Shape(true, channels.dimensions());
        return complaints()
                .rank(op.x(), 4)
                .equal(op.dY(), op.x().shape())
                .equal(op.dX(), op.x().shape())
                .equal(op.weight(), channels)
                .equal(op.mean(), each)
                .equal(op.inverseStd(), each)
                .equal(op.dWeight(), channels)
                .equal(op.dBias(), channels)
                .complaints;
    }

    /** Parts of a sample: how many, by their means, and what γ and β have an element for. */
    private static Complaints parts(Value x, Value mean, Value inverseStd, Op.GroupNorm.Affine affine) {
        Complaints complaints = complaints().channels(x).equal(inverseStd, mean.shape());
        if (!mean.shape().batched() || mean.shape().rank() != 2) {
            return complaints.that(false, mean + " is " + mean.shape() + " and should be [batch, parts]");
        }
        long parts = mean.shape().axis(1);
        long divided = affine == Op.GroupNorm.Affine.CHANNELS
                ? x.shape().axis(1)
                : x.shape().elements();
        return complaints.that(divided % parts == 0, x + " " + x.shape() + " has no " + parts + " equal parts");
    }

    private static Shape affine(Value x, Value mean, Op.GroupNorm.Affine affine, Optional<Value> parameter) {
        if (affine == Op.GroupNorm.Affine.CHANNELS) {
            return channelsOf(x);
        }
        int axes = parameter.map(value -> value.shape().rank()).orElse(0);
        List<Integer> sizes = x.shape().dimensions();
        Shape last = new Shape(false, sizes.subList(Math.max(0, sizes.size() - axes), sizes.size()));
        boolean isPart = last.elements() * mean.shape().elements() == x.shape().elements();
        return isPart ? last : Shape.of();
    }

    @Override
    public List<String> groupNorm(Op.GroupNorm op) {
        Complaints complaints = parts(op.x(), op.mean(), op.inverseStd(), op.affine());
        return complaints.complaints.isEmpty()
                ? complaints
                        .equal(op.y(), op.x().shape())
                        .equal(op.weight(), affine(op.x(), op.mean(), op.affine(), op.weight()))
                        .equal(op.bias(), affine(op.x(), op.mean(), op.affine(), op.bias()))
                        .complaints
                : complaints.complaints;
    }

    @Override
    public List<String> groupNormBackward(Op.GroupNormBackward op) {
        Complaints complaints = parts(op.x(), op.mean(), op.inverseStd(), op.affine());
        return complaints.complaints.isEmpty()
                ? complaints
                        .sameShape(op.x(), op.dY(), op.dX())
                        .equal(op.weight(), affine(op.x(), op.mean(), op.affine(), op.weight()))
                        .equal(op.dWeight(), affine(op.x(), op.mean(), op.affine(), op.dWeight()))
                        .equal(op.dBias(), affine(op.x(), op.mean(), op.affine(), op.dBias()))
                        .complaints
                : complaints.complaints;
    }

    private static List<String> pool(Value x, Value y, Window window) {
        Complaints complaints = complaints().rank(x, 4).rank(y, 4);
        if (!complaints.complaints.isEmpty()) {
            return complaints.complaints;
        }
        return complaints
                .that(x.shape().axis(1) == y.shape().axis(1), x + " and " + y + " differ in channels")
                .that(
                        slides(y, x, window, false),
                        "a window of " + window + " does not join " + x.shape() + " and " + y.shape())
                .complaints;
    }

    @Override
    public List<String> maxPool2d(Op.MaxPool2d op) {
        return pool(op.x(), op.y(), op.window());
    }

    @Override
    public List<String> maxPool2dBackward(Op.MaxPool2dBackward op) {
        List<String> complaints = pool(op.x(), op.dY(), op.window());
        return complaints.isEmpty() ? sameShape(op.x(), op.dX()) : complaints;
    }

    private static List<String> average(Value x, Value y, Optional<Window> window) {
        if (window.isPresent()) {
            return pool(x, y, window.get());
        }
        Complaints complaints = complaints().rank(x, 4).rank(y, 4);
        return complaints.complaints.isEmpty()
                ? complaints.that(x.shape().axis(1) == y.shape().axis(1), x + " and " + y + " differ in channels")
                        .complaints
                : complaints.complaints;
    }

    @Override
    public List<String> avgPool2d(Op.AvgPool2d op) {
        return average(op.x(), op.y(), op.window());
    }

    @Override
    public List<String> avgPool2dBackward(Op.AvgPool2dBackward op) {
        return average(op.dX(), op.dY(), op.window());
    }

    private static List<String> sameElements(Value in, Value out) {
        return complaints()
                .that(
                        in.shape().batched() == out.shape().batched()
                                && in.shape().elements() == out.shape().elements(),
                        in.shape() + " cannot become " + out.shape())
                .complaints;
    }

    private static List<String> spread(Value x, Value y, Spread spread) {
        Complaints complaints = complaints().rank(x, 4).rank(y, 4);
        if (!complaints.complaints.isEmpty()) {
            return complaints.complaints;
        }
        boolean fits = y.shape().axis(1) == x.shape().axis(1)
                && y.shape().axis(2) == spread.height(x.shape().axis(2))
                && y.shape().axis(3) == spread.width(x.shape().axis(3));
        return complaints.that(fits, spread + " does not make " + y.shape() + " of " + x.shape()).complaints;
    }

    @Override
    public List<String> spread2d(Op.Spread2d op) {
        return spread(op.x(), op.y(), op.spread());
    }

    @Override
    public List<String> spread2dBackward(Op.Spread2dBackward op) {
        return spread(op.dX(), op.dY(), op.spread());
    }

    @Override
    public List<String> flatten(Op.Flatten op) {
        return sameElements(op.x(), op.y());
    }

    @Override
    public List<String> flattenBackward(Op.FlattenBackward op) {
        return sameElements(op.dY(), op.dX());
    }

    private static List<String> dropout(Value mask, Value x, Value y) {
        boolean ofChannels = mask.shape().rank() == 2 && x.shape().rank() == 4;
        Shape expected = ofChannels ? Shape.batch(x.shape().axis(1)) : x.shape();
        return complaints().equal(mask, expected).equal(y, x.shape()).complaints;
    }

    @Override
    public List<String> dropout(Op.Dropout op) {
        return dropout(op.mask(), op.x(), op.y());
    }

    @Override
    public List<String> dropoutBackward(Op.DropoutBackward op) {
        return dropout(op.mask(), op.dY(), op.dX());
    }

    @Override
    public List<String> activation(Op.Activation op) {
        return sameShape(op.x(), op.y());
    }

    @Override
    public List<String> activationBackward(Op.ActivationBackward op) {
        return sameShape(op.known(), op.dY(), op.dX());
    }

    private static List<String> channelwise(Value y, Value... others) {
        return complaints().channels(y).sameShape(y, others).complaints;
    }

    @Override
    public List<String> softmax(Op.Softmax op) {
        return channelwise(op.x(), op.y());
    }

    @Override
    public List<String> softmaxBackward(Op.SoftmaxBackward op) {
        return channelwise(op.y(), op.dY(), op.dX());
    }

    private static boolean isPart(Value part, int from, Value whole) {
        Shape small = part.shape();
        Shape large = whole.shape();
        return small.batched()
                && large.batched()
                && small.rank() == large.rank()
                && small.rank() >= 2
                && from >= 0
                && from + small.axis(1) <= large.axis(1)
                && small.dimensions()
                        .subList(1, small.dimensions().size())
                        .equals(large.dimensions().subList(1, large.dimensions().size()));
    }

    @Override
    public List<String> concat(Op.Concat op) {
        Complaints complaints = complaints();
        int from = 0;
        for (Value part : op.parts()) {
            complaints.that(
                    isPart(part, from, op.y()),
                    part + " " + part.shape() + " does not fit into " + op.y() + " "
                            + op.y().shape() + " from channel " + from);
            from += part.shape().rank() < 2 ? 0 : part.shape().axis(1);
        }
        return complaints.that(
                        op.y().shape().rank() >= 2 && from == op.y().shape().axis(1),
                        "the parts have " + from + " channels together, " + op.y() + " is "
                                + op.y().shape())
                .complaints;
    }

    @Override
    public List<String> concatBackward(Op.ConcatBackward op) {
        return complaints()
                .that(
                        isPart(op.dPart(), op.from(), op.dY()),
                        op.dPart() + " " + op.dPart().shape() + " is no part of " + op.dY() + " "
                                + op.dY().shape() + " from channel " + op.from())
                .complaints;
    }

    @Override
    public List<String> add(Op.Add op) {
        return sameShape(op.a(), op.b(), op.sum());
    }

    @Override
    public List<String> addBackward(Op.AddBackward op) {
        return sameShape(op.dSum(), op.dPart());
    }

    @Override
    public List<String> lossGradient(Op.LossGradient op) {
        Value prediction = op.loss().prediction();
        Complaints complaints = complaints().equal(op.dPrediction(), prediction.shape());
        Shape target = op.loss().kind().isOfClasses() ? new Shape(true, List.of()) : prediction.shape();
        return complaints.equal(op.loss().target(), target).complaints;
    }

    @Override
    public List<String> activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return complaints().equal(op.dY(), op.y().shape()).equal(op.dX(), op.y().shape()).complaints;
    }

    /** What the parts' own rules say, and that each goes on with what the one before it computes. */
    @Override
    public List<String> fused(Op.Fused op) {
        Complaints complaints = complaints();
        complaints.that(op.parts().size() > 1, "one operation alone is not fused");
        for (int i = 0; i < op.parts().size(); i++) {
            Op part = op.parts().get(i);
            boolean norm = i == op.normalization() && (i == 0 || part.isNormalizationBackward());
            complaints
                    .that(part.isStep() || norm, part.word() + " cannot be fused there")
                    .that(
                            i == 0
                                    || part.inputs()
                                            .contains(op.parts()
                                                    .get(i - 1)
                                                    .outputs()
                                                    .get(0)),
                            part.word() + " does not read what is computed before it");
            complaints.complaints.addAll(part.accept(this));
        }
        return complaints.complaints;
    }
}
