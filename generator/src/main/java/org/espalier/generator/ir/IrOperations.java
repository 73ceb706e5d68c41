package org.espalier.generator.ir;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.Op.GroupNorm.Affine;
import org.espalier.generator.ir.Parameter.Role;

/** The operations by the names that {@link OpText} prints: what each makes of its operands, results and attributes. */
final class IrOperations {
    private static final Map<String, Function<Call, Op>> ALL = new HashMap<>();

    static {
        convolutions();
        linears();
        normalizations();
        activations();
        shapes();
    }

    private IrOperations() {}

    /** A printed operation. */
    record Call(
            Origin origin,
            List<Value> operands,
            List<Value> results,
            Map<String, String> attributes,
            Map<Value, Parameter> parameters,
            Optional<Loss> loss) {
        private Value in(int index) {
            return at(operands, index, "operand");
        }

        private Value out(int index) {
            return at(results, index, "result");
        }

        private static Value at(List<Value> values, int index, String what) {
            if (index >= values.size()) {
                throw new IllegalArgumentException(what + " " + (index + 1) + " is missing");
            }
            return values.get(index);
        }

        private Optional<Value> optionalIn(int index) {
            return index < operands.size() ? Optional.of(operands.get(index)) : Optional.empty();
        }

        /** An operand that is no parameter: normalisations have their parameters or not. */
        private Value tensor(int index) {
            return at(
                    operands.stream()
                            .filter(value -> !parameters.containsKey(value))
                            .toList(),
                    index,
                    "operand besides parameters");
        }

        /** The operand that is the normalisation's scale or shift. */
        private Optional<Value> parameter(Role role) {
            return operands.stream().filter(value -> isOfRole(value, role)).findFirst();
        }

        /** The result that is the gradient by it. */
        private Optional<Value> gradient(Role role) {
            return parameters.keySet().stream()
                    .filter(value -> isOfRole(value, role) && results.contains(value.gradient()))
                    .findFirst()
                    .map(Value::gradient);
        }

        private boolean isOfRole(Value value, Role role) {
            Parameter parameter = parameters.get(value);
            return parameter != null && parameter.role() == role;
        }

        private String attribute(String name) {
            String text = attributes.get(name);
            if (text == null) {
                throw new IllegalArgumentException("attribute " + name + " is missing");
            }
            return text;
        }

        private double number(String name) {
            return Double.parseDouble(attribute(name));
        }

        private Window window() {
            return new Window(
                    pair(attribute("kernel")),
                    pair(attribute("stride")),
                    pair(attribute("padding")),
                    pair(attributes.getOrDefault("dilation", "1")),
                    pair(attributes.getOrDefault("output_padding", "0")));
        }

        private Spread spread(Spread.Kind kind) {
            return kind == Spread.Kind.NEAREST
                    ? new Spread(kind, pair(attribute("scale")), new Window.Pair(0, 0))
                    : new Spread(kind, pair(attribute("before")), pair(attribute("after")));
        }

        private static Window.Pair pair(String text) {
            String[] sizes = text.split(" ", -1);
            return new Window.Pair(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[sizes.length - 1]));
        }
    }

    /** The operation of a name. */
    static Op read(IrLine line, String name, Call call) {
        Function<Call, Op> operation = ALL.get(name);
        if (operation == null) {
            throw line.unexpected("an operation before it, not " + name);
        }
        try {
            return operation.apply(call);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    line.unexpected("a whole " + name).getMessage() + ": " + e.getMessage(), e);
        }
    }

    private static void convolutions() {
        ALL.put("conv2d", c -> new Op.Conv2d(c.origin, c.in(0), c.in(1), c.optionalIn(2), c.out(0), c.window()));
        ALL.put(
                "conv2d_backward_input",
                c -> new Op.Conv2dBackwardInput(c.origin, c.in(0), c.in(1), c.out(0), c.window()));
        ALL.put(
                "conv2d_backward_weight",
                c -> new Op.Conv2dBackwardWeight(c.origin, c.in(0), c.in(1), c.out(0), c.window()));
        ALL.put(
                "conv_transpose2d",
                c -> new Op.ConvTranspose2d(c.origin, c.in(0), c.in(1), c.optionalIn(2), c.out(0), c.window()));
        ALL.put(
                "conv_transpose2d_backward_input",
                c -> new Op.ConvTranspose2dBackwardInput(c.origin, c.in(0), c.in(1), c.out(0), c.window()));
        ALL.put(
                "conv_transpose2d_backward_weight",
                c -> new Op.ConvTranspose2dBackwardWeight(c.origin, c.in(0), c.in(1), c.out(0), c.window()));
        ALL.put("channel_bias_backward", c -> new Op.ChannelBiasBackward(c.origin, c.in(0), c.out(0)));
    }

    private static void linears() {
        ALL.put("linear", c -> new Op.Linear(c.origin, c.in(0), c.in(1), c.optionalIn(2), c.out(0)));
        ALL.put("linear_backward_input", c -> new Op.LinearBackwardInput(c.origin, c.in(0), c.in(1), c.out(0)));
        ALL.put("linear_backward_weight", c -> new Op.LinearBackwardWeight(c.origin, c.in(0), c.in(1), c.out(0)));
        ALL.put("linear_backward_bias", c -> new Op.LinearBackwardBias(c.origin, c.in(0), c.out(0)));
    }

    private static void normalizations() {
        ALL.put(
                "batch_norm",
                c -> new Op.BatchNorm(
                        c.origin,
                        c.tensor(0),
                        c.parameter(Role.NORM_WEIGHT),
                        c.parameter(Role.NORM_BIAS),
                        c.tensor(1),
                        c.tensor(2),
                        c.out(1),
                        c.out(2),
                        c.out(0),
                        c.number("eps"),
                        c.number("momentum")));
        ALL.put(
                "batch_norm_backward",
                c -> new Op.BatchNormBackward(
                        c.origin,
                        c.tensor(0),
                        c.parameter(Role.NORM_WEIGHT),
                        c.tensor(1),
                        c.tensor(2),
                        c.tensor(3),
                        c.out(0),
                        c.gradient(Role.NORM_WEIGHT),
                        c.gradient(Role.NORM_BIAS)));
        ALL.put(
                "instance_norm2d",
                c -> new Op.InstanceNorm2d(
                        c.origin,
                        c.tensor(0),
                        c.parameter(Role.NORM_WEIGHT),
                        c.parameter(Role.NORM_BIAS),
                        c.out(1),
                        c.out(2),
                        c.out(0),
                        c.number("eps")));
        ALL.put(
                "instance_norm2d_backward",
                c -> new Op.InstanceNorm2dBackward(
                        c.origin,
                        c.tensor(0),
                        c.parameter(Role.NORM_WEIGHT),
                        c.tensor(1),
                        c.tensor(2),
                        c.tensor(3),
                        c.out(0),
                        c.gradient(Role.NORM_WEIGHT),
                        c.gradient(Role.NORM_BIAS)));
        ALL.put("group_norm", c -> groupNorm(c, Affine.CHANNELS));
        ALL.put("group_norm_backward", c -> groupNormBackward(c, Affine.CHANNELS));
        ALL.put("layer_norm", c -> groupNorm(c, Affine.ELEMENTS));
        ALL.put("layer_norm_backward", c -> groupNormBackward(c, Affine.ELEMENTS));
    }

    private static Op groupNorm(Call c, Affine affine) {
        return new Op.GroupNorm(
                c.origin,
                c.tensor(0),
                c.parameter(Role.NORM_WEIGHT),
                c.parameter(Role.NORM_BIAS),
                c.out(1),
                c.out(2),
                c.out(0),
                c.number("eps"),
                affine);
    }

    private static Op groupNormBackward(Call c, Affine affine) {
        return new Op.GroupNormBackward(
                c.origin,
                c.tensor(0),
                c.parameter(Role.NORM_WEIGHT),
                c.tensor(1),
                c.tensor(2),
                c.tensor(3),
                c.out(0),
                c.gradient(Role.NORM_WEIGHT),
                c.gradient(Role.NORM_BIAS),
                affine);
    }

    private static void activations() {
        for (ActivationFunction.Kind kind : ActivationFunction.Kind.values()) {
            Function<Call, ActivationFunction> function = c -> new ActivationFunction(
                    kind, kind.constants().stream().map(c::number).toList());
            ALL.put(kind.text(), c -> new Op.Activation(c.origin, c.in(0), c.out(0), function.apply(c)));
            ALL.put(
                    kind.text() + "_backward",
                    c -> new Op.ActivationBackward(c.origin, c.in(0), c.in(1), c.out(0), function.apply(c)));
        }
        ALL.put("softmax", c -> new Op.Softmax(c.origin, c.in(0), c.out(0), false));
        ALL.put("softmax_backward", c -> new Op.SoftmaxBackward(c.origin, c.in(0), c.in(1), c.out(0), false));
        ALL.put("log_softmax", c -> new Op.Softmax(c.origin, c.in(0), c.out(0), true));
        ALL.put("log_softmax_backward", c -> new Op.SoftmaxBackward(c.origin, c.in(0), c.in(1), c.out(0), true));
        ALL.put("dropout", c -> new Op.Dropout(c.origin, c.in(0), c.out(1), c.out(0), c.number("p")));
        ALL.put("dropout_backward", c -> new Op.DropoutBackward(c.origin, c.in(0), c.in(1), c.out(0)));
    }

    private static void shapes() {
        ALL.put("max_pool2d", c -> new Op.MaxPool2d(c.origin, c.in(0), c.out(0), c.window()));
        ALL.put("max_pool2d_backward", c -> new Op.MaxPool2dBackward(c.origin, c.in(0), c.in(1), c.out(0), c.window()));
        ALL.put(
                "avg_pool2d",
                c -> new Op.AvgPool2d(c.origin, c.in(0), c.out(0), Optional.of(c.window()), countsPadding(c)));
        ALL.put(
                "avg_pool2d_backward",
                c -> new Op.AvgPool2dBackward(c.origin, c.in(0), c.out(0), Optional.of(c.window()), countsPadding(c)));
        ALL.put("adaptive_avg_pool2d", c -> new Op.AvgPool2d(c.origin, c.in(0), c.out(0), Optional.empty(), true));
        ALL.put(
                "adaptive_avg_pool2d_backward",
                c -> new Op.AvgPool2dBackward(c.origin, c.in(0), c.out(0), Optional.empty(), true));
        for (Spread.Kind kind : Spread.Kind.values()) {
            ALL.put(kind.text(), c -> new Op.Spread2d(c.origin, c.in(0), c.out(0), c.spread(kind)));
            ALL.put(
                    kind.text() + "_backward",
                    c -> new Op.Spread2dBackward(c.origin, c.in(0), c.out(0), c.spread(kind)));
        }
        ALL.put("flatten", c -> new Op.Flatten(c.origin, c.in(0), c.out(0)));
        ALL.put("flatten_backward", c -> new Op.FlattenBackward(c.origin, c.in(0), c.out(0)));
        ALL.put("concat", c -> new Op.Concat(c.origin, c.operands, c.out(0)));
        ALL.put(
                "concat_backward",
                c -> new Op.ConcatBackward(c.origin, c.in(0), c.out(0), Integer.parseInt(c.attribute("from"))));
        ALL.put("add", c -> new Op.Add(c.origin, c.in(0), c.in(1), c.out(0)));
        ALL.put("add_backward", c -> new Op.AddBackward(c.origin, c.in(0), c.out(0)));
        ALL.put("activity_penalty_backward", IrOperations::activityPenalty);
        ALL.put(
                "loss_gradient",
                c -> new Op.LossGradient(
                        c.origin,
                        c.loss.orElseThrow(() -> new IllegalArgumentException("no loss is declared")),
                        c.out(0)));
    }

    private static Op activityPenalty(Call c) {
        UpdateGroup.Reduction reduction = IrWords.constant(UpdateGroup.Reduction.class, c.attribute("reduction"))
                .orElseThrow(() -> new IllegalArgumentException("the reduction is neither mean nor sum"));
        return new Op.ActivityPenaltyBackward(
                c.origin, c.in(0), c.optionalIn(1), c.out(0), c.attribute("regularizer"), reduction);
    }

    private static boolean countsPadding(Call c) {
        return Boolean.parseBoolean(c.attribute("count_include_pad"));
    }
}
