package org.espalier.onnx.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.structure.Item;
import org.espalier.onnx.structure.Item.Call;
import org.espalier.onnx.structure.Item.Chain;
import org.espalier.onnx.structure.Item.Single;
import org.espalier.onnx.structure.NetNames;
import org.jspecify.annotations.Nullable;

/** Writes the statements of a block or network: what it declares, and what it computes of its inputs. */
final class Body {
    /** An expression that is longer is bound to a name. */
    private static final int LONG = 70;

    private static final int LONG_CHAIN = 300;

    private final Map<Integer, String> blockNames;
    private final NetNames names;
    private final NetWords words;
    private final List<String> declarations = new ArrayList<>();
    private final List<String> layers = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final Map<Ref, NetExpression> expressions = new HashMap<>();
    private final Map<Ref, Integer> uses = new HashMap<>();
    private final Map<String, Integer> waiting = new HashMap<>();
    private final Map<Constant, String> weights = new HashMap<>();
    private final Map<Item, String> bound = new HashMap<>();
    private final Map<Ref, String> results;
    private final @Nullable SharedWeights shared;

    /**
     * A body.
     *
     * @param blockNames the names of blocks by their numbers
     * @param names the names that are taken
     * @param words text for numbers
     * @param results the names of what it puts out
     * @param shared finds layers that share weights; null in a block, whose calls may not all do
     */
    Body(
            Map<Integer, String> blockNames,
            NetNames names,
            NetWords words,
            Map<Ref, String> results,
            @Nullable SharedWeights shared) {
        this.blockNames = blockNames;
        this.names = names;
        this.words = words;
        this.results = results;
        this.shared = shared;
    }

    /** Says under which name an input is read. */
    void input(Ref ref, String name) {
        expressions.put(ref, NetExpression.named(name));
    }

    List<String> declarations() {
        return declarations;
    }

    List<String> layers() {
        return layers;
    }

    List<String> statements() {
        return statements;
    }

    /** The names of layers, blocks and lists. */
    Map<Item, String> bound() {
        return bound;
    }

    /** The names of parameters and buffers, for the items of this body. */
    Map<Constant, String> weights() {
        return weights;
    }

    void write(List<Item> items) {
        for (Item item : items) {
            for (OpOperand operand : item.operands()) {
                if (operand instanceof Ref ref) {
                    uses.merge(ref, 1, Integer::sum);
                }
            }
        }
        results.keySet().forEach(result -> uses.merge(result, 1, Integer::sum));
        expressions.forEach(
                (ref, expression) -> waiting.merge(expression.text(), uses.getOrDefault(ref, 0), Integer::sum));
        items.forEach(this::write);
    }

    private void write(Item item) {
        if (item instanceof Single single && single.op().results().size() > 1) {
            several(single);
            return;
        }
        NetExpression expression = expression(item);
        for (OpOperand operand : item.operands()) {
            if (operand instanceof Ref ref) {
                release(expression(ref));
            }
        }
        Ref result = item.results().get(0);
        bindIfNeeded(item, result, expression);
    }

    private void release(NetExpression expression) {
        if (expression.chain().isEmpty() && expression.reads().equals(Set.of(expression.text()))) {
            waiting.merge(expression.text(), -1, Integer::sum);
        } else {
            // What is written into another expression waits there.
            expression.reads().forEach(name -> waiting.merge(name, -1, Integer::sum));
        }
    }

    private NetExpression expression(OpOperand operand) {
        if (operand instanceof Ref ref) {
            NetExpression known = expressions.get(ref);
            if (known == null) {
                throw new IllegalStateException(ref + " is read before it is made");
            }
            return known;
        }
        if (operand instanceof OpOperand.Literal) {
            String number = words.next();
            return new NetExpression(
                    number,
                    number.startsWith("-") ? NetExpression.SIGN : NetExpression.ATOM,
                    Set.of(),
                    List.of(),
                    null);
        }
        return NetExpression.atom(weight((OpOperand.Weight) operand), Set.of());
    }

