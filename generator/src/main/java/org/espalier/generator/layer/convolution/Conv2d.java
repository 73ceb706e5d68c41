package org.espalier.generator.layer.convolution;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * y[n, o] = b[o] + Σ_c x[n, c] ⋆ W[o, c] (cross-correlation). W is [out, in, kH, kW], or [out, in/groups, kH, kW]: then
 * each group of outputs sees its group of inputs only.
 */
public record Conv2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window)
        implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Conv2d")
                            .required("in_channels", Type.INT)
                            .required("out_channels", Type.INT)
                            .required("kernel_size", Type.SIZE)
                            .with("stride", Type.SIZE, new Datum.Int(1))
                            .with("padding", Type.PADDING, new Datum.Int(0))
                            .with("dilation", Type.SIZE, new Datum.Int(1))
                            .with("groups", 1)
                            .with("bias", true)
                            .with("padding_mode", Type.STRING, new Datum.Text("zeros"))
                            .regularizers()
                            .build(),
                    Rule::of)
            .example("Conv2d(6, 9, 3, groups=3)", "[batch, 6, 8, 8]", "[batch, 9, 6, 6]", 171)
            .example("Conv2d(6, 6, 3, padding=1, groups=6, bias=false)", "[batch, 6, 8, 8]", "[batch, 6, 8, 8]", 54)
            .example("Conv2d(6, 4, 3, padding='same', dilation=2)", "[batch, 6, 8, 8]", "[batch, 4, 8, 8]", 220)
            .example("Conv2d(3, 4, (2, 3), stride=(2, 1), padding=(1, 0))", "[batch, 3, 5, 6]", "[batch, 4, 3, 4]", 76);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "conv2d",
                    p -> new Conv2d(p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window()),
            "conv2d_backward_input",
                    p -> new BackwardInput(p.origin(), p.operand(), p.operand(), p.result(), p.window()),
            "conv2d_backward_weight",
                    p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("conv2d")
                .from(x)
                .with(weight)
                .with(bias)
                .to(y)
                .attribute(window)
                .using(Argument.State.WORKSPACE)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public List<String> violations() {
        return Convolutions.check(y, x, weight, window, false)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return y.shape().area() * weight.shape().elements();
    }

    // y = x ⋆ W + b: dW = x ⋆ dY, db = Σ dY, dX = dY convolved with W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW, window));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new BackwardInput(origin, dY, weight, dX, window));
    }

    @Override
    public Optional<Window> slides() {
        return Optional.of(window);
    }

    /** dX from dY and W: the transposed convolution of dY with W. */
    public record BackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv2d_backward_input")
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dY, dX, weight, window, false).violations();
        }

        @Override
        public long multiplyAdds() {
            return dY.shape().area() * weight.shape().elements();
        }
    }

    /** dW[o, c] = Σ_n x[n, c] ⋆ dY[n, o]. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv2d_backward_weight")
                    .from(x, dY)
                    .to(dWeight)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dY, x, dWeight, window, false).violations();
        }

        @Override
        public long multiplyAdds() {
            return dY.shape().area() * dWeight.shape().elements();
        }
    }

    /** {@code Conv2d}: W is [out, in/groups, kH, kW]; weight and bias start uniform in ±1/√(in/groups·kH·kW). */
    record Rule(
            int in,
            int out,
            int groups,
            Window window,
            boolean hasBias,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static Rule of(Arguments arguments) {
            arguments.only("padding_mode", new Datum.Text("zeros"));
            Pair kernel = arguments.pair("kernel_size", 1);
            Pair stride = arguments.pair("stride", 1);
            Pair dilation = arguments.pair("dilation", 1);
            Window window =
                    new Window(kernel, stride, padding(arguments, kernel, stride, dilation), dilation, new Pair(0, 0));
            boolean bias = arguments.bool("bias");
            int in = arguments.integer("in_channels", 1);
            int out = arguments.integer("out_channels", 1);
            int groups = arguments.integer("groups", 1);
            if (in % groups != 0 || out % groups != 0) {
                arguments.outOfRange("groups", "a divisor of in_channels and out_channels");
            }
            arguments.checkSize(
                    "weight",
                    out,
                    in / groups,
                    window.kernel().height(),
                    window.kernel().width());
            return new Rule(
                    in,
                    out,
                    groups,
                    window,
                    bias,
                    arguments.penalty("weight_regularizer"),
                    Biases.penalty(arguments, bias));
        }

        private static Pair padding(Arguments arguments, Pair kernel, Pair stride, Pair dilation) {
            if (!(arguments.get("padding") instanceof Datum.Text word)) {
                return arguments.pair("padding", 0);
            }
            boolean same = word.value().equals("same");
            long height = dilation.height() * (kernel.height() - 1L);
            long width = dilation.width() * (kernel.width() - 1L);
            boolean even = height % 2 == 0 && width % 2 == 0;
            if (same && even && stride.height() == 1 && stride.width() == 1) {
                return new Pair(half(arguments, height), half(arguments, width));
            }
            if (same) {
                arguments.unsupported(
                        "padding",
                        "padding='same' with a stride of 1 and an odd kernel_size",
                        Optional.of("write the padding as a number"));
            } else if (!word.value().equals("valid")) {
                arguments.outOfRange("padding", "a number, 'same' or 'valid'");
            }
            return new Pair(0, 0);
        }

        private static int half(Arguments arguments, long size) {
            if (size / 2 > Integer.MAX_VALUE) {
                arguments.outOfRange("dilation", "small enough for padding='same'");
                return 0;
            }
            return (int) (size / 2);
        }

        @Override
        public String kind() {
            return "conv";
        }

        @Override
        public boolean isOfParameters() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit("Conv2d", x, in, "in_channels")
                    .orElseGet(() -> Extents.sliding("Conv2d", x, out, window));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            int height = window.kernel().height();
            int width = window.kernel().width();
            int inputs = in / groups;
            double bound = 1 / Math.sqrt((double) inputs * height * width);
            Value weight = wiring.weight(bound, out, inputs, height, width);
            Optional<Value> bias = wiring.bias(hasBias, bound, out);
            wiring.add(new Conv2d(wiring.origin(), x, weight, bias, y, window));
        }
    }
}
