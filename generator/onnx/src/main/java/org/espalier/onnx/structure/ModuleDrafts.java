package org.espalier.onnx.structure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node.ModuleName;

/** Finds out to which module each operation belongs. */
final class ModuleDrafts {
    private ModuleDrafts() {}

    /**
     * The operations with modules that they are in for as long as they last: a module is one stretch of operations.
     * Layers are in the module that the name of their weight says.
     */
    static List<ImportedOp> placed(List<ImportedOp> operations) {
        Map<String, String> kinds = new HashMap<>();
        for (ImportedOp op : operations) {
            op.modules().forEach(module -> kinds.putIfAbsent(module.path(), module.kind()));
        }
        Map<String, Integer> users = new HashMap<>();
        operations.forEach(op -> op.weights().values().stream()
                .map(Constant::name)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(name -> users.merge(name, 1, Integer::sum)));
        List<ImportedOp> named = new ArrayList<>();
        for (ImportedOp op : operations) {
            String path = path(op, users);
            boolean own = !path.isEmpty() && !isOfAnother(path, op, kinds);
            named.add(own ? in(op, ancestors(path, kinds)) : op);
        }
        return lifted(contiguous(between(named)));
    }

    private static ImportedOp in(ImportedOp op, List<ModuleName> modules) {
        return new ImportedOp(
                op.style(), op.word(), op.operands(), op.arguments(), op.weights(), op.results(), modules);
    }

    /** Tells whether a weight that layers share is called as in a module that this operation is not in. */
    private static boolean isOfAnother(String path, ImportedOp op, Map<String, String> kinds) {
        return kinds.containsKey(path)
                && !op.modules().isEmpty()
                && op.modules().stream()
                        .noneMatch(module -> module.path().equals(path)
                                || path.startsWith(module.path() + ".")
                                || module.path().startsWith(path + "."));
    }

    /** {@code layer1.0.conv1} of {@code layer1.0.conv1.weight}, or an empty text. */
    private static String path(ImportedOp op, Map<String, Integer> users) {
        for (Constant weight : op.weights().values()) {
            String name = weight.name();
            // Exporters give equal weights of several layers the name of one.
            boolean own = users.getOrDefault(name, 0) == 1;
            if (name != null && own && name.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z0-9_]+)+")) {
                return name.substring(0, name.lastIndexOf('.'));
            }
        }
        return "";
    }

    /** The modules around a path; of those whose names are known those, of others every prefix. */
    private static List<ModuleName> ancestors(String path, Map<String, String> kinds) {
        List<ModuleName> modules = new ArrayList<>();
        int dot = path.indexOf('.');
        while (dot >= 0) {
            String prefix = path.substring(0, dot);
            if (kinds.isEmpty() || kinds.containsKey(prefix)) {
                modules.add(new ModuleName(prefix, kinds.getOrDefault(prefix, "")));
            }
            dot = path.indexOf('.', dot + 1);
        }
        modules.add(new ModuleName(path, ""));
        return modules;
    }

    /** An operation without a name is in the modules that the layers before and behind it have in common. */
    private static List<ImportedOp> between(List<ImportedOp> operations) {
        List<ImportedOp> behind = new ArrayList<>(operations);
        for (int i = operations.size() - 2; i >= 0; i--) {
            if (operations.get(i).modules().isEmpty()) {
                behind.set(i, behind.get(i + 1));
            }
        }
        List<ImportedOp> placed = new ArrayList<>();
        ImportedOp before = null;
        for (int i = 0; i < operations.size(); i++) {
            ImportedOp op = operations.get(i);
            if (before == null || !op.modules().isEmpty()) {
                before = op;
            }
            if (op.modules().isEmpty()) {
                List<ModuleName> common = common(before.modules(), behind.get(i).modules());
                op = in(op, isSameLayer(before, behind.get(i)) ? common.subList(0, common.size() - 1) : common);
            }
            placed.add(op);
        }
        return placed;
    }

    private static List<ModuleName> common(List<ModuleName> some, List<ModuleName> others) {
        List<ModuleName> common = new ArrayList<>();
        for (int k = 0; k < Math.min(some.size(), others.size()); k++) {
            if (some.get(k).path().equals(others.get(k).path()) && common.size() == k) {
                common.add(some.get(k));
            }
        }
        return common;
    }

    /** Tells whether a layer is applied again: what is between is not in it. */
    private static boolean isSameLayer(ImportedOp some, ImportedOp other) {
        return !some.modules().isEmpty()
                && some.modules().equals(other.modules())
                && some.is(other.word())
                && !some.weights().isEmpty()
                && names(some).equals(names(other));
    }

    private static List<String> names(ImportedOp op) {
        return op.weights().values().stream()
                .map(weight -> String.valueOf(weight.name()))
                .toList();
    }

    /**
     * A module that begins by joining tensors, of which there are more each time, as those of DenseNet do, is the same
     * module each time if its owner joins them.
     */
    private static List<ImportedOp> lifted(List<ImportedOp> operations) {
        List<ImportedOp> placed = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            ImportedOp op = operations.get(i);
            int depth = op.modules().size();
            if ((op.is("concat") || op.is("cat")) && depth > 0) {
                List<ModuleName> before =
                        i == 0 ? List.of() : operations.get(i - 1).modules();
                while (depth > 0
                        && (before.size() < depth
                                || !before.get(depth - 1)
                                        .path()
                                        .equals(op.modules().get(depth - 1).path()))) {
                    depth--;
                }
                op = in(op, op.modules().subList(0, depth));
            }
            placed.add(op);
        }
        return placed;
    }

    private static List<ImportedOp> contiguous(List<ImportedOp> operations) {
        Map<String, int[]> ranges = new LinkedHashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (ModuleName module : operations.get(i).modules()) {
                int[] range = ranges.computeIfAbsent(module.path(), path -> new int[] {Integer.MAX_VALUE, 0, 0});
                range[0] = Math.min(range[0], i);
                range[1] = i;
                range[2]++;
            }
        }
        Set<String> broken = new HashSet<>();
        ranges.forEach((path, range) -> {
            if (range[1] - range[0] + 1 != range[2]) {
                broken.add(path);
            }
        });
        List<ImportedOp> placed = new ArrayList<>();
        for (ImportedOp op : operations) {
            int last = op.weights().isEmpty() ? -1 : op.modules().size() - 1;
            List<ModuleName> kept = IntStream.range(0, op.modules().size())
                    .filter(i ->
                            i == last || !broken.contains(op.modules().get(i).path()))
                    .mapToObj(op.modules()::get)
                    .toList();
            placed.add(in(op, kept));
        }
        return placed;
    }
}
