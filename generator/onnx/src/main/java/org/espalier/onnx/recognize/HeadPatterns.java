package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/**
 * The layer MultiheadAttention: projections of query, key and value, taken apart into heads, attention, and the
 * projection of what comes of it. Other modules of this form keep the layers that they have.
 */
final class HeadPatterns {
    private static final List<Integer> HEADS_FIRST = List.of(0, 2, 1, 3);

    private HeadPatterns() {}

    /**
     * A projection, taken apart into heads.
     *
     * @param of the tensor that is projected
     * @param weight [size, features] of it
     * @param bias [size], or null
     * @param heads the number of heads
     * @param linear the operation that projects
     */
    private record Head(
            OpOperand of, Constant weight, @Nullable Constant bias, long heads, ImportedOp linear) {}

    static boolean attention(OpSearch operations, ImportedOp last) {
        Constant outWeight = last.is("Linear") ? last.weights().get("weight") : null;
        ImportedOp flat =
                outWeight == null ? null : flat(operations, last.operands().get(0));
        ImportedOp turned =
                flat == null ? null : operations.maker(flat.operands().get(0));
        if (outWeight == null || flat == null || turned == null || !HEADS_FIRST.equals(Movements.order(turned))) {
            return false;
        }
        ImportedOp core = operations.only(turned.operands().get(0), "scaled_dot_product_attention");
        if (core == null || !core.argument("scale").equals(new Setting.Text(""))) {
            return false;
        }
        Head query = head(operations, core.operands().get(0));
        Head key = head(operations, core.operands().get(1));
        Head value = head(operations, core.operands().get(2));
        if (query == null || key == null || value == null || !isLayer(last, List.of(query, key, value))) {
            return false;
        }
        Map<String, Constant> weights = weights(last, query, key, value);
        long size = outWeight.size(0);
        if (weights.isEmpty() || query.heads != key.heads || query.heads != value.heads || outWeight.size(1) != size) {
            return false;
        }
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("embed_dim", size));
        arguments.add(OpArgument.positional("num_heads", query.heads));
        if (!weights.containsKey("in_proj_bias")) {
            arguments.add(OpArgument.named("bias", Setting.of(false)));
        }
        if (weights.containsKey("q_proj_weight")) {
            arguments.add(OpArgument.named("kdim", Setting.of(key.weight.size(1))));
            arguments.add(OpArgument.named("vdim", Setting.of(value.weight.size(1))));
        }
        arguments.add(OpArgument.named("batch_first", Setting.of(true)));
        arguments.addAll(core.arguments());
        List<OpOperand> operands = new ArrayList<>(List.of(query.of, key.of, value.of));
        operands.addAll(core.operands().subList(3, core.operands().size()));
        ImportedOp made = new ImportedOp(
                ImportedOp.Style.LAYER,
                "MultiheadAttention",
                operands,
                arguments,
                weights,
                last.results(),
                last.modules());
        operations.replace(last, List.of(made), List.of(core, query.linear, key.linear, value.linear));
        return true;
    }

    private static @Nullable ImportedOp flat(OpSearch operations, OpOperand operand) {
        ImportedOp flat = operations.only(operand, "flatten");
        return flat != null ? flat : operations.only(operand, "reshape");
    }

    /** Tells whether the source had this layer: exporters say so, or keep the names that its weights have there. */
    private static boolean isLayer(ImportedOp last, List<Head> heads) {
        List<String> names = heads.stream()
                .flatMap(head -> Stream.ofNullable(head.bias == null ? head.weight.name() : head.bias.name()))
                .toList();
        return last.modules().stream().anyMatch(module -> module.kind().equals("MultiheadAttention"))
                || names.stream().anyMatch(name -> name.matches("(.*\\.)?in_proj_(weight|bias)"))
                || (!owner(last).isEmpty() && names.stream().noneMatch(name -> name.matches(".*\\.(weight|bias)")));
    }

    private static @Nullable Head head(OpSearch operations, OpOperand operand) {
        ImportedOp turned = operations.maker(operand);
        if (turned == null || !HEADS_FIRST.equals(Movements.order(turned))) {
            return null;
        }
        ImportedOp apart = operations.only(turned.operands().get(0), "reshape");
        if (apart == null || apart.result().sizes().size() != 3) {
            return null;
        }
        List<Long> sizes = apart.result().sizes();
        long heads = sizes.get(1);
        long size = heads * sizes.get(2);
        ImportedOp linear = operations.only(apart.operands().get(0), "Linear");
        long place = 0;
        if (linear == null) {
            ImportedOp part = operations.only(apart.operands().get(0), "[]");
            place = part == null ? -1 : place(part);
            linear = part == null ? null : together(operations, part.operands().get(0), size);
        }
        Constant weight = linear == null ? null : linear.weights().get("weight");
        if (linear == null || weight == null || place < 0 || weight.size(0) < (place + 1) * size) {
            return null;
        }
        Constant bias = linear.weights().get("bias");
        return new Head(
                linear.operands().get(0),
                rows(weight, place * size, size),
                bias == null ? null : rows(bias, place * size, size),
                heads,
                linear);
    }

    /** The i of {@code x[:, i]}, or −1. */
    private static long place(ImportedOp part) {
        if (part.operands().size() != 1 || part.arguments().size() != 2) {
            return -1;
        }
        Setting place = part.arguments().get(1).setting();
        if (place instanceof Setting.Size size) {
            return size.number();
        }
        String text = place instanceof Setting.Text word ? word.text() : "";
        return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
    }

    /** The projection to several times the size, whose parts are [batch, part, steps, size] in the end. */
    private static @Nullable ImportedOp together(OpSearch operations, OpOperand parts, long size) {
        ImportedOp flat = operations.any(parts, "flatten");
        ImportedOp moved = flat == null
                ? operations.maker(parts)
                : operations.maker(flat.operands().get(0));
        List<Integer> order = moved == null ? null : Movements.order(moved);
        ImportedOp apart =
                moved == null ? null : operations.only(moved.operands().get(0), "reshape");
        if (order == null || apart == null || !(parts instanceof Ref made)) {
            return null;
        }
        List<Long> sizes = apart.result().sizes();
        boolean isMoved = sizes.size() == 4
                ? sizes.get(0) == 1 && order.equals(List.of(0, 3, 2, 1, 4))
                : sizes.size() == 3 && order.equals(HEADS_FIRST);
        boolean isPart = made.sizes().size() == 3 && made.sizes().get(2) == size;
        return isMoved && isPart && sizes.get(sizes.size() - 1) == size
                ? operations.only(apart.operands().get(0), "Linear")
                : null;
    }

    private static Constant rows(Constant of, long start, long count) {
        if (start == 0 && count == of.size(0)) {
            return of;
        }
        int width = (int) (of.count() / of.size(0));
        float[] numbers = new float[Math.toIntExact(count * width)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) of.at((int) (start * width) + i);
        }
        List<Long> shape = new ArrayList<>(of.shape());
        shape.set(0, count);
        return Constant.ofFloats(shape, numbers).named(of.name() == null ? "in_proj" : of.name(), of.learned());
    }

    private static Map<String, Constant> weights(ImportedOp out, Head query, Head key, Head value) {
        Map<String, Constant> weights = new LinkedHashMap<>();
        String owner = owner(out);
        Constant outWeight = out.weights().get("weight");
        Constant outBias = out.weights().get("bias");
        if (outWeight == null) {
            return weights;
        }
        long size = outWeight.size(0);
        if (Stream.of(query, key, value).anyMatch(head -> head.weight.size(0) != size)
                || query.weight.size(1) != size) {
            return weights;
        }
        if (key.weight.size(1) == size && value.weight.size(1) == size) {
            weights.put("in_proj_weight", joined(owner + "in_proj_weight", query.weight, key.weight, value.weight));
        } else {
            weights.put("q_proj_weight", query.weight.named(owner + "q_proj_weight", true));
            weights.put("k_proj_weight", key.weight.named(owner + "k_proj_weight", true));
            weights.put("v_proj_weight", value.weight.named(owner + "v_proj_weight", true));
        }
        // Exporters drop biases that are 0; the layer has all of them or none.
        if (outBias != null || Stream.of(query, key, value).anyMatch(head -> head.bias != null)) {
            weights.put(
                    "in_proj_bias",
                    joined(
                            owner + "in_proj_bias",
                            bias(query.bias, size),
                            bias(key.bias, size),
                            bias(value.bias, size)));
            weights.put(
                    "out_proj.bias",
                    outBias != null ? outBias : bias(null, size).named(owner + "out_proj.bias", true));
        }
        weights.put("out_proj.weight", outWeight);
        return weights;
    }

    private static Constant bias(@Nullable Constant given, long size) {
        return given != null ? given : Constant.ofFloats(List.of(size), new float[Math.toIntExact(size)]);
    }

    /** {@code attn.} of {@code attn.out_proj.weight}, or an empty text. */
    private static String owner(ImportedOp out) {
        for (Constant weight : out.weights().values()) {
            String name = weight.name();
            if (name != null && name.matches(".*\\.out_proj\\.(weight|bias)")) {
                return name.substring(0, name.lastIndexOf(".out_proj.") + 1);
            }
        }
        return "";
    }

    private static Constant joined(String name, Constant... parts) {
        List<Long> shape = new ArrayList<>(parts[0].shape());
        shape.set(0, Stream.of(parts).mapToLong(part -> part.size(0)).sum());
        float[] numbers = new float[Stream.of(parts).mapToInt(Constant::count).sum()];
        int place = 0;
        for (Constant part : parts) {
            for (int i = 0; i < part.count(); i++) {
                numbers[place++] = (float) part.at(i);
            }
        }
        return Constant.ofFloats(shape, numbers).named(name, true);
    }
}
