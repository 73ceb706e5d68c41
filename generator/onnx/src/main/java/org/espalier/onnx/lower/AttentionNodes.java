package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.jspecify.annotations.Nullable;

/** Lowers attention, which ONNX has as an operator since version 23. */
final class AttentionNodes {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int LENGTHS = 6;

    private AttentionNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("Attention", AttentionNodes::attention);
    }

    private static void attention(NodeLowering node) throws Unsupported {
        if (node.node().hasInput(LENGTHS)) {
            throw new Unsupported("'nonpad_kv_seqlen', lengths of caches, is not supported; give a mask");
        }
        for (String window : List.of("left_window_size", "right_window_size")) {
            if (node.node().whole(window, -1) >= 0) {
                throw new Unsupported("'" + window + "' is not supported; give a mask");
            }
        }
        boolean joined = node.value(0).rank() == 3;
        Value query = heads(node, 0, "q_num_heads");
        Value key = continued(node, heads(node, 1, "kv_num_heads"), PAST_KEY, 1);
        Value value = continued(node, heads(node, 2, "kv_num_heads"), PAST_VALUE, 2);
        long past = key.sizes().get(2) - node.value(1).sizes().get(joined ? 1 : 2);
        key = repeated(node, key, query.sizes().get(1));
        value = repeated(node, value, query.sizes().get(1));
        List<Long> sizes = new ArrayList<>(query.sizes());
        sizes.set(3, key.sizes().get(2));
        Scores scores = new Scores(query.form().sized(sizes), scale(node, query), past);

        double softcap = node.node().real("softcap", 0);
        Value made = softcap == 0 && !node.wants(3)
                ? whole(node, scores, query, key, value)
                : inSteps(node, scores, query, key, value, softcap);
        if (joined) {
            Value turned = node.permuted(made, List.of(0, 2, 1, 3));
            List<Long> flat = new ArrayList<>(turned.sizes().subList(0, 2));
            flat.add(turned.sizes().get(2) * turned.sizes().get(3));
            made = node.reshaped(turned, turned.form().sized(flat));
        }
        node.result(made);
    }

    /**
     * The products of queries and keys.
     *
     * @param form [batch, heads, queries, keys]
     * @param scale the factor of their products
     * @param past how many keys come from before, which every query may see
     */
    private record Scores(Form form, double scale, long past) {
        long queries() {
            return form.sizes().get(2);
        }

        long keys() {
            return form.sizes().get(3);
        }
    }

    /** [batch, heads, steps, size] of an input that is so, or [batch, steps, heads · size]. */
    private static Value heads(NodeLowering node, int input, String attribute) throws Unsupported {
        Value x = node.numbers(input);
        if (x.form().batch() != 0 || x.rank() < 3 || x.rank() > 4) {
            throw new Unsupported("input " + input + " must be [batch, heads, steps, size] or [batch, steps, features],"
                    + " but is " + x.form());
        }
        if (x.rank() == 4) {
            return x;
        }
        long heads = node.node().whole(attribute, 0);
        long features = x.sizes().get(2);
        if (heads < 1 || features % heads != 0) {
            throw new Unsupported(attribute + " is " + heads + ", which does not divide " + features + " features");
        }
        Form apart = x.form().sized(List.of(x.sizes().get(0), x.sizes().get(1), heads, features / heads));
        return node.permuted(node.reshaped(x, apart), List.of(0, 2, 1, 3));
    }

    /** Keys or values behind those of before, which are given out too. */
    private static Value continued(NodeLowering node, Value x, int past, int output) throws Unsupported {
        Value all = x;
        if (node.node().hasInput(past)) {
            Value before = node.numbers(past);
            List<Long> sizes = new ArrayList<>(x.sizes());
            sizes.set(2, before.rank() == 4 ? before.sizes().get(2) : 0);
            if (!before.form().equals(x.form().sized(sizes))) {
                throw new Unsupported(
                        "input " + past + " is " + before.form() + ", which does not continue as " + x.form());
            }
            sizes.set(2, before.sizes().get(2) + x.sizes().get(2));
            OpArgument dim = OpArgument.named("dim", Setting.of("2"));
            all = node.function("cat", x.form().sized(sizes), List.of(dim), before.ref(), x.ref());
        }
        node.result(output, all);
        return all;
    }

    /** Several heads of queries may share one of keys. */
    private static Value repeated(NodeLowering node, Value x, long heads) throws Unsupported {
        List<Long> sizes = x.sizes();
        long own = sizes.get(1);
        if (own == heads) {
            return x;
        }
        if (heads % own != 0) {
            throw new Unsupported(heads + " heads of queries cannot share " + own + " of keys and values");
        }
        long times = heads / own;
        Value apart = node.reshaped(x, x.form().sized(List.of(sizes.get(0), own, 1L, sizes.get(2), sizes.get(3))));
        Form form = x.form().sized(List.of(sizes.get(0), own, times, sizes.get(2), sizes.get(3)));
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("batch", Setting.of("batch")));
        form.own().forEach(size -> arguments.add(OpArgument.positional("size", size)));
        Value spread = node.method("expand", form, apart, arguments);
        return node.reshaped(spread, x.form().sized(List.of(sizes.get(0), heads, sizes.get(2), sizes.get(3))));
    }

    private static double scale(NodeLowering node, Value query) {
        double scale = node.node().real("scale", 0);
        return scale != 0 ? scale : usualScale(query);
    }

    private static double usualScale(Value query) {
        return 1 / Math.sqrt(query.sizes().get(3));
    }

    private static Value whole(NodeLowering node, Scores scores, Value query, Value key, Value value)
            throws Unsupported {
        List<OpOperand> operands = new ArrayList<>(List.of(query.ref(), key.ref(), value.ref()));
        List<OpArgument> arguments = new ArrayList<>();
        boolean causal = node.node().whole("is_causal", 0) == 1;
        if (causal && scores.past == 0 && !node.node().hasInput(MASK)) {
            arguments.add(OpArgument.named("is_causal", Setting.of(true)));
        } else {
            LoweredTensor mask = mask(node, scores);
            if (mask instanceof Value given && given.kind() == ElementKind.TRUTH) {
                operands.add(node.truth(aligned(node, given, scores)));
            } else if (mask != null) {
                operands.add(node.operand(mask, scores.form));
            }
        }
        double usual = usualScale(query);
        if (Math.abs(scores.scale - usual) > 1e-6 * usual) {
            arguments.add(OpArgument.named("scale", new Setting.Real(scores.scale)));
        }
        List<Long> sizes = new ArrayList<>(query.sizes());
        sizes.set(3, value.sizes().get(3));
        return node.function(
                "scaled_dot_product_attention",
                query.form().sized(sizes),
                arguments,
                operands.toArray(OpOperand[]::new));
    }

    /** The same in the steps that it is defined by, one of which the model looks at, or bounds. */
    private static Value inSteps(NodeLowering node, Scores scores, Value query, Value key, Value value, double softcap)
            throws Unsupported {
        Value turned = node.permuted(key, List.of(0, 1, 3, 2));
        Value product = ProductNodes.product(node, query, turned);
        Value scaled = node.operator("*", scores.form, product.ref(), new Literal(scores.scale));
        Value capped = scaled;
        if (softcap != 0) {
            Value small = node.operator("/", scores.form, scaled.ref(), new Literal(softcap));
            Value bounded = node.function("tanh", scores.form, small.ref());
            capped = node.operator("*", scores.form, bounded.ref(), new Literal(softcap));
        }
        LoweredTensor mask = mask(node, scores);
        Value masked = capped;
        if (mask instanceof Value given && given.kind() == ElementKind.TRUTH) {
            OpOperand seen = node.truth(aligned(node, given, scores));
            masked = node.function("where", scores.form, seen, capped.ref(), new Literal(Float.NEGATIVE_INFINITY));
        } else if (mask != null) {
            masked = node.binary("+", capped, mask);
        }
        OpArgument dim = OpArgument.named("dim", Setting.of("-1"));
        Value weights = node.function("softmax", scores.form, List.of(dim), masked.ref());
        int mode = (int) node.node().whole("qk_matmul_output_mode", 0);
        node.result(3, List.of(scaled, capped, masked, weights).get(Math.max(0, Math.min(3, mode))));
        return ProductNodes.product(node, weights, value);
    }

    private static Value aligned(NodeLowering node, Value mask, Scores scores) throws Unsupported {
        List<Long> sizes = new ArrayList<>(mask.sizes());
        while (sizes.size() < scores.form.rank()) {
            sizes.add(0, 1L);
        }
        int batch = mask.form().batch() + sizes.size() - mask.rank();
        if (mask.form().batch() == Form.NONE || batch != scores.form.batch()) {
            throw new Unsupported("the mask " + mask.form() + " does not fit " + scores.form);
        }
        return node.reshaped(mask, new Form(mask.kind(), sizes, batch));
    }

    /**
     * The tensor that is added to scores, or tells which of them count; null if there is neither a mask nor an order.
     */
    private static @Nullable LoweredTensor mask(NodeLowering node, Scores scores) throws Unsupported {
        Known order = node.node().whole("is_causal", 0) == 1 ? order(scores) : null;
        if (!node.node().hasInput(MASK)) {
            return order;
        }
        LoweredTensor mask = node.tensor(MASK);
        if (mask instanceof Known known && known.constant().kind() == ElementKind.TRUTH) {
            mask = new Known(added(known.constant()));
        }
        if (order == null) {
            return mask;
        }
        if (mask instanceof Value given && given.kind() == ElementKind.TRUTH) {
            Value seen = aligned(node, given, scores);
            mask = node.function(
                    "where",
                    seen.form().of(ElementKind.REAL),
                    node.truth(seen),
                    new Literal(0),
                    new Literal(Float.NEGATIVE_INFINITY));
        }
        return mask instanceof Known known
                ? new Known(sum(known.constant(), order.constant()))
                : node.binary("+", mask, order);
    }

    /** 0 where a query may see a key, −∞ elsewhere. */
    private static Known order(Scores scores) {
        float[] numbers = new float[Math.toIntExact(scores.queries() * scores.keys())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % scores.keys() <= i / scores.keys() + scores.past ? 0 : Float.NEGATIVE_INFINITY;
        }
        return new Known(Constant.ofFloats(List.of(scores.queries(), scores.keys()), numbers));
    }

    private static Constant added(Constant seen) {
        float[] numbers = new float[seen.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = seen.at(i) != 0 ? 0 : Float.NEGATIVE_INFINITY;
        }
        return Constant.ofFloats(seen.shape(), numbers);
    }

    /** A mask […, queries, keys] and an order [queries, keys]. */
    private static Constant sum(Constant mask, Constant order) throws Unsupported {
        if (mask.rank() < 2
                || !mask.shape().subList(mask.rank() - 2, mask.rank()).equals(order.shape())) {
            throw new Unsupported("the mask " + mask + " of a causal attention must be […, queries, keys]");
        }
        float[] numbers = new float[mask.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (mask.at(i) + order.at(i % order.count()));
        }
        return Constant.ofFloats(mask.shape(), numbers);
    }
}
