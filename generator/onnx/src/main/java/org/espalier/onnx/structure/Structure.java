package org.espalier.onnx.structure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.model.Node.ModuleName;
import org.espalier.onnx.structure.BlockDraft.Parameter;
import org.espalier.onnx.structure.Item.Call;
import org.espalier.onnx.structure.Item.Chain;
import org.espalier.onnx.structure.Item.Single;
import org.espalier.onnx.structure.Item.Slot;

/** Structures operations into blocks, chains and a body. */
public final class Structure {
    private final List<BlockDraft> blocks = new ArrayList<>();
    private final Set<Ref> outputs;
    private final Map<Ref, Integer> uses = new HashMap<>();

    private Structure(Collection<Ref> outputs) {
        this.outputs = new HashSet<>(outputs);
    }

    /**
     * The result.
     *
     * @param blocks the blocks, each behind those that it calls
     * @param items the body of the network
     */
    public record Structured(List<BlockDraft> blocks, List<Item> items) {}

    /** Groups operations, which are in order. */
    public static Structured of(List<ImportedOp> operations, Collection<Ref> outputs) {
        return new Structure(outputs).structured(ModuleDrafts.placed(operations));
    }

    private Structured structured(List<ImportedOp> operations) {
        for (ImportedOp op : operations) {
            for (OpOperand operand : op.operands()) {
                if (operand instanceof Ref ref) {
                    uses.merge(ref, 1, Integer::sum);
                }
            }
        }
        ModuleDraft root = ModuleDraft.tree(operations);
        int height = root.height();
        for (int level = 1; level < height; level++) {
            resolve(root, level);
        }
        return new Structured(blocks, chained(joined(root.parts())));
    }

    /** Makes calls, chains or parts of the owner of all modules of a height. */
    private void resolve(ModuleDraft root, int level) {
        Map<String, List<ModuleDraft>> groups = new LinkedHashMap<>();
        List<ModuleDraft> found = new ArrayList<>();
        root.collect(level, found);
        for (ModuleDraft module : found) {
            module.setItems(chained(joined(module.parts())));
        }
        for (ModuleDraft module : found) {
            groups.computeIfAbsent(signature(module), text -> new ArrayList<>()).add(module);
        }
        for (List<ModuleDraft> group : groups.values()) {
            ModuleDraft first = group.get(0);
            if (isChain(first.items()) && first.isNumbered()) {
                group.forEach(module -> module.becomes(new Chain(module.name(), spread(module.items()))));
            } else if (group.size() > 1
                    && results(first).size() == 1
                    && !inputs(first).isEmpty()) {
                callAll(group);
            } else {
                group.forEach(ModuleDraft::dissolve);
            }
        }
    }

