package org.espalier.generator.layer.attention;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.dropout.Dropout;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.linear.MatMul;

/**
 * {@code scaled_dot_product_attention}: softmax(q kᵀ · scale + mask) v, of q [batch, …, queries, e], k [batch, …, keys,
 * e] and v [batch, …, keys, ev] (Vaswani et al., arXiv:1706.03762). The scale is 1/√e unless it is given; a causal mask
 * hides keys that come after their query.
 */
public record ScaledDotProduct(AttentionUse.MaskKind mask, boolean causal, double dropout, OptionalDouble scale)
        implements LayerRule {
    private static final String WORD = "scaled_dot_product_attention";

    private static final Signature SIGNATURE = Signature.of(WORD)
            .required("query", Type.TENSOR)
            .required("key", Type.TENSOR)
            .required("value", Type.TENSOR)
            .with("attn_mask", Type.MASK, new Datum.None())
            .with("dropout_p", 0.0)
            .with("is_causal", false)
            .byName("scale", Type.FLOAT, new Datum.None())
            .build();

    public static final Builtin ATTENTION = new Builtin(Builtin.Kind.TENSOR_FUNCTION, SIGNATURE, (site, arguments) -> {
        arguments.replace(value -> value instanceof Datum.Comparison kept ? hidden(site, kept) : value);
        ScaledDotProduct made = of(arguments);
        return arguments.areSound()
                ? TensorFunction.apply(site, WORD, made, List.copyOf(TensorFunction.tensors(SIGNATURE, arguments)))
                : site.session().unknown();
    });

    /** 1 where a comparison does not hold: as PyTorch's function has it, keys are seen where it holds. */
    private static Datum hidden(CallSite site, Datum.Comparison kept) {
        Datum tensor = ElementwiseFunctions.truth(site, kept.inverted());
        return tensor instanceof Datum.Tensor made ? new Datum.Truth(made) : tensor;
    }

    private static ScaledDotProduct of(Arguments arguments) {
        AttentionUse.MaskKind mask = AttentionUse.MaskKind.of(arguments.get("attn_mask"));
        if (mask != AttentionUse.MaskKind.NONE && arguments.bool("is_causal")) {
            arguments.outOfRange("is_causal", "false where attn_mask is given");
        }
        return new ScaledDotProduct(
                mask,
                arguments.bool("is_causal"),
                arguments.real("dropout_p", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                arguments.isNone("scale") ? OptionalDouble.empty() : OptionalDouble.of(arguments.real("scale")));
    }

    private boolean masked() {
        return mask != AttentionUse.MaskKind.NONE;
    }

    @Override
    public String kind() {
        return "attention";
    }

    @Override
    public int inputCount() {
        return masked() ? 4 : 3;
    }

    @Override
    public boolean takesParameters() {
        return masked();
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape q = inputs.get(0);
        Shape k = inputs.get(1);
        Shape v = inputs.get(2);
        int rank = q.rank();
        boolean fits = rank > 2
                && inputs.subList(0, 3).stream().allMatch(shape -> shape.batched() && shape.rank() == rank)
                && k.equals(q.with(rank - 2, k.axis(rank - 2)))
                && v.equals(k.withLast(v.last()))
                && (!masked() || Elementwise.fits(inputs.get(3), axis(inputs.get(3), rank), scores(q, k)));
        if (fits) {
            return new Fit.Fitting(q.withLast(v.last()));
        }
        String shapes = q + ", " + k + " and " + v + (masked() ? " with a mask " + inputs.get(3) : "");
        return new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        WORD,
                        "[batch, …, queries, e], [batch, …, keys, e] and [batch, …, keys, ev]"
                                + (masked() ? ", and a mask that fits [batch, …, queries, keys]" : ""),
                        shapes),
                Optional.empty());
    }

    private static int axis(Shape mask, int rank) {
        return mask.batched() ? 0 : Math.max(0, rank - mask.rank());
    }

    private static Shape scores(Shape q, Shape k) {
        return q.withLast(k.axis(k.rank() - 2));
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        double by = scale.orElse(1 / Math.sqrt(inputs.get(0).shape().last()));
        List<Mask> masks = masked() ? List.of(new Mask("mask", inputs.get(3), mask)) : List.of();
        lower(wiring, inputs.subList(0, 3), masks, causal, by, dropout, outputs.get(0));
    }

    /**
     * A tensor that is added to scores.
     *
     * @param name of the variable that it is in the formula
     * @param kind its effect
     */
    record Mask(String name, Value value, AttentionUse.MaskKind kind) {}

    /**
     * Adds the operations of attention.
     *
     * @param inputs query, key and value
     * @param dropout how likely a weight is left out while training
     * @return the weights of the values, [batch, …, queries, keys]
     */
    static Value lower(
            Wiring wiring,
            List<Value> inputs,
            List<Mask> masks,
            boolean causal,
            double scale,
            double dropout,
            Value y) {
        Value q = inputs.get(0);
        Value k = inputs.get(1);
        Shape shape = scores(q.shape(), k.shape());
        Value products = wiring.between("products", shape);
        wiring.add(new MatMul(wiring.origin(), q, k, products, false, true));
        Value weights = wiring.between("weights", shape);
        if (masks.isEmpty()) {
            wiring.add(new AttentionWeights(wiring.origin(), products, weights, scale, causal));
        } else {
            Value scores = wiring.between("scores", shape);
            wiring.add(scaled(wiring, products, masks, scale, scores));
            wiring.add(new AttentionWeights(wiring.origin(), scores, weights, 1, causal));
        }
        if (dropout > 0) {
            Value kept = wiring.between("kept", shape);
            wiring.add(new Dropout(wiring.origin(), weights, wiring.saved("mask", shape), kept, dropout));
            weights = kept;
        }
        wiring.add(new MatMul(wiring.origin(), weights, inputs.get(2), y, false, false));
        return weights;
    }

    private static Elementwise scaled(Wiring wiring, Value products, List<Mask> masks, double scale, Value scores) {
        List<Value> operands = new ArrayList<>(List.of(products));
        List<Integer> axes = new ArrayList<>(List.of(0));
        List<String> variables = new ArrayList<>(List.of("products"));
        Map<String, Double> numbers = Map.of("scale", scale);
        StringBuilder sum = new StringBuilder("scale * products");
        for (Mask mask : masks) {
            operands.add(mask.value());
            axes.add(axis(mask.value().shape(), products.shape().rank()));
            variables.add(mask.name());
            sum.append(mask.kind().term(mask.name()));
        }
        Function f = Elementwise.formula("scores", variables, sum.toString(), numbers);
        return new Elementwise(wiring.origin(), f, operands, axes, scores);
    }
}