    private void bindIfNeeded(Item item, Ref result, NetExpression expression) {
        int count = uses.getOrDefault(result, 0);
        String output = results.get(result);
        if (output != null) {
            boolean only = count == 1;
            if (only) {
                statements.add("output " + output + " = " + expression.written());
            } else {
                statements.add(output + " = " + expression.written());
                statements.add("output " + output);
            }
            bind(result, output, count);
            return;
        }
        int length = expression.written().length();
        boolean isLong = length > (expression.chain().size() > 1 ? LONG_CHAIN : LONG);
        if (count == 1 && (!isLong || result.isCondition())) {
            expressions.put(result, expression);
            expression.reads().forEach(name -> waiting.merge(name, 1, Integer::sum));
        } else if (count > 0) {
            String name = nameFor(item, expression);
            statements.add(name + " = " + expression.written());
            bind(result, name, count);
        }
    }

    private void bind(Ref result, String name, int count) {
        expressions.put(result, NetExpression.named(name));
        waiting.put(name, count);
    }

    /** The name of the tensor that goes on, if it is not read any more, or a new one. */
    private String nameFor(Item item, NetExpression expression) {
        for (String name : expression.reads()) {
            if (expression.reads().size() == 1 && waiting.getOrDefault(name, 0) == 0 && !results.containsValue(name)) {
                return name;
            }
        }
        for (OpOperand operand : item.operands()) {
            if (operand instanceof Ref ref && expressions.get(ref) != null) {
                for (String name : expressions.get(ref).reads()) {
                    if (waiting.getOrDefault(name, 0) == 0 && !results.containsValue(name)) {
                        return name;
                    }
                }
            }
        }
        return names.unique(wish(item));
    }

    private static String wish(Item item) {
        if (item instanceof Single single) {
            ImportedOp op = single.op();
            return switch (op.style()) {
                case OPERATOR ->
                    switch (op.word()) {
                        case "+" -> "sum";
                        case "-" -> "difference";
                        case "/" -> "quotient";
                        case "*", "@" -> "product";
                        default -> "y";
                    };
                case SUBSCRIPT -> "part";
                case METHOD -> "turned";
                case FUNCTION ->
                    switch (op.word()) {
                        case "concat", "cat" -> "joined";
                        case "scaled_dot_product_attention" -> "attended";
                        default -> "y";
                    };
                case LAYER -> op.weights().isEmpty() ? "y" : last(item.name()) + "_out";
            };
        }
        return last(item.name()) + "_out";
    }

    private static String last(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return last.matches("[0-9]+") ? NetNames.identifier(name) : last;
    }

    // Expressions

    private NetExpression expression(Item item) {
        if (item instanceof Chain chain) {
            return NetExpression.applied(
                    list(chain), null, expression(chain.operands().get(0)));
        }
        if (item instanceof Call call) {
            return call(call);
        }
        ImportedOp op = ((Single) item).op();
        List<NetExpression> operands = new ArrayList<>();
        for (OpOperand operand : op.operands()) {
            operands.add(expression(operand));
        }
        return switch (op.style()) {
            case LAYER -> layer((Single) item, operands);
            case FUNCTION -> function(op, operands);
            case METHOD ->
                NetExpression.atom(
                        operands.get(0).within(NetExpression.ATOM) + "." + op.word() + "("
                                + words.arguments(op.arguments()) + ")",
                        NetExpression.reads(operands));
            case OPERATOR -> operator(op.word(), operands);
            case SUBSCRIPT -> subscript(op, operands);
        };
    }

    private NetExpression call(Call call) {
        String name = names.unique(label(call));
        bound.put(call, name);
        layers.add(name + " = " + constructed(call));
        List<NetExpression> operands = new ArrayList<>();
        for (OpOperand operand : call.operands()) {
            operands.add(expression(operand));
        }
        if (operands.size() == 1) {
            return NetExpression.applied(name, null, operands.get(0));
        }
        String read =
                String.join(", ", operands.stream().map(NetExpression::written).toList());
        return NetExpression.atom(name + "(" + read + ")", NetExpression.reads(operands));
    }

    private static String label(Item item) {
        return item.name().matches("[0-9]+") ? "layer" + item.name() : item.name();
    }

    /** {@code BasicBlock(64, 128, stride=2)}: the first three arguments by their places if they say enough. */
    private String constructed(Call call) {
        List<String> arguments = new ArrayList<>();
        int count = call.block().parameters().size();
        for (int i = 0; i < count; i++) {
            String text = words.next();
            arguments.add(count > 2 ? call.block().parameters().get(i).name() + "=" + text : text);
        }
        return blockNames.get(call.block().number()) + "(" + String.join(", ", arguments) + ")";
    }