    private static List<Item> spread(List<Item> items) {
        List<Item> all = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Chain chain) {
                all.addAll(chain.elements());
            } else {
                all.add(item);
            }
        }
        return all;
    }

    // Chains

    /** Tells whether items are layers of which each reads only what the one before it makes. */
    private boolean isChain(List<Item> items) {
        for (int i = 0; i < items.size(); i++) {
            if (!isLayer(items.get(i)) || (i > 0 && !follows(items.get(i - 1), items.get(i)))) {
                return false;
            }
        }
        return !items.isEmpty();
    }

    /** Tells whether an item can be an element of a list: a layer of one tensor. */
    public static boolean isLayer(Item item) {
        boolean one = item.operands().size() == 1
                && item.operands().get(0) instanceof Ref
                && item.results().size() == 1;
        return one && (!(item instanceof Single single) || single.op().style() == ImportedOp.Style.LAYER);
    }

    private boolean follows(Item before, Item item) {
        Ref between = before.results().get(0);
        Map<Ref, Integer> inside = new HashMap<>();
        countUses(item, inside);
        return item.operands().get(0) == between
                && uses.getOrDefault(between, 0).equals(inside.getOrDefault(between, 0))
                && !outputs.contains(between);
    }

    /** Joins calls that are numbered and follow each other, {@code h.0}, {@code h.1}, to a chain. */
    private List<Item> chained(List<Item> items) {
        List<Item> made = new ArrayList<>();
        int i = 0;
        while (i < items.size()) {
            int end = i + 1;
            while (end < items.size()
                    && items.get(i) instanceof Call
                    && items.get(end) instanceof Call
                    && isLayer(items.get(end - 1))
                    && isLayer(items.get(end))
                    && follows(items.get(end - 1), items.get(end))
                    && isNext(items.get(end - 1).name(), items.get(end).name())) {
                end++;
            }
            if (end - i > 1) {
                String name = items.get(i).name();
                made.add(new Chain(name.substring(0, name.lastIndexOf('.')), items.subList(i, end)));
            } else {
                made.add(items.get(i));
            }
            i = end;
        }
        return made;
    }

    private static boolean isNext(String name, String next) {
        int dot = name.lastIndexOf('.');
        if (dot < 0 || !name.substring(dot + 1).matches("[0-9]{1,6}")) {
            return false;
        }
        int number = Integer.parseInt(name.substring(dot + 1));
        return next.equals(name.substring(0, dot + 1) + (number + 1));
    }

    /** The items of a body, with those of modules that were dissolved. */
    private static List<Item> joined(List<Object> parts) {
        List<Item> items = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Item item) {
                items.add(item);
            } else if (part instanceof ModuleDraft module) {
                List<Item> resolved = module.resolvedItems();
                long layers = resolved.stream().filter(Structure::hasWeights).count();
                for (Item item : resolved) {
                    if (module.isDissolved()) {
                        // The module's only layer is the module, with what its exporter wrote around it.
                        boolean unnamed = item instanceof Single single
                                && item.name().equals(single.op().word());
                        item.rename(
                                layers == 1 && unnamed && hasWeights(item)
                                        ? module.name()
                                        : module.name() + "." + item.name());
                    }
                    items.add(item);
                }
            }
        }
        return items;
    }

    private static boolean hasWeights(Item item) {
        return !(item instanceof Single single) || !single.op().weights().isEmpty();
    }

    // Blocks

    /** Tensors that the items read and others make, in the order in which they are read. */
    private static List<Ref> inputs(ModuleDraft module) {
        Set<Ref> made = new HashSet<>();
        Set<Ref> read = new LinkedHashSet<>();
        for (Item item : module.items()) {
            for (OpOperand operand : item.operands()) {
                if (operand instanceof Ref ref && !made.contains(ref)) {
                    read.add(ref);
                }
            }
            made.addAll(item.results());
        }
        return new ArrayList<>(read);
    }

    /** Tensors that the items make and others read. */
    private List<Ref> results(ModuleDraft module) {
        Map<Ref, Integer> inside = new HashMap<>();
        for (Item item : module.items()) {
            countUses(item, inside);
        }
        List<Ref> results = new ArrayList<>();
        for (Item item : module.items()) {
            for (Ref result : item.results()) {
                if (outputs.contains(result) || uses.getOrDefault(result, 0) > inside.getOrDefault(result, 0)) {
                    results.add(result);
                }
            }
        }
        return results;
    }

    private static void countUses(Item item, Map<Ref, Integer> counts) {
        if (item instanceof Chain chain) {
            chain.elements().forEach(element -> countUses(element, counts));
        } else if (item instanceof Call call) {
            call.body().forEach(element -> countUses(element, counts));
        } else {
            for (OpOperand operand : item.operands()) {
                if (operand instanceof Ref ref) {
                    counts.merge(ref, 1, Integer::sum);
                }
            }
        }
    }

    /** Text that two modules have in common if one block can stand for both. */
    private String signature(ModuleDraft module) {
        Map<Ref, String> names = new HashMap<>();
        Map<Object, String> weights = new HashMap<>();
        StringBuilder text = new StringBuilder();
        List<Ref> inputs = inputs(module);
        for (Ref input : inputs) {
            names.put(input, "input" + names.size());
            text.append(input.rank()).append(' ');
        }
        for (Item item : module.items()) {
            text.append(item.structure()).append(" of");
            for (OpOperand operand : item.operands()) {
                if (operand instanceof Ref ref) {
                    text.append(' ').append(names.getOrDefault(ref, "?"));
                } else if (operand instanceof OpOperand.Weight weight) {
                    text.append(' ').append(weights.computeIfAbsent(weight.numbers(), of -> "weight" + weights.size()));
                }
            }
            for (Ref result : item.results()) {
                names.put(result, "value" + names.size());
            }
            text.append('\n');
        }
        for (Ref result : results(module)) {
            text.append(" gives ").append(names.get(result));
        }
        return text.toString();
    }

    private void callAll(List<ModuleDraft> group) {
        ModuleDraft first = group.get(0);
        List<List<Slot>> slots = group.stream().map(Structure::slots).toList();
        List<Parameter> parameters = new ArrayList<>();
        List<Integer> words = new ArrayList<>();
        List<List<Number>> columns = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < slots.get(0).size(); i++) {
            int place = i;
            List<Number> column =
                    slots.stream().map(each -> each.get(place).number()).toList();
            Slot slot = slots.get(0).get(i);
            if (column.stream().distinct().count() == 1) {
                words.add(-1);
            } else if (columns.contains(column)) {
                words.add(columns.indexOf(column));
            } else {
                words.add(columns.size());
                columns.add(column);
                parameters.add(new Parameter(parameterName(slot, taken), slot.isWhole()));
            }
        }
        BlockDraft block = new BlockDraft(
                blocks.size(),
                kind(group),
                parameters,
                words,
                inputs(first),
                first.items(),
                results(first).get(0));
        blocks.add(block);
        for (int i = 0; i < group.size(); i++) {
            ModuleDraft module = group.get(i);
            List<Slot> arguments = new ArrayList<>();
            for (int k = 0; k < columns.size(); k++) {
                arguments.add(new Slot(
                        parameters.get(k).name(), module.name(), columns.get(k).get(i)));
            }
            module.becomes(new Call(
                    block, module.name(), arguments, module.items(), new ArrayList<>(inputs(module)), results(module)));
        }
    }

    private static List<Slot> slots(ModuleDraft module) {
        return module.items().stream().flatMap(item -> item.slots().stream()).toList();
    }

    private static String parameterName(Slot slot, Set<String> taken) {
        String name = slot.word();
        if (!taken.add(name)) {
            name = NetNames.identifier(slot.owner() + "_" + slot.word());
            int number = 2;
            while (!taken.add(name)) {
                name = NetNames.identifier(slot.owner() + "_" + slot.word()) + "_" + number;
                number++;
            }
        }
        return NetNames.identifier(name);
    }

    /** The name for the modules of a group: by their class, or by what their names have in common. */
    private static String kind(List<ModuleDraft> group) {
        String kind = group.get(0).kind();
        if (!kind.isEmpty()) {
            return kind;
        }
        Map<String, Integer> words = new HashMap<>();
        for (ModuleDraft module : group) {
            String[] parts = module.path().split("\\.", -1);
            for (int i = parts.length - 1; i >= 0; i--) {
                if (!parts[i].matches("[0-9]+")) {
                    words.merge(parts[i].replaceAll("[0-9]+$", ""), 1, Integer::sum);
                    break;
                }
            }
        }
        return words.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("Block");
    }

    /** The name of a module, without that of its owner. */
    static String relative(ModuleName module, String owner) {
        return owner.isEmpty() || !module.path().startsWith(owner + ".")
                ? module.path()
                : module.path().substring(owner.length() + 1);
    }
}
