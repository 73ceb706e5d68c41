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
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node.ModuleName;
import org.espalier.onnx.step.Step;

/** Finds out to which module each step belongs. */
final class ModuleDrafts {
    private ModuleDrafts() {}

    /**
     * The steps with modules that they are in for as long as they last: a module is one stretch of steps. Layers are in
     * the module that the name of their weight says.
     */
    static List<Step> placed(List<Step> steps) {
        Map<String, String> kinds = new HashMap<>();
        for (Step step : steps) {
            step.modules().forEach(module -> kinds.putIfAbsent(module.path(), module.kind()));
        }
        Map<String, Integer> users = new HashMap<>();
        steps.forEach(step -> step.weights().values().stream()
                .map(Constant::name)
                .filter(Objects::nonNull)
                .distinct()
                .forEach(name -> users.merge(name, 1, Integer::sum)));
        List<Step> named = new ArrayList<>();
        for (Step step : steps) {
            String path = path(step, users);
            boolean own = !path.isEmpty() && !isOfAnother(path, step, kinds);
            named.add(own ? in(step, ancestors(path, kinds)) : step);
        }
        return lifted(contiguous(between(named)));
    }

    private static Step in(Step step, List<ModuleName> modules) {
        return new Step(
                step.style(), step.word(), step.operands(), step.arguments(), step.weights(), step.results(), modules);
    }

    /** Tells whether a weight that layers share is called as in a module that this step is not in. */
    private static boolean isOfAnother(String path, Step step, Map<String, String> kinds) {
        return kinds.containsKey(path)
                && !step.modules().isEmpty()
                && step.modules().stream()
                        .noneMatch(module -> module.path().equals(path)
                                || path.startsWith(module.path() + ".")
                                || module.path().startsWith(path + "."));
    }

    /** {@code layer1.0.conv1} of {@code layer1.0.conv1.weight}, or an empty text. */
    private static String path(Step step, Map<String, Integer> users) {
        for (Constant weight : step.weights().values()) {
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

    /** A step without a name is in the modules that the layers before and behind it have in common. */
    private static List<Step> between(List<Step> steps) {
        List<Step> placed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.modules().isEmpty()) {
                Step before = step;
                for (int k = i - 1; k >= 0 && before.modules().isEmpty(); k--) {
                    before = steps.get(k);
                }
                Step behind = step;
                for (int k = i + 1; k < steps.size() && behind.modules().isEmpty(); k++) {
                    behind = steps.get(k);
                }
                List<ModuleName> common = common(before.modules(), behind.modules());
                step = in(step, isSameLayer(before, behind) ? common.subList(0, common.size() - 1) : common);
            }
            placed.add(step);
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
    private static boolean isSameLayer(Step some, Step other) {
        return !some.modules().isEmpty()
                && some.modules().equals(other.modules())
                && some.is(other.word())
                && !some.weights().isEmpty()
                && names(some).equals(names(other));
    }

    private static List<String> names(Step step) {
        return step.weights().values().stream()
                .map(weight -> String.valueOf(weight.name()))
                .toList();
    }

    /**
     * A module that begins by joining tensors, of which there are more each time, as those of DenseNet do, is the same
     * module each time if its owner joins them.
     */
    private static List<Step> lifted(List<Step> steps) {
        List<Step> placed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            int depth = step.modules().size();
            if ((step.is("concat") || step.is("cat")) && depth > 0) {
                List<ModuleName> before = i == 0 ? List.of() : steps.get(i - 1).modules();
                while (depth > 0
                        && (before.size() < depth
                                || !before.get(depth - 1)
                                        .path()
                                        .equals(step.modules().get(depth - 1).path()))) {
                    depth--;
                }
                step = in(step, step.modules().subList(0, depth));
            }
            placed.add(step);
        }
        return placed;
    }

    private static List<Step> contiguous(List<Step> steps) {
        Map<String, int[]> ranges = new LinkedHashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            for (ModuleName module : steps.get(i).modules()) {
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
        List<Step> placed = new ArrayList<>();
        for (Step step : steps) {
            int last = step.weights().isEmpty() ? -1 : step.modules().size() - 1;
            List<ModuleName> kept = IntStream.range(0, step.modules().size())
                    .filter(i ->
                            i == last || !broken.contains(step.modules().get(i).path()))
                    .mapToObj(step.modules()::get)
                    .toList();
            placed.add(in(step, kept));
        }
        return placed;
    }
}
