package org.espalier.generator.ir;

import java.util.List;
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
    public String batchNorm2d(Op.BatchNorm2d op) {
        return text("batch_norm2d", op, "eps=" + op.eps(), "momentum=" + op.momentum());
    }

    @Override
    public String batchNorm2dBackward(Op.BatchNorm2dBackward op) {
        return text("batch_norm2d_backward", op);
    }

    @Override
    public String instanceNorm2d(Op.InstanceNorm2d op) {
        return text("instance_norm2d", op, "eps=" + op.eps());
    }

    @Override
    public String instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return text("instance_norm2d_backward", op);
    }

    @Override
    public String maxPool2d(Op.MaxPool2d op) {
        return text("max_pool2d", op, window(op.window()));
    }

    @Override
    public String maxPool2dBackward(Op.MaxPool2dBackward op) {
        return text("max_pool2d_backward", op, window(op.window()));
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

    @Override
    public String relu(Op.Relu op) {
        return text("relu", op);
    }

    @Override
    public String reluBackward(Op.ReluBackward op) {
        return text("relu_backward", op);
    }

    @Override
    public String leakyRelu(Op.LeakyRelu op) {
        return text("leaky_relu", op, "slope=" + op.slope());
    }

    @Override
    public String leakyReluBackward(Op.LeakyReluBackward op) {
        return text("leaky_relu_backward", op, "slope=" + op.slope());
    }

    @Override
    public String tanh(Op.Tanh op) {
        return text("tanh", op);
    }

    @Override
    public String tanhBackward(Op.TanhBackward op) {
        return text("tanh_backward", op);
    }

    @Override
    public String sigmoid(Op.Sigmoid op) {
        return text("sigmoid", op);
    }

    @Override
    public String sigmoidBackward(Op.SigmoidBackward op) {
        return text("sigmoid_backward", op);
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
}
