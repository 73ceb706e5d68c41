package org.espalier.generator.layer.convolution;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.GivenParameters;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code conv2d(x, weight, bias)} and its like: a convolution by a weight [out, in / groups, kernel…] and a bias [out]
 * that are given, such as a parameter that is standardized before.
 */
public record ConvolutionFunction(Sizes stride, Sizes padding, Sizes dilation, int groups, boolean hasBias)
        implements GivenParameters {
    public static final List<Builtin> ALL =
            IntStream.rangeClosed(1, 3).mapToObj(ConvolutionFunction::of).toList();

    private static Builtin of(int axes) {
        return TensorFunction.of(
                Signature.of("conv" + axes + "d")
                        .required("input", Type.TENSOR)
                        .required("weight", Type.TENSOR)
                        .with("bias", Type.TENSOR, new Datum.None())
                        .with("stride", Type.size(axes), new Datum.Int(1))
                        .with("padding", Type.size(axes), new Datum.Int(0))
                        .with("dilation", Type.size(axes), new Datum.Int(1))
                        .with("groups", 1)
                        .build(),
                arguments -> new ConvolutionFunction(
                        arguments.sizes("stride", 1, axes),
                        arguments.sizes("padding", 0, axes),
                        arguments.sizes("dilation", 1, axes),
                        arguments.integer("groups", 1),
                        !arguments.isNone("bias")));
    }

    private String word() {
        return "conv" + stride.axes() + "d";
    }

    @Override
    public String kind() {
        return "conv";
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape weight = inputs.get(1);
        int rank = stride.axes() + 2;
        boolean fits = x.batched()
                && x.rank() == rank
                && !weight.batched()
                && weight.rank() == rank
                && (long) weight.axis(1) * groups == x.axis(1)
                && weight.axis(0) % groups == 0
                && biasFits(inputs);
        return fits
                ? Extents.sliding(word(), x, weight.axis(0), window(weight))
                : misfit(word(), "[batch, in, …] and a weight [out, in / groups, …]", "a bias [out]", inputs);
    }

    private WindowGeometry window(Shape weight) {
        Sizes kernel = new Sizes(weight.dimensions().subList(2, weight.rank()));
        return new WindowGeometry(kernel, stride, padding, dilation, Sizes.all(stride.axes(), 0));
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value weight = inputs.get(1);
        wiring.add(new Convolution(
                wiring.origin(), inputs.get(0), weight, bias(inputs), outputs.get(0), window(weight.shape())));
    }
}
