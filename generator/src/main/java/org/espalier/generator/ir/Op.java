package org.espalier.generator.ir;

import java.util.List;
import java.util.Optional;
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
     * What it writes, its result first. A value is written exactly once in a program, save gradients of parameters that
     * several operations share: see {@link Program}.
     */
    List<Value> outputs();

    /** The word of the {@code .net} for the layer that computes it: {@code Conv2d}. */
    default String word() {
        return getClass().getSimpleName();
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

        R batchNorm2d(BatchNorm2d op);

        R batchNorm2dBackward(BatchNorm2dBackward op);

        R instanceNorm2d(InstanceNorm2d op);

        R instanceNorm2dBackward(InstanceNorm2dBackward op);

        R maxPool2d(MaxPool2d op);

        R maxPool2dBackward(MaxPool2dBackward op);

        R flatten(Flatten op);

        R flattenBackward(FlattenBackward op);

        R dropout(Dropout op);

        R dropoutBackward(DropoutBackward op);

        R relu(Relu op);

        R reluBackward(ReluBackward op);

        R leakyRelu(LeakyRelu op);

        R leakyReluBackward(LeakyReluBackward op);

        R tanh(Tanh op);

        R tanhBackward(TanhBackward op);

        R sigmoid(Sigmoid op);

        R sigmoidBackward(SigmoidBackward op);

        R concat(Concat op);

        R concatBackward(ConcatBackward op);

        R add(Add op);

        R addBackward(AddBackward op);

        R lossGradient(LossGradient op);
    }

    private static List<Value> some(Object... values) {
        return Stream.of(values)
                .flatMap(value -> value instanceof Optional<?> optional ? optional.stream() : Stream.of(value))
                .map(Value.class::cast)
                .toList();
    }

    /** y[n, o] = b[o] + Σ_c x[n, c] ⋆ W[o, c] (cross-correlation). W is [out, in, kH, kW]. */
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
    record BatchNorm2d(
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
        public <R> R accept(Visitor<R> visitor) {
            return visitor.batchNorm2d(this);
        }
    }

    /**
     * With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and while training dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)), with
     * fixed statistics dX = γ s dY (Ioffe and Szegedy, arXiv:1502.03167).
     */
    record BatchNorm2dBackward(
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
            return visitor.batchNorm2dBackward(this);
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

    /** As {@link BatchNorm2dBackward} while training, over each sample's own statistics. */
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

    /** y = x · mask, mask 0 with probability p and 1/(1 − p) otherwise; the identity when not training. */
    record Dropout(Origin origin, Value x, Value mask, Value y, double p) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(x);
        }

        @Override
        public List<Value> outputs() {
            return List.of(y, mask);
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

    /** y = max(x, 0). */
    record Relu(Origin origin, Value x, Value y) implements Op {
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
            return "ReLU";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.relu(this);
        }
    }

    /** dX = dY where y &gt; 0, else 0 (so 0 at the kink). */
    record ReluBackward(Origin origin, Value y, Value dY, Value dX) implements Op {
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
            return visitor.reluBackward(this);
        }
    }

    /** y = x where x &gt; 0, else slope · x; the slope is positive, so y tells the sign of x. */
    record LeakyRelu(Origin origin, Value x, Value y, double slope) implements Op {
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
            return "LeakyReLU";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.leakyRelu(this);
        }
    }

    /** dX = dY where y &gt; 0, else slope · dY. */
    record LeakyReluBackward(Origin origin, Value y, Value dY, Value dX, double slope) implements Op {
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
            return visitor.leakyReluBackward(this);
        }
    }

    /** y = tanh x. */
    record Tanh(Origin origin, Value x, Value y) implements Op {
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
            return visitor.tanh(this);
        }
    }

    /** dX = dY (1 − y²). */
    record TanhBackward(Origin origin, Value y, Value dY, Value dX) implements Op {
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
            return visitor.tanhBackward(this);
        }
    }

    /** y = 1/(1 + exp(−x)). */
    record Sigmoid(Origin origin, Value x, Value y) implements Op {
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
            return visitor.sigmoid(this);
        }
    }

    /** dX = dY y (1 − y). */
    record SigmoidBackward(Origin origin, Value y, Value dY, Value dX) implements Op {
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
            return visitor.sigmoidBackward(this);
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
}
