package org.espalier.onnx.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.espalier.onnx.model.Node.ModuleName;

/** Reads from which modules of its source a node came. */
final class Scopes {
    private static final Pattern QUOTED = Pattern.compile("['\"]([^'\"]*)['\"]");

    private Scopes() {}

    /** Lists that Python printed; the first is the model, the last the operation. */
    static List<ModuleName> ofMetadata(String names, String kinds) {
        List<String> paths = quoted(names);
        List<String> classes = quoted(kinds);
        List<ModuleName> modules = new ArrayList<>();
        for (int i = 1; i < paths.size() - 1; i++) {
            String kind = i < classes.size() ? classes.get(i) : "";
            if (!paths.get(i).isEmpty()) {
                modules.add(new ModuleName(paths.get(i), kind.substring(kind.lastIndexOf('.') + 1)));
            }
        }
        return modules;
    }

    /** {@code /layer1/layer1.0/conv1/Conv}: each module by the name that its owner has for it, the operation last. */
    static List<ModuleName> ofName(String name) {
        List<ModuleName> modules = new ArrayList<>();
        if (name.startsWith("/")) {
            String[] parts = name.substring(1).split("/", -1);
            String path = "";
            String owner = "";
            for (int i = 0; i < parts.length - 1; i++) {
                String own = !owner.isEmpty() && parts[i].startsWith(owner + ".")
                        ? parts[i].substring(owner.length() + 1)
                        : parts[i];
                path = path.isEmpty() ? own : path + "." + own;
                owner = parts[i];
                modules.add(new ModuleName(path, ""));
            }
        }
        return modules;
    }

    private static List<String> quoted(String list) {
        return QUOTED.matcher(list)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
