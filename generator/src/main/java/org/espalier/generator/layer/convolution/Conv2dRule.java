package org.espalier.generator.layer.convolution;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/** {@code Conv2d}: W is [out, in/groups, kH, kW]; weight and bias start uniform in ±1/√(in/groups·kH·kW). */
public record Conv2dRule(
        int in,
        int out,
        int groups,
        Window window,
        boolean hasBias,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
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
            Conv2dRule::of);

    private static Conv2dRule of(Arguments arguments) {
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
        return new Conv2dRule(
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
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        int height = window.kernel().height();
        int width = window.kernel().width();
        int inputs = in / groups;
        double bound = 1 / Math.sqrt((double) inputs * height * width);
        Value weight = wiring.weight(bound, out, inputs, height, width);
        Optional<Value> bias = wiring.bias(hasBias, bound, out);
        return new Conv2d(wiring.origin(), x, weight, bias, y, window);
    }
}
