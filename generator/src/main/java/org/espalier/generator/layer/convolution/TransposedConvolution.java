package org.espalier.generator.layer.convolution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** The adjoint of a convolution by the same window, plus bias. W is [in, out/groups, kernel…]. */
public record TransposedConvolution(
        Origin origin, Value x, Value weight, Optional<Value> bias, Value y, WindowGeometry window)
        implements WeightedOp {
    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("ConvTranspose1d(3, 4, 4, stride=2, padding=1)", "[batch, 3, 5]", "[batch, 4, 10]", 52)
            .example(
                    "ConvTranspose1d(4, 6, 3, stride=3, output_padding=2, groups=2, dilation=2)",
                    "[batch, 4, 4]",
                    "[batch, 6, 16]",
                    42);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("ConvTranspose2d(3, 4, 4, stride=2, padding=1)", "[batch, 3, 4, 5]", "[batch, 4, 8, 10]", 196)
            .example(
                    "ConvTranspose2d(4, 6, 3, stride=2, output_padding=1, bias=false)",
                    "[batch, 4, 3, 4]",
                    "[batch, 6, 8, 10]",
                    216)
            .example(
                    "ConvTranspose2d(4, 6, (2, 3), stride=(1, 2), padding=1, groups=2, dilation=(3, 1))",
                    "[batch, 4, 3, 4]",
                    "[batch, 6, 4, 7]",
                    78);

    public static final LayerDefinition OF_VOLUMES = Rule.layer(3)
            .example("ConvTranspose3d(2, 3, 2, stride=2)", "[batch, 2, 2, 3, 2]", "[batch, 3, 4, 6, 4]", 51)
            .example(
                    "ConvTranspose3d(2, 4, (1, 3, 2), stride=(2, 1, 1), padding=(0, 1, 1), output_padding=(1, 0, 0),"
                            + " groups=2, dilation=(1, 2, 1), bias=false)",
                    "[batch, 2, 2, 3, 4]",
                    "[batch, 4, 4, 5, 3]",
                    24);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(
                    Convolutions.name(axes, true),
                    p -> new TransposedConvolution(
                            p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window(axes)));
            ConvolutionBackward.addReaders(readers, axes, true);
        }
        return Map.copyOf(readers);
    }

    @Override
    public int weightAxis() {
        return 1;
    }

    @Override
    public boolean isUniform() {
        return false;
    }

    @Override
    public WeightedOp with(Value otherWeight, Value otherBias, Value result) {
        return new TransposedConvolution(origin, x, otherWeight, Optional.of(otherBias), result, window);
    }

    @Override
    public OpSignature signature() {
        return Convolutions.signature(x, weight, bias, y, window, true);
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        int groups = y.shape().axis(1) / weight.shape().axis(1);
        OnnxNode node = Convolutions.onnx("ConvTranspose", nodes, x, weight, bias, window, groups);
        nodes.is(y, nodes.add(node.with("output_padding", window.outputPadding().sizes())));
    }

    @Override
    public List<String> violations() {
        return Convolutions.check(x, y, weight, window, true)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return Convolutions.multiplyAdds(x, y, weight, true);
    }

    // y = x convolved with W, + b: dW = dY ⋆ x, db = Σ dY, dX = dY ⋆ W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new ConvolutionBackward.Weight(origin, x, dY, dW, window, true));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new ConvolutionBackward.Input(origin, dY, weight, dX, window, true));
    }

    /**
     * {@code ConvTranspose2d} and its like: weight and bias start uniform in ±1/√(out/groups·kernel…), as in PyTorch.
     */
    record Rule(
            int in,
            int out,
            int groups,
            WindowGeometry window,
            boolean hasBias,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static LayerDefinition layer(int axes) {
            return LayerDefinition.layer(
                    Signature.of("ConvTranspose" + axes + "d")
                            .required("in_channels", Type.INT)
                            .required("out_channels", Type.INT)
                            .required("kernel_size", Type.size(axes))
                            .with("stride", Type.size(axes), new Datum.Int(1))
                            .with("padding", Type.size(axes), new Datum.Int(0))
                            .with("output_padding", Type.size(axes), new Datum.Int(0))
                            .with("groups", 1)
                            .with("bias", true)
                            .with("dilation", Type.size(axes), new Datum.Int(1))
                            .with("padding_mode", Type.STRING, new Datum.Text("zeros"))
                            .regularizers()
                            .build(),
                    arguments -> of(axes, arguments));
        }

        private static Rule of(int axes, Arguments arguments) {
            arguments.only("padding_mode", new Datum.Text("zeros"));
            Sizes kernel = arguments.sizes("kernel_size", 1, axes);
            Sizes stride = arguments.sizes("stride", 1, axes);
            Sizes dilation = arguments.sizes("dilation", 1, axes);
            Sizes outputPadding = arguments.sizes("output_padding", 0, axes);
            if (IntStream.range(0, axes)
                    .anyMatch(axis -> outputPadding.at(axis) >= Math.max(stride.at(axis), dilation.at(axis)))) {
                arguments.outOfRange("output_padding", "smaller than the stride or the dilation");
            }
            boolean bias = arguments.bool("bias");
            int in = arguments.integer("in_channels", 1);
            int out = arguments.integer("out_channels", 1);
            int groups = Convolutions.groups(arguments, in, out);
            arguments.checkSize("weight", kernel.behind(in, out / groups));
            return new Rule(
                    in,
                    out,
                    groups,
                    new WindowGeometry(kernel, stride, arguments.sizes("padding", 0, axes), dilation, outputPadding),
                    bias,
                    arguments.penalty("weight_regularizer"),
                    Biases.penalty(arguments, bias));
        }

        private String layer() {
            return "ConvTranspose" + window.axes() + "d";
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
            return Extents.misfit(layer(), x, window.axes(), in, "in_channels")
                    .orElseGet(() -> Extents.spreading(layer(), x, out, window));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Sizes kernel = window.kernel();
            int outputs = out / groups;
            double bound = 1 / Math.sqrt((double) outputs * kernel.elements());
            Value weight = wiring.transposedWeight(bound, kernel.behind(in, outputs));
            Optional<Value> bias = wiring.bias(hasBias, bound, out);
            wiring.add(new TransposedConvolution(wiring.origin(), x, weight, bias, y, window));
        }
    }
}
