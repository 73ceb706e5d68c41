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

/** {@code ConvTranspose2d}: W is [in, out, kH, kW]; weight and bias start uniform in ±1/√(out·kH·kW), as in PyTorch. */
public record ConvTranspose2dRule(
        int in, int out, Window window, boolean hasBias, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
        implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
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
            ConvTranspose2dRule::of);

    private static ConvTranspose2dRule of(Arguments arguments) {
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
        return new ConvTranspose2dRule(
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
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        int height = window.kernel().height();
        int width = window.kernel().width();
        double bound = 1 / Math.sqrt((double) out * height * width);
        Value weight = wiring.transposedWeight(bound, in, out, height, width);
        Optional<Value> bias = wiring.bias(hasBias, bound, out);
        return new ConvTranspose2d(wiring.origin(), x, weight, bias, y, window);
    }
}
