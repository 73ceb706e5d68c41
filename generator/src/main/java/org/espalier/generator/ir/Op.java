package org.espalier.generator.ir;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One operation of a program: reads values, writes values. Forward and backward share this vocabulary, so that
 * verification, planning and printing know one kind of thing.
 *
 * <p>Notation: {@code x} input, {@code y} output, {@code W} weight, {@code b} bias, {@code d…} the gradient of the loss
 * by something.
 */
public sealed interface Op {
    /** The layer this belongs to. */
    Origin origin();

    /** What it reads. */
    List<Value> inputs();

    /**
     * What it writes, its result first, unless it is {@link Fused}. A value is written exactly once in a program, save
     * gradients of parameters that several operations share: see {@link Program}.
     */
    List<Value> outputs();

    /** The word of the {@code .net} for the layer that computes it: {@code Conv2d}. */
    default String word() {
        return getClass().getSimpleName();
    }

    /** Whether it computes each element of its result from the elements at the same place. */
    default boolean isStep() {
        Effect effect = Effect.of(this);
        Shape shape = outputs().get(0).shape();
        boolean sameShapes = Stream.concat(inputs().stream(), outputs().stream())
                .allMatch(value -> value.shape().equals(shape));
        return (effect instanceof Effect.MayOverwrite && sameShapes) || this instanceof AddBackward;
    }

    /** Whether it is a normalisation, or the gradient of one, whose kernel takes steps. */
    default boolean isNormalization() {
        return this instanceof BatchNorm || this instanceof InstanceNorm2d || isNormalizationBackward();
    }

    /** Whether it is the gradient of a normalisation, whose kernel takes steps before and afterwards. */
    default boolean isNormalizationBackward() {
        return this instanceof BatchNormBackward || this instanceof InstanceNorm2dBackward;
    }

    /** Calls the method of the visitor for this kind. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind, all abstract: a new operation does not compile until every stage handles it. */
    interface Visitor<R> {
        R conv2d(Conv2d op);

        R conv2dBackwardInput(Conv2dBackwardInput op);

        R conv2dBackwardWeight(Conv2dBackwardWeight op);

        R convTranspose2d(ConvTranspose2d op);

        R convTranspose2dBackwardInput(ConvTranspose2dBackwardInput op);

        R convTranspose2dBackwardWeight(ConvTranspose2dBackwardWeight op);

        R channelBiasBackward(ChannelBiasBackward op);

        R linear(Linear op);

        R linearBackwardInput(LinearBackwardInput op);

        R linearBackwardWeight(LinearBackwardWeight op);

        R linearBackwardBias(LinearBackwardBias op);

        R batchNorm(BatchNorm op);

        R batchNormBackward(BatchNormBackward op);

        R instanceNorm2d(InstanceNorm2d op);

        R instanceNorm2dBackward(InstanceNorm2dBackward op);

        R groupNorm(GroupNorm op);

        R groupNormBackward(GroupNormBackward op);

        R maxPool2d(MaxPool2d op);

        R maxPool2dBackward(MaxPool2dBackward op);

        R avgPool2d(AvgPool2d op);

        R avgPool2dBackward(AvgPool2dBackward op);

        R spread2d(Spread2d op);

        R spread2dBackward(Spread2dBackward op);

        R flatten(Flatten op);

        R flattenBackward(FlattenBackward op);

        R dropout(Dropout op);

        R dropoutBackward(DropoutBackward op);

        R activation(Activation op);

        R activationBackward(ActivationBackward op);

        R softmax(Softmax op);

        R softmaxBackward(SoftmaxBackward op);

        R concat(Concat op);

        R concatBackward(ConcatBackward op);

        R add(Add op);

        R addBackward(AddBackward op);

        R lossGradient(LossGradient op);

        R activityPenaltyBackward(ActivityPenaltyBackward op);

        R fused(Fused op);
    }

    private static List<Value> some(Object... values) {
        return Stream.of(values)
                .flatMap(value -> value instanceof Optional<?> optional ? optional.stream() : Stream.of(value))
                .map(Value.class::cast)
                .toList();
    }

