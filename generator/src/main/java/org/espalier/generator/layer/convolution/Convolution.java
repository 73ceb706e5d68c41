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
import org.espalier.generator.layer.spread.Spread;

/**
 * y[n, o] = b[o] + Σ_c x[n, c] ⋆ W[o, c] (cross-correlation), over sequences, images or volumes. W is [out, in,
 * kernel…], or [out, in/groups, kernel…]: then each group of outputs sees its group of inputs only.
 */
public record Convolution(Origin origin, Value x, Value weight, Optional<Value> bias, Value y, WindowGeometry window)
        implements WeightedOp {
    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("Conv1d(4, 6, 3)", "[batch, 4, 9]", "[batch, 6, 7]", 78)
            .example("Conv1d(4, 6, 4, stride=2, padding=1, groups=2)", "[batch, 4, 9]", "[batch, 6, 4]", 54)
            .example("Conv1d(2, 3, 3, padding='same', dilation=2, bias=false)", "[batch, 2, 7]", "[batch, 3, 7]", 18)
            .example("Conv1d(3, 2, 4, padding='same')", "[batch, 3, 7]", "[batch, 2, 7]", 26)
            .example("Conv1d(3, 2, 3, padding=2, padding_mode='circular')", "[batch, 3, 5]", "[batch, 2, 7]", 20);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("Conv2d(6, 9, 3, groups=3)", "[batch, 6, 8, 8]", "[batch, 9, 6, 6]", 171)
            .example("Conv2d(6, 6, 3, padding=1, groups=6, bias=false)", "[batch, 6, 8, 8]", "[batch, 6, 8, 8]", 54)
            .example("Conv2d(6, 4, 3, padding='same', dilation=2)", "[batch, 6, 8, 8]", "[batch, 4, 8, 8]", 220)
            .example(
                    "Conv2d(3, 2, (2, 3), padding='same', padding_mode='replicate')",
                    "[batch, 3, 5, 6]",
                    "[batch, 2, 5, 6]",
                    38)
            .example("Conv2d(3, 4, (2, 3), stride=(2, 1), padding=(1, 0))", "[batch, 3, 5, 6]", "[batch, 4, 3, 4]", 76)
            .example(
                    "Conv2d(2, 3, 3, padding=(1, 2), padding_mode='reflect')",
                    "[batch, 2, 4, 5]",
                    "[batch, 3, 4, 7]",
                    57);

    public static final LayerDefinition OF_VOLUMES = Rule.layer(3)
            .example("Conv3d(2, 3, 2)", "[batch, 2, 3, 4, 5]", "[batch, 3, 2, 3, 4]", 51)
            .example(
                    "Conv3d(2, 4, (1, 3, 2), stride=(2, 1, 2), padding=(1, 0, 1), dilation=(1, 1, 2), groups=2)",
                    "[batch, 2, 3, 4, 5]",
                    "[batch, 4, 3, 2, 3]",
                    28)
            .example(
                    "Conv3d(2, 2, (3, 2, 3), stride=(1, 2, 1), padding=(1, 1, 2), bias=false)",
                    "[batch, 2, 3, 4, 3]",
                    "[batch, 2, 3, 3, 5]",
                    72)
            .example(
                    "Conv3d(2, 2, 3, padding=1, padding_mode='replicate')",
                    "[batch, 2, 2, 3, 3]",
                    "[batch, 2, 2, 3, 3]",
                    110);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(
                    Convolutions.name(axes, false),
                    p -> new Convolution(
                            p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result(), p.window(axes)));
            ConvolutionBackward.addReaders(readers, axes, false);
        }
        return Map.copyOf(readers);
    }

    @Override
    public int weightAxis() {
        return 0;
    }

    @Override
    public boolean isUniform() {
        return window.padding().isAll(0);
    }

    @Override
    public WeightedOp with(Value otherWeight, Value otherBias, Value result) {
        return new Convolution(origin, x, otherWeight, Optional.of(otherBias), result, window);
    }

    @Override
    public OpSignature signature() {
        return Convolutions.signature(x, weight, bias, y, window, false);
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
        int groups = x.shape().axis(1) / weight.shape().axis(1);
        nodes.is(y, nodes.add(Convolutions.onnx("Conv", nodes, x, weight, bias, window, groups)));
    }

    @Override
    public List<String> violations() {
        return Convolutions.check(x, y, weight, window, false)
                .then(check -> check.equal(bias, y.shape().channels()))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return Convolutions.multiplyAdds(x, y, weight, false);
    }

    // y = x ⋆ W + b: dW = x ⋆ dY, db = Σ dY, dX = dY convolved with W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new ConvolutionBackward.Weight(origin, x, dY, dW, window, false));
        tape.contribute(bias, db -> new ChannelBiasBackward(origin, dY, db));
        tape.contribute(x, dX -> new ConvolutionBackward.Input(origin, dY, weight, dX, window, false));
    }

    @Override
    public Optional<WindowGeometry> slides() {
        return Optional.of(window);
    }

    /** {@code Conv2d} and its like: weight and bias start uniform in ±1/√(in/groups·kernel…). */
    record Rule(
            int in,
            int out,
            int groups,
            WindowGeometry window,
            Optional<Spread> pad,
            boolean hasBias,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static LayerDefinition layer(int axes) {
            return LayerDefinition.layer(
                    Signature.of("Conv" + axes + "d")
                            .required("in_channels", Type.INT)
                            .required("out_channels", Type.INT)
                            .required("kernel_size", Type.size(axes))
                            .with("stride", Type.size(axes), new Datum.Int(1))
                            .with("padding", Type.padding(axes), new Datum.Int(0))
                            .with("dilation", Type.size(axes), new Datum.Int(1))
                            .with("groups", 1)
                            .with("bias", true)
                            .with("padding_mode", Type.STRING, new Datum.Text("zeros"))
                            .regularizers()
                            .build(),
                    arguments -> of(axes, arguments));
        }

        private static Rule of(int axes, Arguments arguments) {
            Sizes kernel = arguments.sizes("kernel_size", 1, axes);
            Sizes stride = arguments.sizes("stride", 1, axes);
            Sizes dilation = arguments.sizes("dilation", 1, axes);
            Padding padding = padding(arguments, kernel, stride, dilation);
            Optional<Spread> pad = pad(arguments, padding);
            Sizes none = Sizes.all(axes, 0);
            WindowGeometry window =
                    new WindowGeometry(kernel, stride, pad.isPresent() ? none : padding.before(), dilation, none);
            boolean bias = arguments.bool("bias");
            int in = arguments.integer("in_channels", 1);
            int out = arguments.integer("out_channels", 1);
            int groups = Convolutions.groups(arguments, in, out);
            arguments.checkSize("weight", kernel.behind(out, in / groups));
            return new Rule(
                    in,
                    out,
                    groups,
                    window,
                    pad,
                    bias,
                    arguments.penalty("weight_regularizer"),
                    Biases.penalty(arguments, bias));
        }

        /** Sizes that come before and after x along each axis. */
        private record Padding(Sizes before, Sizes after) {}

        /** The spread around x, besides zeros alike on both sides, which the window itself counts as there. */
        private static Optional<Spread> pad(Arguments arguments, Padding padding) {
            Map<String, Spread.Kind> modes = Map.of(
                    "zeros", Spread.Kind.ZEROS,
                    "reflect", Spread.Kind.REFLECT,
                    "replicate", Spread.Kind.REPLICATE,
                    "circular", Spread.Kind.CIRCULAR);
            String mode = arguments.text("padding_mode");
            if (!modes.containsKey(mode)) {
                arguments.outOfRange("padding_mode", "'zeros', 'reflect', 'replicate' or 'circular'");
                return Optional.empty();
            }
            boolean even = padding.before().equals(padding.after());
            return Optional.of(modes.get(mode))
                    .filter(kind -> !padding.after().isAll(0))
                    .filter(kind -> kind != Spread.Kind.ZEROS || !even)
                    .map(kind -> new Spread(kind, padding.before(), padding.after()));
        }

        private static Padding padding(Arguments arguments, Sizes kernel, Sizes stride, Sizes dilation) {
            int axes = kernel.axes();
            if (!(arguments.get("padding") instanceof Datum.Text word)) {
                Sizes padding = arguments.sizes("padding", 0, axes);
                return new Padding(padding, padding);
            }
            boolean same = word.value().equals("same");
            if (same && stride.isAll(1)) {
                List<Integer> reach = IntStream.range(0, axes)
                        .mapToObj(axis -> reach(arguments, dilation.at(axis) * (kernel.at(axis) - 1L)))
                        .toList();
                // As in PyTorch, the larger half of an odd number is behind.
                return new Padding(
                        new Sizes(reach.stream().map(size -> size / 2).toList()),
                        new Sizes(reach.stream().map(size -> size - size / 2).toList()));
            }
            if (same) {
                arguments.unsupported(
                        "padding", "padding='same' with a stride of 1", Optional.of("write the padding as a number"));
            } else if (!word.value().equals("valid")) {
                arguments.outOfRange("padding", "a number, 'same' or 'valid'");
            }
            return new Padding(Sizes.all(axes, 0), Sizes.all(axes, 0));
        }

        private static int reach(Arguments arguments, long size) {
            if (size > Integer.MAX_VALUE) {
                arguments.outOfRange("dilation", "small enough for padding='same'");
                return 0;
            }
            return (int) size;
        }

        private String layer() {
            return "Conv" + window.axes() + "d";
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
            Optional<Fit> misfit = Extents.misfit(layer(), x, window.axes(), in, "in_channels");
            if (misfit.isPresent()) {
                return misfit.get();
            }
            if (pad.isEmpty()) {
                return Extents.sliding(layer(), x, out, window);
            }
            Fit padded = pad.get().fit(layer(), x);
            return padded instanceof Fit.Fitting fitting
                    ? Extents.sliding(layer(), fitting.shape(), out, window)
                    : padded;
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Sizes kernel = window.kernel();
            int inputs = in / groups;
            double bound = 1 / Math.sqrt((double) inputs * kernel.elements());
            Value weight = wiring.weight(bound, kernel.behind(out, inputs));
            Optional<Value> bias = wiring.bias(hasBias, bound, out);
            Value padded = pad.map(spread -> spread.lower(wiring, x)).orElse(x);
            wiring.add(new Convolution(wiring.origin(), padded, weight, bias, y, window));
        }
    }
}
