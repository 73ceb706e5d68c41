package org.espalier.onnx.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.structure.BlockDraft;
import org.espalier.onnx.structure.Item;
import org.espalier.onnx.structure.Item.Call;
import org.espalier.onnx.structure.Item.Chain;
import org.espalier.onnx.structure.Item.Single;
import org.espalier.onnx.structure.Item.Slot;
import org.espalier.onnx.structure.NetNames;
import org.espalier.onnx.structure.Structure.Structured;
import org.jspecify.annotations.Nullable;

/** Writes the text of a whole specification, and the path of each weight in it. */
public final class NetText {
    private final Structured structured;
    private final Map<Integer, String> blockNames = new HashMap<>();
    private final Map<Integer, Body> bodies = new HashMap<>();
    private final Map<String, Constant> weights = new LinkedHashMap<>();
    private final Set<String> functions = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    private NetText(Structured structured) {
        this.structured = structured;
    }

    /**
     * A file.
     *
     * @param text its text, not laid out yet
     * @param weights the weights by their paths
     */
    public record Written(String text, Map<String, Constant> weights) {}

    /**
     * A network's surroundings.
     *
     * @param name its name
     * @param packageName its package, or an empty text
     * @param comment the comment in front of it
     * @param inputs its inputs, in order
     * @param inputNames their names in the model
     * @param wholeInputs those of whole numbers
     * @param outputs its outputs by their names in the model
     * @param clauses statements behind all others
     */
    public record Frame(
            String name,
            String packageName,
            String comment,
            List<Ref> inputs,
            List<String> inputNames,
            Set<Ref> wholeInputs,
            Map<String, Ref> outputs,
            List<String> clauses) {}

    /** Writes a file. */
    public static Written write(Structured structured, Frame frame) {
        NetText written = new NetText(structured);
        written.write(frame);
        return new Written(written.text.toString(), written.weights);
    }

    private void write(Frame frame) {
        collectFunctions(structured.items());
        structured.blocks().forEach(block -> collectFunctions(block.items()));
        NetNames types = new NetNames(Set.of(frame.name()));
        if (!frame.packageName().isEmpty()) {
            text.append("package ").append(frame.packageName()).append("\n\n");
        }
        for (BlockDraft block : structured.blocks()) {
            blockNames.put(block.number(), typeName(block.kind(), types));
            write(block);
        }
        write(frame, new NetNames(functions));
    }

    private void collectFunctions(List<Item> items) {
        for (Item item : items) {
            if (item instanceof Chain chain) {
                collectFunctions(chain.elements());
            } else if (item instanceof Single single) {
                ImportedOp op = single.op();
                if (op.style() == ImportedOp.Style.FUNCTION) {
                    functions.add(op.word());
                }
                String function = NetFunctions.of(op.word());
                if (function != null) {
                    functions.add(function);
                }
            }
        }
        functions.add("sequential");
        functions.add("repeat");
    }

    private static String typeName(String kind, NetNames types) {
        String name = NetNames.ofBlock(kind);
        boolean taken = Builtins.named(name).isPresent() || StandardBlocks.isNamed(name) || name.equals("ModuleList");
        return types.unique(taken ? name + "Block" : name);
    }

