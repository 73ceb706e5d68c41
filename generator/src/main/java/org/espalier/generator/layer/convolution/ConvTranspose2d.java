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

/** The adjoint of a convolution by the same window, plus bias. W is [in, out, kH, kW]. */
public record ConvTranspose2d(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, Window window)
        implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("ConvTranspose2d")
                            .required("in_channels", Type.INT)
                            .required("out_channels", Type.INT)
                            .required("kernel_size", Type.SIZE)
                            .with("stride", Type.SIZE, new Datum.Int(1))
                            .with("padding", Type.SIZE, new Datum.Int(0))
                            .with("output_padding", Type.SIZE, new Datum.Int(0))
                            .with("groups", 1)
                            .with("bias", true)
                            .with("dilation", Type.SIZE, new Datum.Int(1))
                            .with("padding_mode", Type.STRING, new Datum.Text("zeros"))
                            .regularizers()
                            .build(),
                    Rule::of)
            .example("ConvTranspose2d(3, 4, 4, stride=2, padding=1)", "[batch, 3, 4, 5]", "[batch, 4, 8, 10]", 196)
            .example(
                    "ConvTranspose2d(4, 6, 3, stride=2, output_padding=1, bias=false)",
                    "[batch, 4, 3, 4]",
                    "[batch, 6, 8, 10]",
                    216);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "conv_transpose2d",
                    p -> new ConvTranspose2d(
                            p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window()),
            "conv_transpose2d_backward_input",
                    p -> new BackwardInput(p.origin(), p.operand(), p.operand(), p.result(), p.window()),
            "conv_transpose2d_backward_weight",
                    p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("conv_transpose2d")
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
        return Convolutions.check(x, y, weight, window, true)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return x.shape().area() * weight.shape().elements();
    }

    // y = x convolved with W, + b: dW = dY ⋆ x, db = Σ dY, dX = dY ⋆ W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW, window));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new BackwardInput(origin, dY, weight, dX, window));
    }

    /** dX from dY and W: the convolution of dY with W. */
    public record BackwardInput(Origin origin, Value dY, Value weight, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv_transpose2d_backward_input")
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(dX, dY, weight, window, true).violations();
        }

        @Override
        public long multiplyAdds() {
            return dX.shape().area() * weight.shape().elements();
        }
    }

    /** dW[c, o] = Σ_n dY[n, o] ⋆ x[n, c]. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("conv_transpose2d_backward_weight")
                    .from(x, dY)
                    .to(dWeight)
                    .attribute(window)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Convolutions.check(x, dY, dWeight, window, true).violations();
        }

        @Override
        public long multiplyAdds() {
            return x.shape().area() * dWeight.shape().elements();
        }
    }

    /**
     * {@code ConvTranspose2d}: W is [in, out, kH, kW]; weight and bias start uniform in ±1/√(out·kH·kW), as in PyTorch.
     */
    record Rule(
            int in,
            int out,
            Window window,
            boolean hasBias,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static Rule of(Arguments arguments) {
            arguments.only("groups", new Datum.Int(1));
            arguments.only("padding_mode", new Datum.Text("zeros"));
            Pair stride = arguments.pair("stride", 1);
            Pair dilation = arguments.pair("dilation", 1);
            Pair outputPadding = arguments.pair("output_padding", 0);
            if (outputPadding.height() >= Math.max(stride.height(), dilation.height())
                    || outputPadding.width() >= Math.max(stride.width(), dilation.width())) {
                arguments.outOfRange("output_padding", "smaller than the stride or the dilation");
            }
            boolean bias = arguments.bool("bias");
            int in = arguments.integer("in_channels", 1);
            int out = arguments.integer("out_channels", 1);
            Window window = new Window(
                    arguments.pair("kernel_size", 1), stride, arguments.pair("padding", 0), dilation, outputPadding);
            arguments.checkSize(
                    "weight", in, out, window.kernel().height(), window.kernel().width());
            return new Rule(
                    in, out, window, bias, arguments.penalty("weight_regularizer"), Biases.penalty(arguments, bias));
        }

        @Override
        public String kind() {
            return "upconv";
        }

        @Override
        public boolean isOfParameters() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit("ConvTranspose2d", x, in, "in_channels")
                    .orElseGet(() -> Extents.spreading("ConvTranspose2d", x, out, window));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            int height = window.kernel().height();
            int width = window.kernel().width();
            double bound = 1 / Math.sqrt((double) out * height * width);
            Value weight = wiring.transposedWeight(bound, in, out, height, width);
            Optional<Value> bias = wiring.bias(hasBias, bound, out);
            wiring.add(new ConvTranspose2d(wiring.origin(), x, weight, bias, y, window));
        }
    }
}
