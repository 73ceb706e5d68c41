package org.espalier.generator.layer.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.shape.Reshape;

/**
 * {@code Bilinear}: y = x₁ᵀ W x₂ + b along the last axis, W [out, in1, in2]. The products of all elements of x₁ with
 * all of x₂ are made once, and are what a linear layer reads.
 */
public record Bilinear(
        int first, int second, int out, boolean hasBias, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
        implements LayerRule {
    private static final Function PRODUCT = Elementwise.formula("product", List.of("x1", "x2"), "x1 * x2", Map.of());

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Bilinear")
                            .required("in1_features", Type.INT)
                            .required("in2_features", Type.INT)
                            .required("out_features", Type.INT)
                            .with("bias", true)
                            .regularizers()
                            .build(),
                    Bilinear::of)
            .example("Bilinear(3, 4, 5)", "[batch, 3] & [batch, 4]", "[batch, 5]", 65)
            .example("Bilinear(3, 2, 2, bias=false)", "[batch, 6, 3] & [batch, 6, 2]", "[batch, 6, 2]", 12);

    private static Bilinear of(Arguments arguments) {
        boolean bias = arguments.bool("bias");
        int first = arguments.integer("in1_features", 1);
        int second = arguments.integer("in2_features", 1);
        int out = arguments.integer("out_features", 1);
        arguments.checkSize("weight", out, first, second);
        return new Bilinear(
                first, second, out, bias, arguments.penalty("weight_regularizer"), Biases.penalty(arguments, bias));
    }

    @Override
    public String kind() {
        return "bilinear";
    }

    @Override
    public int inputCount() {
        return 2;
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x1 = inputs.get(0);
        Shape x2 = inputs.get(1);
        if (x1.rank() < 2 || x1.last() != first) {
            return Fit.mismatch("Bilinear", "[batch, …, " + first + "] as its first input", x1);
        }
        Shape wanted = x1.withLast(second);
        if (!x2.equals(wanted)) {
            return Fit.mismatch("Bilinear", wanted + " as its second input", x2);
        }
        Shape rows = x1.withLast(1);
        if (Limits.elements(rows.elements(), first, second) > Limits.TENSOR_ELEMENTS) {
            return Fit.tooLarge("the products that Bilinear sums", rows.elements(), first, second);
        }
        return Fit.of(
                "Bilinear",
                x1.withLast(out).dimensions().stream()
                        .mapToLong(Integer::longValue)
                        .toArray());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value x1 = inputs.get(0);
        Value x2 = inputs.get(1);
        List<Integer> rows = x1.shape().dimensions().subList(0, x1.shape().rank() - 2);
        Value column = wiring.between("column", shape(rows, first, 1));
        Value row = wiring.between("row", shape(rows, 1, second));
        Value products = wiring.between("products", shape(rows, first, second));
        Value flat = wiring.between("flat", shape(rows, first * second));
        double bound = 1 / Math.sqrt(first);
        Value weight = wiring.weight(bound, out, first, second);
        Optional<Value> bias = wiring.bias(hasBias, bound, out);
        wiring.add(new Reshape(wiring.origin(), x1, column));
        wiring.add(new Reshape(wiring.origin(), x2, row));
        wiring.add(new Elementwise(wiring.origin(), PRODUCT, List.of(column, row), List.of(0, 0), products));
        wiring.add(new Reshape(wiring.origin(), products, flat));
        wiring.add(new Linear(wiring.origin(), flat, weight, bias, outputs.get(0)));
    }

    private static Shape shape(List<Integer> rows, Integer... last) {
        List<Integer> sizes = new ArrayList<>(rows);
        sizes.addAll(List.of(last));
        return new Shape(true, sizes);
    }
}