    private void write(BlockDraft block) {
        NetNames names = new NetNames(functions);
        blockNames.values().forEach(names::unique);
        List<String> parameters = new ArrayList<>();
        for (BlockDraft.Parameter parameter : block.parameters()) {
            parameters.add(names.unique(parameter.name()) + ": " + (parameter.isWhole() ? "int" : "float"));
        }
        List<Slot> slots =
                block.items().stream().flatMap(item -> item.slots().stream()).toList();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            int word = block.words().get(i);
            words.add(
                    word < 0
                            ? Numerals.of(slots.get(i).number())
                            : parameters
                                    .get(word)
                                    .substring(0, parameters.get(word).indexOf(':')));
        }
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < block.inputs().size(); i++) {
            inputs.add(names.unique(i == 0 ? "x" : "x" + (i + 1)));
        }
        String output = names.unique("y");
        Body body = new Body(blockNames, names, new NetWords(words), Map.of(block.output(), output), null);
        for (int i = 0; i < inputs.size(); i++) {
            body.input(block.inputs().get(i), inputs.get(i));
        }
        body.write(block.items());
        bodies.put(block.number(), body);
        text.append("block ").append(blockNames.get(block.number()));
        text.append("(").append(String.join(", ", parameters)).append(") {\n");
        String only = body.statements().size() == 1 ? chainOf(body.statements().get(0), output, inputs) : null;
        if (only != null && body.declarations().isEmpty() && inputs.size() == 1) {
            lines(body.layers());
            text.append(body.layers().isEmpty() ? "" : "\n")
                    .append("return [")
                    .append(only)
                    .append("]\n");
        } else {
            lines(body.declarations());
            lines(body.layers());
            text.append(body.declarations().isEmpty() && body.layers().isEmpty() ? "" : "\n");
            inputs.forEach(input -> text.append("input ").append(input).append('\n'));
            lines(body.statements());
        }
        text.append("}\n\n");
    }

    /** The layers of a block that is nothing but a chain of them, or null. */
    private static @Nullable String chainOf(String statement, String output, List<String> inputs) {
        String start = "output " + output + " = sequential(";
        String end = ")(" + inputs.get(0) + ")";
        if (statement.startsWith(start) && statement.endsWith(end)) {
            String inner = statement.substring(start.length(), statement.length() - end.length());
            // Whatever else is in the expression would have parentheses of its own around it.
            return inner.contains(")(") ? null : inner;
        }
        return null;
    }

    private void lines(List<String> lines) {
        lines.forEach(line -> text.append(line).append('\n'));
    }

    private void write(Frame frame, NetNames names) {
        blockNames.values().forEach(names::unique);
        List<String> inputs = new ArrayList<>();
        for (String name : frame.inputNames()) {
            inputs.add(names.unique(readable(name, "x")));
        }
        Map<Ref, String> results = new HashMap<>();
        Map<String, String> further = new LinkedHashMap<>();
        frame.outputs().forEach((name, ref) -> {
            String made = names.unique(readable(name, "y"));
            int input = frame.inputs().indexOf(ref);
            if (input >= 0) {
                further.put(made, inputs.get(input) + " * 1");
            } else if (results.containsKey(ref)) {
                further.put(made, results.get(ref) + " * 1");
            } else {
                results.put(ref, made);
            }
        });
        List<Slot> slots = structured.items().stream()
                .flatMap(item -> item.slots().stream())
                .toList();
        Body body = new Body(blockNames, names, NetWords.numbers(slots), results, new SharedWeights());
        for (int i = 0; i < inputs.size(); i++) {
            body.input(frame.inputs().get(i), inputs.get(i));
        }
        body.write(structured.items());
        text.append("/** ").append(frame.comment()).append(" */\n");
        text.append("network ").append(frame.name()).append(" {\n");
        for (int i = 0; i < inputs.size(); i++) {
            List<String> sizes = new ArrayList<>(List.of("batch"));
            frame.inputs().get(i).sizes().forEach(size -> sizes.add(String.valueOf(size)));
            String type = frame.wholeInputs().contains(frame.inputs().get(i)) ? "int" : "float";
            text.append("input ").append(inputs.get(i)).append(": ").append(type);
            text.append("[").append(String.join(", ", sizes)).append("]\n");
        }
        lines(body.declarations());
        text.append(body.layers().isEmpty() ? "" : "\n");
        lines(body.layers());
        text.append('\n');
        lines(inOrder(body.statements(), frame.outputs().values(), results));
        further.forEach((name, of) ->
                text.append("output ").append(name).append(" = ").append(of).append('\n'));
        text.append(frame.clauses().isEmpty() ? "" : "\n");
        lines(frame.clauses());
        text.append("}\n");
        collectWeights("", structured.items(), structured.items(), body);
    }

    /** Statements that put outputs out in the order of the model. */
    private static List<String> inOrder(List<String> statements, Collection<Ref> outputs, Map<Ref, String> results) {
        List<String> wanted = new ArrayList<>();
        outputs.stream().distinct().filter(results::containsKey).forEach(ref -> wanted.add(results.get(ref)));
        List<String> found = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String statement : statements) {
            if (statement.startsWith("output ")) {
                String rest = statement.substring("output ".length());
                found.add(rest.split(" ", 2)[0]);
                if (rest.contains(" ")) {
                    others.add(rest);
                }
            } else {
                others.add(statement);
            }
        }
        if (found.equals(wanted)) {
            return statements;
        }
        wanted.forEach(output -> others.add("output " + output));
        return others;
    }

    private static String readable(String name, String otherwise) {
        return name.matches("[A-Za-z_][A-Za-z0-9_.]*") ? NetNames.identifier(name) : otherwise;
    }

    /**
     * Finds the weights of items, whose names are those of the items that stand for them in the text.
     *
     * @param items the items of one module
     * @param written those of the first module of its block, in the same order
     */
    private void collectWeights(String path, List<Item> items, List<Item> written, Body body) {
        Map<String, Constant> own = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            String name = body.bound().get(written.get(i));
            if (item instanceof Chain chain) {
                for (int k = 0; k < chain.elements().size(); k++) {
                    Item element = chain.elements().get(k);
                    collect(path + name + "." + k, element);
                }
            } else if (name != null) {
                collect(path + name, item);
            }
            for (int k = 0; k < item.operands().size() && item instanceof Single; k++) {
                if (item.operands().get(k) instanceof OpOperand.Weight weight
                        && written.get(i).operands().get(k) instanceof OpOperand.Weight first) {
                    String wordOf = body.weights().get(first.numbers());
                    if (wordOf != null) {
                        own.put(path + wordOf, weight.numbers());
                    }
                }
            }
        }
        weights.putAll(own);
    }

    private void collect(String path, Item item) {
        if (item instanceof Single single) {
            single.op().weights().forEach((role, weight) -> weights.put(path + "." + role, weight));
        } else if (item instanceof Call call) {
            Body body = bodies.get(call.block().number());
            if (body != null) {
                collectWeights(path + ".", call.body(), call.block().items(), body);
            }
        }
    }
}
