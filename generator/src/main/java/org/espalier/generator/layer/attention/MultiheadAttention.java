package org.espalier.generator.layer.attention;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Slice;

/**
 * {@code MultiheadAttention} (Vaswani et al., arXiv:1706.03762) of a query [batch, queries, size], a key and a value
 * [batch, keys, size]: each is multiplied with its third of {@code in_proj_weight} and divided into heads, which attend
 * by themselves; their results side by side go through {@code out_proj}. Where query, key and value are the same
 * tensor, one product makes all three.
 */
public record MultiheadAttention(
        int size,
        int keySize,
        int valueSize,
        int heads,
        double dropout,
        boolean hasBias,
        FurtherKeys further,
        AttentionUse use,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    private static final String WORD = "MultiheadAttention";
    private static final String BATCH_FIRST = "batch_first";
    private static final String THREE = "[batch, 5, 8] & [batch, 5, 8] & [batch, 5, 8]";

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of(WORD)
                            .required("embed_dim", Type.INT)
                            .required("num_heads", Type.INT)
                            .with("dropout", 0.0)
                            .with("bias", true)
                            .with("add_bias_kv", false)
                            .with("add_zero_attn", false)
                            .with("kdim", Type.INT, new Datum.None())
                            .with("vdim", Type.INT, new Datum.None())
                            .with(BATCH_FIRST, false)
                            .regularizers()
                            .build(),
                    MultiheadAttention::of)
            .example("MultiheadAttention(8, 2, batch_first=true)", THREE, "[batch, 5, 8]", 288)
            .example("MultiheadAttention(8, 4, bias=false, batch_first=true)", THREE, "[batch, 5, 8]", 256)
            .example(
                    "MultiheadAttention(6, 1, dropout=0.3, batch_first=true)",
                    "[batch, 2, 6] & [batch, 4, 6] & [batch, 4, 6]",
                    "[batch, 2, 6]",
                    168)
            .example(
                    "MultiheadAttention(6, 2, add_bias_kv=true, add_zero_attn=true, batch_first=true)",
                    "[batch, 2, 6] & [batch, 4, 6] & [batch, 4, 6]",
                    "[batch, 2, 6]",
                    180)
            .example(
                    "MultiheadAttention(6, 2, kdim=3, vdim=5, batch_first=true)",
                    "[batch, 2, 6] & [batch, 4, 3] & [batch, 4, 5]",
                    "[batch, 2, 6]",
                    144)
            .example(
                    "MultiheadAttention(4, 2, bias=false, kdim=3, batch_first=true)",
                    "[batch, 2, 4] & [batch, 3, 3] & [batch, 3, 4]",
                    "[batch, 2, 4]",
                    60);

    private static MultiheadAttention of(Arguments arguments) {
        if (!arguments.bool(BATCH_FIRST)) {
            arguments.unsupported(
                    BATCH_FIRST,
                    BATCH_FIRST + "=true",
                    Optional.of("write batch_first=true: the batch is always the first axis, and time the second"));
        }
        int size = arguments.integer("embed_dim", 1);
        int keySize = arguments.isNone("kdim") ? size : arguments.integer("kdim", 1);
        int valueSize = arguments.isNone("vdim") ? size : arguments.integer("vdim", 1);
        arguments.checkSize("k_proj_weight", size, keySize);
        arguments.checkSize("v_proj_weight", size, valueSize);
        int heads = arguments.integer("num_heads", 1);
        if (size % heads != 0) {
            arguments.outOfRange("num_heads", "a divisor of embed_dim, " + size);
        }
        arguments.checkSize("in_proj_weight", 3L * size, size);
        boolean bias = arguments.bool("bias");
        return new MultiheadAttention(
                size,
                keySize,
                valueSize,
                Math.max(1, heads),
                arguments.real("dropout", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                bias,
                new FurtherKeys(arguments.bool("add_bias_kv"), arguments.bool("add_zero_attn")),
                AttentionUse.PLAIN,
                arguments.penalty("weight_regularizer"),
                Biases.penalty(arguments, bias));
    }

    @Override
    public String kind() {
        return "attention";
    }

    @Override
    public Optional<Signature> forward() {
        return Optional.of(AttentionUse.FORWARD);
    }

    @Override
    public LayerRule applied(Arguments arguments) {
        if (arguments.bool("is_causal") && further.count() > 0) {
            arguments.outOfRange("is_causal", "false with add_bias_kv or add_zero_attn, but give an attn_mask");
        }
        return new MultiheadAttention(
                size,
                keySize,
                valueSize,
                heads,
                dropout,
                hasBias,
                further,
                AttentionUse.of(arguments),
                weightPenalty,
                biasPenalty);
    }

    @Override
    public int inputCount() {
        return 3 + use.maskCount();
    }

    @Override
    public boolean takesParameters() {
        return use.attention() == AttentionUse.MaskKind.ADDED;
    }

    @Override
    public int outputCount() {
        return use.weights() ? 2 : 1;
    }

    /**
     * The values attended to, which taken apart are those and the weights: {@code y, weights} of PyTorch, where the
     * weights are none if nobody needs them.
     */
    @Override
    public Datum result(List<Datum.Tensor> tensors) {
        List<Datum> weights = tensors.size() == 1 ? List.of(new Datum.None()) : List.copyOf(tensors.subList(1, 2));
        return new Datum.Tensor(tensors.get(0).symbol(), weights);
    }

    @Override
    public String resultName(int place) {
        return "weights";
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        boolean fits = inputs.subList(0, 3).stream().allMatch(shape -> shape.batched() && shape.rank() == 3)
                && inputs.get(0).last() == size
                && inputs.get(1).last() == keySize
                && inputs.get(2).equals(inputs.get(1).withLast(valueSize));
        if (fits) {
            int queries = inputs.get(0).axis(1);
            int keys = inputs.get(1).axis(1);
            int all = keys + further.count();
            Shape weights = use.averaged() ? Shape.batch(queries, all) : Shape.batch(heads, queries, all);
            return use.misfit(WORD, heads, queries, keys, inputs.subList(3, inputs.size()))
                    .<Fit>map(misfit -> misfit)
                    .orElseGet(() ->
                            new Fit.Fitting(use.weights() ? List.of(inputs.get(0), weights) : List.of(inputs.get(0))));
        }
        return new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        WORD,
                        "a query [batch, queries, " + size + "], "
                                + (keySize == valueSize
                                        ? "and a key and a value [batch, keys, " + keySize + "]"
                                        : "a key [batch, keys, " + keySize + "] and a value [batch, keys, " + valueSize
                                                + "]"),
                        inputs.get(0) + ", " + inputs.get(1) + " and " + inputs.get(2)),
                Optional.empty());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        List<Value> projected = keySize == size && valueSize == size
                ? projectedAtOnce(wiring, inputs.subList(0, 3))
                : projectedApart(wiring, inputs.subList(0, 3));
        Value keys = further.behind(wiring, projected.get(1), "bias_k");
        Value values = further.behind(wiring, projected.get(2), "bias_v");
        List<Value> divided = List.of(
                divided(wiring, projected.get(0), "q"), divided(wiring, keys, "k"), divided(wiring, values, "v"));
        Value q = divided.get(0);
        Value attended = wiring.between("attended", q.shape());
        Value weights = ScaledDotProduct.lower(
                wiring,
                divided,
                masks(wiring, inputs),
                use.causal(),
                1 / Math.sqrt(q.shape().last()),
                dropout,
                attended);
        if (use.weights() && wiring.isWanted(1)) {
            givenOut(wiring, weights, outputs.get(1));
        }
        Value moved = wiring.between("moved", Permute.of(q.shape(), List.of(0, 2, 1, 3)));
        Value joined = wiring.between("joined", outputs.get(0).shape());
        wiring.add(new Permute(wiring.origin(), attended, moved, List.of(0, 2, 1, 3)));
        wiring.add(new Reshape(wiring.origin(), moved, joined));
        Value outWeight = wiring.parameter(
                "out_proj.weight", Role.WEIGHT, new InitializerDecl.Uniform(1 / Math.sqrt(size)), size, size);
        wiring.add(new Linear(wiring.origin(), joined, outWeight, bias(wiring, "out_proj.bias", size), outputs.get(0)));
    }

    private List<ScaledDotProduct.Mask> masks(Wiring wiring, List<Value> inputs) {
        int queries = inputs.get(0).shape().axis(1);
        return use.masks(wiring, inputs.subList(3, inputs.size())).stream()
                .map(mask -> new ScaledDotProduct.Mask(
                        mask.name(), further.unmasked(wiring, mask.value(), queries), mask.kind()))
                .toList();
    }

    /** The weights of attention as a result: their mean over the heads, or all of them. */
    private void givenOut(Wiring wiring, Value weights, Value y) {
        if (!use.averaged()) {
            wiring.add(new Reshape(wiring.origin(), weights, y));
            return;
        }
        Value mean = wiring.between("mean", weights.shape().with(1, 1));
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.MEAN, weights, mean));
        wiring.add(new Reshape(wiring.origin(), mean, y));
    }

    private Optional<Value> bias(Wiring wiring, String name, int count) {
        return hasBias
                ? Optional.of(wiring.parameter(name, Role.BIAS, new InitializerDecl.Constant(0), count))
                : Optional.empty();
    }

    /** A weight of products, which PyTorch starts as Xavier and Glorot have it. */
    private static Value weight(Wiring wiring, String name, int rows, int columns) {
        InitializerDecl start = new InitializerDecl.Uniform(Math.sqrt(6.0 / ((double) rows + columns)));
        return wiring.parameter(name, Role.WEIGHT, start, rows, columns);
    }

    /** Query, key and value, of which some have another size, times a weight of each. */
    private List<Value> projectedApart(Wiring wiring, List<Value> inputs) {
        List<Value> weights = List.of(
                weight(wiring, "q_proj_weight", size, size),
                weight(wiring, "k_proj_weight", size, keySize),
                weight(wiring, "v_proj_weight", size, valueSize));
        Optional<Value> bias = bias(wiring, "in_proj_bias", 3 * size);
        List<Value> biases = new ArrayList<>();
        if (bias.isPresent()) {
            for (int i = 0; i < weights.size(); i++) {
                biases.add(wiring.between("bias" + i, Shape.of(size)));
            }
            wiring.add(Slice.split(wiring.origin(), bias.get(), biases, 0));
        }
        List<Value> projected = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            Value x = inputs.get(i);
            Value product = wiring.between("projected" + i, x.shape().withLast(size));
            Optional<Value> of = hasBias ? Optional.of(biases.get(i)) : Optional.empty();
            wiring.add(new Linear(wiring.origin(), x, weights.get(i), of, product));
            projected.add(product);
        }
        return projected;
    }

    /** Query, key and value times their thirds of the weight: one product for each tensor that there is. */
    private List<Value> projectedAtOnce(Wiring wiring, List<Value> inputs) {
        Value weight = weight(wiring, "in_proj_weight", 3 * size, size);
        Optional<Value> bias = bias(wiring, "in_proj_bias", 3 * size);
        Map<Value, List<Integer>> thirds = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            thirds.computeIfAbsent(inputs.get(i), key -> new ArrayList<>()).add(i);
        }
        Value[] projected = new Value[inputs.size()];
        thirds.forEach((input, places) -> {
            Value product =
                    wiring.between("projected" + places.get(0), input.shape().withLast(3 * size));
            wiring.add(new Linear(wiring.origin(), input, weight, bias, product));
            List<Value> parts = new ArrayList<>();
            for (int place : places) {
                projected[place] = wiring.between("part" + place, input.shape());
                parts.add(projected[place]);
            }
            wiring.add(new Slice(
                    wiring.origin(),
                    product,
                    parts,
                    2,
                    places.stream().map(place -> place * size).toList()));
        });
        return List.of(projected);
    }

    /** [batch, length, size] as [batch, heads, length, size of a head]. */
    private Value divided(Wiring wiring, Value x, String name) {
        Shape apart = Shape.batch(x.shape().axis(1), heads, size / heads);
        Value reshaped = wiring.between(name + "_heads", apart);
        Value moved = wiring.between(name, Permute.of(apart, List.of(0, 2, 1, 3)));
        wiring.add(new Reshape(wiring.origin(), x, reshaped));
        wiring.add(new Permute(wiring.origin(), reshaped, moved, List.of(0, 2, 1, 3)));
        return moved;
    }
}