    private String list(Chain chain) {
        String name = names.unique(label(chain));
        bound.put(chain, name);
        List<String> elements = new ArrayList<>();
        for (Item element : chain.elements()) {
            elements.add(
                    element instanceof Call call
                            ? constructed(call)
                            : ((Single) element).op().word() + "("
                                    + words.arguments(((Single) element).op().arguments()) + ")");
        }
        boolean repeats = elements.size() > 2 && elements.stream().distinct().count() == 1;
        layers.add(name + " = "
                + (repeats
                        ? "repeat(" + elements.size() + ", " + elements.get(0) + ")"
                        : "[" + String.join(", ", elements) + "]"));
        return name;
    }

    private NetExpression layer(Single single, List<NetExpression> operands) {
        ImportedOp op = single.op();
        // Whether attention looks back only is said where the layer is applied.
        boolean causal = op.is("MultiheadAttention") && op.argument("is_causal").equals(Setting.of(true));
        String arguments = words.arguments(op.arguments().stream()
                .filter(argument -> !causal || !argument.word().equals("is_causal"))
                .toList());
        String made = op.word() + "(" + arguments + ")";
        if (!op.weights().isEmpty()) {
            String same = shared == null ? null : shared.same(label(single), made, op);
            String matrix = shared == null || same != null ? null : shared.matrix(op, names);
            if (matrix != null) {
                String function = op.word().toLowerCase(Locale.ROOT);
                return NetExpression.atom(
                        function + "(" + operands.get(0).written() + ", " + matrix + ")",
                        NetExpression.reads(operands));
            }
            String name = same != null ? same : declared(single, made);
            if (operands.size() == 1) {
                return NetExpression.applied(name, null, operands.get(0));
            }
            String read = op.is("MultiheadAttention") ? attended(operands, causal) : joined(operands);
            return NetExpression.atom(name + "(" + read + ")", NetExpression.reads(operands));
        }
        String function = NetFunctions.of(op.word());
        if (operands.get(0).chain().isEmpty()) {
            String text = operands.get(0).written();
            if (op.is("Flatten")) {
                return NetExpression.applied(
                        made, operands.get(0).within(NetExpression.ATOM) + ".flatten(1)", operands.get(0));
            }
            return NetExpression.applied(
                    made,
                    function == null
                            ? null
                            : function + "(" + text + (arguments.isEmpty() ? "" : ", " + arguments) + ")",
                    operands.get(0));
        }
        return NetExpression.applied(made, null, operands.get(0));
    }

    private String declared(Single single, String made) {
        String word = single.op().word();
        String name = names.unique(label(single).equals(word) ? word.toLowerCase(Locale.ROOT) : label(single));
        bound.put(single, name);
        layers.add(name + " = " + made);
        if (shared != null) {
            shared.add(name, label(single), made, single.op());
        }
        return name;
    }

    private static String joined(List<NetExpression> operands) {
        return String.join(", ", operands.stream().map(NetExpression::written).toList());
    }

    private NetExpression function(ImportedOp op, List<NetExpression> operands) {
        Set<String> reads = NetExpression.reads(operands);
        if (op.is("cat")) {
            return NetExpression.atom(
                    "cat([" + joined(operands) + "], " + words.arguments(op.arguments()) + ")", reads);
        }
        if (op.is("gather")) {
            String dim = words.setting(op.argument("dim"));
            return NetExpression.atom(
                    "gather(" + operands.get(0).written() + ", " + dim + ", "
                            + operands.get(1).written() + ")",
                    reads);
        }
        if (op.is("einsum")) {
            return NetExpression.atom(
                    "einsum(" + words.arguments(op.arguments()) + ", " + joined(operands) + ")", reads);
        }
        String read = op.is("scaled_dot_product_attention") ? attended(operands, false) : joined(operands);
        String arguments = words.arguments(op.arguments());
        boolean method = operands.size() == 1
                && Set.of("mean", "sum", "amax", "amin", "prod").contains(op.word());
        if (method) {
            return NetExpression.atom(
                    operands.get(0).within(NetExpression.ATOM) + "." + op.word() + "(" + arguments + ")", reads);
        }
        return NetExpression.atom(op.word() + "(" + read + (arguments.isEmpty() ? "" : ", " + arguments) + ")", reads);
    }

