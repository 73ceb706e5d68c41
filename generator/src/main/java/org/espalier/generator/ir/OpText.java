package org.espalier.generator.ir;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The right-hand side of a printed operation: {@code conv2d(%x, %w; kernel=3, stride=1, padding=1)}. */
final class OpText implements Op.Visitor<String> {
    static final OpText INSTANCE = new OpText();

    private OpText() {}

    private static String text(String name, Op op, Object... attributes) {
        String operands = op.inputs().stream().map(Value::toString).collect(Collectors.joining(", "));
        if (attributes.length == 0) {
            return name + "(" + operands + ")";
        }
        return name + "(" + operands + "; "
                + List.of(attributes).stream().map(Object::toString).collect(Collectors.joining(", ")) + ")";
    }

    private static String window(Window window) {
        StringBuilder text = new StringBuilder(
                "kernel=" + window.kernel() + ", stride=" + window.stride() + ", padding=" + window.padding());
        if (!window.dilation().equals(new Window.Pair(1, 1))) {
            text.append(", dilation=").append(window.dilation());
        }
        if (!window.outputPadding().equals(new Window.Pair(0, 0))) {
            text.append(", output_padding=").append(window.outputPadding());
        }
        return text.toString();
    }

    @Override
    public String conv2d(Op.Conv2d op) {
        return text("conv2d", op, window(op.window()));
    }

    @Override
    public String conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return text("conv2d_backward_input", op, window(op.window()));
    }

    @Override
    public String conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return text("conv2d_backward_weight", op, window(op.window()));
    }

    @Override
    public String convTranspose2d(Op.ConvTranspose2d op) {
        return text("conv_transpose2d", op, window(op.window()));
    }

    @Override
    public String convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return text("conv_transpose2d_backward_input", op, window(op.window()));
    }

    @Override
    public String convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return text("conv_transpose2d_backward_weight", op, window(op.window()));
    }

    @Override
    public String channelBiasBackward(Op.ChannelBiasBackward op) {
        return text("channel_bias_backward", op);
    }

    @Override
    public String linear(Op.Linear op) {
        return text("linear", op);
    }

    @Override
    public String linearBackwardInput(Op.LinearBackwardInput op) {
        return text("linear_backward_input", op);
    }

    @Override
    public String linearBackwardWeight(Op.LinearBackwardWeight op) {
        return text("linear_backward_weight", op);
    }

    @Override
    public String linearBackwardBias(Op.LinearBackwardBias op) {
        return text("linear_backward_bias", op);
    }

    @Override
    public String batchNorm(Op.BatchNorm op) {
        return text("batch_norm", op, "eps=" + op.eps(), "momentum=" + op.momentum());
    }

    @Override
    public String batchNormBackward(Op.BatchNormBackward op) {
        return text("batch_norm_backward", op);
    }

    @Override
    public String instanceNorm2d(Op.InstanceNorm2d op) {
        return text("instance_norm2d", op, "eps=" + op.eps());
    }

    @Override
    public String instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return text("instance_norm2d_backward", op);
    }

    private static String norm(Op.GroupNorm.Affine affine) {
        return affine == Op.GroupNorm.Affine.CHANNELS ? "group_norm" : "layer_norm";
    }

    @Override
    public String groupNorm(Op.GroupNorm op) {
        return text(norm(op.affine()), op, "eps=" + op.eps());
    }

    @Override
    public String groupNormBackward(Op.GroupNormBackward op) {
        return text(norm(op.affine()) + "_backward", op);
    }

    @Override
    public String maxPool2d(Op.MaxPool2d op) {
        return text("max_pool2d", op, window(op.window()));
    }

    @Override
    public String maxPool2dBackward(Op.MaxPool2dBackward op) {
        return text("max_pool2d_backward", op, window(op.window()));
    }

    private static String average(String suffix, Op op, Optional<Window> window, boolean countsPadding) {
        return window.map(sliding ->
                        text("avg_pool2d" + suffix, op, window(sliding), "count_include_pad=" + countsPadding))
                .orElseGet(() -> text("adaptive_avg_pool2d" + suffix, op));
    }

    @Override
    public String avgPool2d(Op.AvgPool2d op) {
        return average("", op, op.window(), op.countsPadding());
    }

    @Override
    public String avgPool2dBackward(Op.AvgPool2dBackward op) {
        return average("_backward", op, op.window(), op.countsPadding());
    }

    private static String spread(String suffix, Op op, Spread spread) {
        return spread.kind() == Spread.Kind.NEAREST
                ? text(spread.kind().text() + suffix, op, "scale=" + spread.before())
                : text(spread.kind().text() + suffix, op, "before=" + spread.before(), "after=" + spread.after());
    }

    @Override
    public String spread2d(Op.Spread2d op) {
        return spread("", op, op.spread());
    }

    @Override
    public String spread2dBackward(Op.Spread2dBackward op) {
        return spread("_backward", op, op.spread());
    }

    @Override
    public String flatten(Op.Flatten op) {
        return text("flatten", op);
    }

    @Override
    public String flattenBackward(Op.FlattenBackward op) {
        return text("flatten_backward", op);
    }

    @Override
    public String dropout(Op.Dropout op) {
        return text("dropout", op, "p=" + op.p());
    }

    @Override
    public String dropoutBackward(Op.DropoutBackward op) {
        return text("dropout_backward", op);
    }

    private static String activation(String suffix, Op op, ActivationFunction function) {
        List<String> names = function.kind().constants();
        Object[] constants = new Object[names.size()];
        for (int i = 0; i < constants.length; i++) {
            constants[i] = names.get(i) + "=" + function.constants().get(i);
        }
        return text(function.kind().text() + suffix, op, constants);
    }

    @Override
    public String activation(Op.Activation op) {
        return activation("", op, op.function());
    }

    @Override
    public String activationBackward(Op.ActivationBackward op) {
        return activation("_backward", op, op.function());
    }

    @Override
    public String softmax(Op.Softmax op) {
        return text(op.log() ? "log_softmax" : "softmax", op);
    }

    @Override
    public String softmaxBackward(Op.SoftmaxBackward op) {
        return text(op.log() ? "log_softmax_backward" : "softmax_backward", op);
    }

    @Override
    public String concat(Op.Concat op) {
        return text("concat", op);
    }

    @Override
    public String concatBackward(Op.ConcatBackward op) {
        return text("concat_backward", op, "from=" + op.from());
    }

    @Override
    public String add(Op.Add op) {
        return text("add", op);
    }

    @Override
    public String addBackward(Op.AddBackward op) {
        return text("add_backward", op);
    }

    @Override
    public String lossGradient(Op.LossGradient op) {
        return text("loss_gradient", op);
    }

    @Override
    public String activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        String regularizer = "regularizer=" + IrLine.name(op.regularizer());
        return text(
                "activity_penalty_backward",
                op,
                regularizer,
                "reduction=" + op.reduction().word());
    }

    @Override
    public String fused(Op.Fused op) {
        return op.parts().stream().map(part -> part.accept(this)).collect(Collectors.joining(", then "));
    }
}