    /**
     * y[n, o] = b[o] + Σ_c x[n, c] ⋆ W[o, c] (cross-correlation). W is [out, in, kH, kW], or [out, in/groups, kH, kW]:
     * then each group of outputs sees its group of inputs only.
     */
    record Conv2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, bias);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv2d(this);
        }
    }

    /** dX from dY and W: the transposed convolution of dY with W. */
    record Conv2dBackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY, weight);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv2dBackwardInput(this);
        }
    }

    /** dW[o, c] = Σ_n x[n, c] ⋆ dY[n, o]. */
    record Conv2dBackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dWeight);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv2dBackwardWeight(this);
        }
    }

    /** The adjoint of a convolution by the same window, plus bias. W is [in, out, kH, kW]. */
    record ConvTranspose2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, bias);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.convTranspose2d(this);
        }
    }

    /** dX from dY and W: the convolution of dY with W. */
    record ConvTranspose2dBackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY, weight);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.convTranspose2dBackwardInput(this);
        }
    }

    /** dW[c, o] = Σ_n dY[n, o] ⋆ x[n, c]. */
    record ConvTranspose2dBackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dWeight);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.convTranspose2dBackwardWeight(this);
        }
    }

    /** db[c] = Σ over batch, height and width of dY[:, c]. */
    record ChannelBiasBackward(Origin origin, Value dY, Value dBias) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dBias);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.channelBiasBackward(this);
        }
    }

    /** y = x Wᵀ + b. W is [out, in]. */
    record Linear(Origin origin, Value x, Value weight, Optional<Value> bias, Value y) implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, bias);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linear(this);
        }
    }

    /** dX = dY W. */
    record LinearBackwardInput(Origin origin, Value dY, Value weight, Value dX) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY, weight);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linearBackwardInput(this);
        }
    }

    /** dW = dYᵀ x. */
    record LinearBackwardWeight(Origin origin, Value x, Value dY, Value dWeight) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dWeight);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linearBackwardWeight(this);
        }
    }

    /** db = Σ over the batch of dY. */
    record LinearBackwardBias(Origin origin, Value dY, Value dBias) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dBias);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linearBackwardBias(this);
        }
    }

    /**
     * y = (x − μ)/√(σ² + ε) · γ + β per channel; μ and σ² over batch and space while training (biased variance), the
     * running statistics otherwise. {@code mean} and {@code inverseStd} ([channels]) are kept for backward.
     */
    record BatchNorm(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Optional<Value> bias,
            Value runningMean,
            Value runningVar,
            Value mean,
            Value inverseStd,
            Value y,
            double eps,
            double momentum)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, bias, runningMean, runningVar);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y, mean, inverseStd);
        }

        @Override
        public String word() {
            return x.shape().rank() == 4 ? "BatchNorm2d" : "BatchNorm1d";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.batchNorm(this);
        }
    }

    /**
     * With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and while training dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)), with
     * fixed statistics dX = γ s dY (Ioffe and Szegedy, arXiv:1502.03167).
     */
    record BatchNormBackward(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dY,
            Value dX,
            Optional<Value> dWeight,
            Optional<Value> dBias)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, mean, inverseStd, dY);
        }

        @Override
        public List<Value> outputs() {
            return some(dX, dWeight, dBias);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.batchNormBackward(this);
        }
    }

    /**
     * As batch normalisation, but with the mean and variance of each sample and channel over space, in training and
     * afterwards. {@code mean} and {@code inverseStd} are [batch, channels].
     */
    record InstanceNorm2d(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Optional<Value> bias,
            Value mean,
            Value inverseStd,
            Value y,
            double eps)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, bias);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y, mean, inverseStd);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.instanceNorm2d(this);
        }
    }

    /** As {@link BatchNormBackward} while training, over each sample's own statistics. */
    record InstanceNorm2dBackward(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dY,
            Value dX,
            Optional<Value> dWeight,
            Optional<Value> dBias)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, mean, inverseStd, dY);
        }

        @Override
        public List<Value> outputs() {
            return some(dX, dWeight, dBias);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.instanceNorm2dBackward(this);
        }
    }

    /**
     * As instance normalisation, but over parts of a sample that follow each other: either {@code groups} groups of
     * channels, with γ and β of each channel ({@code GroupNorm}), or all that the last axes of x span, with γ and β of
     * each of their elements ({@code LayerNorm}). {@code mean} and {@code inverseStd} are [batch, parts].
     */
    record GroupNorm(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Optional<Value> bias,
            Value mean,
            Value inverseStd,
            Value y,
            double eps,
            Affine affine)
            implements Op {
        /** What γ and β belong to. */
        public enum Affine {
            /** Each channel has its own. */
            CHANNELS,
            /** Each element of a part has its own. */
            ELEMENTS
        }

        @Override
        public List<Value> inputs() {
            return some(x, weight, bias);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y, mean, inverseStd);
        }

        @Override
        public String word() {
            return affine == Affine.CHANNELS ? "GroupNorm" : "LayerNorm";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.groupNorm(this);
        }
    }

    /** With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and with d = γ dY, dX = s (d − mean(d) − x̂ mean(d x̂)). */
    record GroupNormBackward(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dY,
            Value dX,
            Optional<Value> dWeight,
            Optional<Value> dBias,
            GroupNorm.Affine affine)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(x, weight, mean, inverseStd, dY);
        }

        @Override
        public List<Value> outputs() {
            return some(dX, dWeight, dBias);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.groupNormBackward(this);
        }
    }

    /** The largest element of each window; padding never wins. */
    record MaxPool2d(Origin origin, Value x, Value y, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.maxPool2d(this);
        }
    }

    /** Sends each dY to the first largest element of its window. */
    record MaxPool2dBackward(Origin origin, Value x, Value dY, Value dX, Window window) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.maxPool2dBackward(this);
        }
    }

    /**
     * The mean of each window.
     *
     * @param window empty where x is cut into as many parts as y has elements: row i of h is the mean of the rows from
     *     ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉
     * @param countsPadding whether padding counts as zeros, or not at all
     */
    record AvgPool2d(Origin origin, Value x, Value y, Optional<Window> window, boolean countsPadding) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public String word() {
            return window.isPresent() ? "AvgPool2d" : "AdaptiveAvgPool2d";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.avgPool2d(this);
        }
    }

    /** Spreads each dY evenly over its window. */
    record AvgPool2dBackward(Origin origin, Value dY, Value dX, Optional<Window> window, boolean countsPadding)
            implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.avgPool2dBackward(this);
        }
    }

    /** Each element of y is one of x, or 0: upsampling and padding. */
    record Spread2d(Origin origin, Value x, Value y, Spread spread) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public String word() {
            return spread.kind().word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.spread2d(this);
        }
    }

    /** Adds up dY where each element of x went. */
    record Spread2dBackward(Origin origin, Value dY, Value dX, Spread spread) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.spread2dBackward(this);
        }
    }

    /** The same numbers under another shape. */
    record Flatten(Origin origin, Value x, Value y) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flatten(this);
        }
    }

    /** The same numbers under the first shape. */
    record FlattenBackward(Origin origin, Value dY, Value dX) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.flattenBackward(this);
        }
    }

    /**
     * y = x · mask, mask 0 with probability p and 1/(1 − p) otherwise; the identity when not training. The mask is like
     * x, or [batch, channels] if whole channels are dropped.
     */
    record Dropout(Origin origin, Value x, Value mask, Value y, double p) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y, mask);
        }

        /** Whether whole channels are dropped. */
        public boolean ofChannels() {
            return !mask.shape().equals(x.shape());
        }

        @Override
        public String word() {
            return ofChannels() ? "Dropout2d" : "Dropout";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropout(this);
        }
    }

    /** dX = dY · mask. */
    record DropoutBackward(Origin origin, Value mask, Value dY, Value dX) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(mask, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropoutBackward(this);
        }
    }

    /** y = f(x) for each element. */
    record Activation(Origin origin, Value x, Value y, ActivationFunction function) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public String word() {
            return function.kind().word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activation(this);
        }
    }

    /**
     * dX = dY f′(x).
     *
     * @param known x or y, whichever tells f′(x): see {@link ActivationFunction#isDerivedFromResult}
     */
    record ActivationBackward(Origin origin, Value known, Value dY, Value dX, ActivationFunction function)
            implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(known, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activationBackward(this);
        }
    }

    /**
     * y[n, c] = exp(x[n, c])/Σ_k exp(x[n, k]) over the channels (axis 1), at each place of an image.
     *
     * @param log whether y is the logarithm of that
     */
    record Softmax(Origin origin, Value x, Value y, boolean log) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public String word() {
            return log ? "LogSoftmax" : "Softmax";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.softmax(this);
        }
    }

    /** dX = y (dY − Σ_k dY y), and of the logarithm dX = dY − exp(y) Σ_k dY. */
    record SoftmaxBackward(Origin origin, Value y, Value dY, Value dX, boolean log) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(y, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.softmaxBackward(this);
        }
    }

    /** The parts one after the other along the channel axis (axis 1). */
    record Concat(Origin origin, List<Value> parts, Value y) implements Op {
        /** Copies the list. */
        public Concat {
            parts = List.copyOf(parts);
        }

        @Override
        public List<Value> inputs() {
            return parts;
        }

        @Override
        public List<Value> outputs() {
            return List.of(y);
        }

        @Override
        public String word() {
            return "concat";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.concat(this);
        }
    }

    /** The channels {@code from} (inclusive) to {@code from + dPart's channels} of dY. */
    record ConcatBackward(Origin origin, Value dY, Value dPart, int from) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dPart);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.concatBackward(this);
        }
    }

    /** sum = a + b, of one shape: a residual connection, or two gradients of a value that was read twice. */
    record Add(Origin origin, Value a, Value b, Value sum) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(a, b);
        }

        @Override
        public List<Value> outputs() {
            return List.of(sum);
        }

        @Override
        public String word() {
            return "add";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.add(this);
        }
    }

    /** dPart = dSum: a sum passes its gradient on to each part as it is. */
    record AddBackward(Origin origin, Value dSum, Value dPart) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(dSum);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dPart);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.addBackward(this);
        }
    }

    /** The gradient of the loss by its prediction, computed together with the loss. */
    record LossGradient(Origin origin, Loss loss, Value dPrediction) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(loss.prediction(), loss.target());
        }

        @Override
        public List<Value> outputs() {
            return List.of(dPrediction);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.lossGradient(this);
        }
    }

    /**
     * dX = dY + λ f′(y) for the penalty λ Σ f(y) on what a layer computed, divided by the batch if the penalty is a
     * mean; without dY where nothing else reads y. What the penalty is adds to the regularizer's line of the ledger.
     *
     * @param regularizer the name of the {@link UpdateGroup}
     */
    record ActivityPenaltyBackward(
            Origin origin, Value y, Optional<Value> dY, Value dX, String regularizer, UpdateGroup.Reduction reduction)
            implements Op {
        @Override
        public List<Value> inputs() {
            return some(y, dY);
        }

        @Override
        public List<Value> outputs() {
            return List.of(dX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activityPenaltyBackward(this);
        }
    }

    /**
     * Operations done in one pass over memory, block by block: the steps of a normalisation's kernel, or of one that
     * does nothing else. Each part reads the result of the one before it. At most one is a normalisation, which comes
     * first, or the gradient of one; all others work element by element.
     *
     * @param parts in their order, two at least
     * @param outputs what is written, in the order of the parts; their other results only pass through the cache
     */
    record Fused(List<Op> parts, List<Value> outputs) implements Op {
        /** Copies the lists. */
        public Fused {
            parts = List.copyOf(parts);
            outputs = List.copyOf(outputs);
        }

        /** Some operations in one pass, of which nothing is written that is not among these values. */
        public static Fused of(List<Op> parts, Set<Value> written) {
            Set<Value> results = new HashSet<>(last(parts).outputs());
            return new Fused(
                    parts,
                    parts.stream()
                            .flatMap(part -> part.outputs().stream())
                            .filter(value -> results.contains(value) || written.contains(value))
                            .toList());
        }

        /** The operations themselves, those that are fused one by one. */
        public static List<Op> apart(List<Op> operations) {
            return operations.stream()
                    .flatMap(op -> op instanceof Fused fused ? fused.parts.stream() : Stream.of(op))
                    .toList();
        }

        /** The layer of the normalisation, which takes the others' work over, or else of the first part. */
        @Override
        public Origin origin() {
            return parts.get(Math.max(0, normalization())).origin();
        }

        @Override
        public List<Value> inputs() {
            List<Value> within =
                    parts.stream().flatMap(part -> part.outputs().stream()).toList();
            return parts.stream()
                    .flatMap(part -> part.inputs().stream())
                    .filter(value -> !within.contains(value))
                    .distinct()
                    .toList();
        }

        /** The place of the normalisation, or of the gradient of one; -1 if all parts work element by element. */
        public int normalization() {
            return IntStream.range(0, parts.size())
                    .filter(i -> parts.get(i).isNormalization())
                    .findFirst()
                    .orElse(-1);
        }

        /** What the last part computes. */
        public Value result() {
            return last(parts).outputs().get(0);
        }

        private static Op last(List<Op> parts) {
            return parts.get(parts.size() - 1);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.fused(this);
        }
    }
}