    /** Query, key and value, and a mask if there is one. */
    private static String attended(List<NetExpression> operands, boolean causal) {
        return joined(operands.subList(0, 3))
                + (operands.size() > 3 ? ", attn_mask=" + operands.get(3).written() : "")
                + (causal ? ", is_causal=true" : "");
    }

    private static NetExpression operator(String word, List<NetExpression> operands) {
        Set<String> reads = NetExpression.reads(operands);
        if (operands.size() == 1) {
            return new NetExpression(
                    "-" + operands.get(0).within(NetExpression.POWER), NetExpression.SIGN, reads, List.of(), null);
        }
        int binding = switch (word) {
            case "+", "-" -> NetExpression.SUM;
            case "*", "/", "@" -> NetExpression.PRODUCT;
            case "**" -> NetExpression.POWER;
            default -> NetExpression.COMPARISON;
        };
        boolean same = word.equals("+") || word.equals("*");
        String left = operands.get(0).within(word.equals("**") ? NetExpression.ATOM : binding);
        String right = operands.get(1).within(word.equals("**") ? NetExpression.ATOM : same ? binding : binding + 1);
        return new NetExpression(left + " " + word + " " + right, binding, reads, List.of(), null);
    }

    private NetExpression subscript(ImportedOp op, List<NetExpression> operands) {
        List<String> places = new ArrayList<>();
        op.arguments().forEach(argument -> places.add(words.setting(argument.setting())));
        String index = String.join(", ", places);
        if (operands.size() > 1) {
            index = index.replace("#", operands.get(1).written());
        }
        return NetExpression.atom(
                operands.get(0).within(NetExpression.ATOM) + "[" + index + "]", NetExpression.reads(operands));
    }

    // y, (h, c) = lstm(x, (h, c))

    private void several(Single single) {
        ImportedOp op = single.op();
        List<NetExpression> operands = new ArrayList<>();
        for (OpOperand operand : op.operands()) {
            operands.add(expression(operand));
        }
        String layer = op.word() + "(" + words.arguments(op.arguments()) + ")";
        String same = shared == null ? null : shared.same(label(single), layer, op);
        String name = same != null ? same : declared(single, layer);
        List<String> made = new ArrayList<>();
        boolean further = false;
        List<Ref> refs = op.results();
        operands.forEach(this::release);
        for (int i = 0; i < refs.size(); i++) {
            int count = uses.getOrDefault(refs.get(i), 0);
            further |= i > 0 && count > 0;
            String output = results.get(refs.get(i));
            String result =
                    count == 0 ? "_" : output != null ? output : names.unique(i == 0 ? "y" : i == 1 ? "h" : "c");
            made.add(result);
            if (count > 0) {
                bind(refs.get(i), result, count);
            }
        }
        String read = operands.get(0).written();
        if (operands.size() == 2) {
            read += ", " + operands.get(1).written();
        } else if (operands.size() == 3) {
            read += ", (" + operands.get(1).written() + ", " + operands.get(2).written() + ")";
        }
        String pattern = made.get(0);
        if (further) {
            pattern += made.size() == 2 ? ", " + made.get(1) : ", (" + made.get(1) + ", " + made.get(2) + ")";
        }
        statements.add(pattern + " = " + name + "(" + read + ")");
        for (Ref ref : refs) {
            if (results.containsKey(ref)) {
                statements.add("output " + results.get(ref));
            }
        }
    }

    // Parameters and buffers

    private String weight(OpOperand.Weight weight) {
        List<String> sizes = new ArrayList<>();
        for (int i = 0; i < weight.numbers().rank(); i++) {
            sizes.add(words.next());
        }
        String known = weights.get(weight.numbers());
        if (known != null) {
            return known;
        }
        String name = names.unique(Item.weightName(weight));
        weights.put(weight.numbers(), name);
        boolean whole = weight.numbers().kind() == ElementKind.WHOLE;
        declarations.add((weight.learned() ? "parameter " : "buffer ") + name + ": " + (whole ? "int" : "float") + "["
                + String.join(", ", sizes) + "] = zeros()");
        return name;
    }
}
