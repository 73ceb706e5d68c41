package org.espalier.generator.layer.linear;

import java.util.List;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.GivenParameters;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code linear(x, weight, bias)}: y = x Wᵀ + b with parameters that are given, W [out, in] and b [out], such as those
 * of another layer.
 */
public record LinearFunction(boolean hasBias) implements GivenParameters {
    public static final Builtin LINEAR = TensorFunction.of(
            Signature.of("linear")
                    .required("input", Type.TENSOR)
                    .required("weight", Type.TENSOR)
                    .with("bias", Type.TENSOR, new Datum.None())
                    .build(),
            arguments -> new LinearFunction(!arguments.isNone("bias")));

    @Override
    public String kind() {
        return "linear";
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape weight = inputs.get(1);
        boolean fits = x.batched()
                && x.rank() > 1
                && !weight.batched()
                && weight.rank() == 2
                && weight.last() == x.last()
                && biasFits(inputs);
        if (!fits) {
            return misfit("linear", "[batch, …, in] and parameters [out, in]", "[out]", inputs);
        }
        return Fit.of(
                "linear",
                x.withLast(weight.axis(0)).dimensions().stream()
                        .mapToLong(Integer::longValue)
                        .toArray());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        wiring.add(new Linear(wiring.origin(), inputs.get(0), inputs.get(1), bias(inputs), outputs.get(0)));
    }
}
