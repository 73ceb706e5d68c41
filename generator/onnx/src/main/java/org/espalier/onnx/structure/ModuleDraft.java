package org.espalier.onnx.structure;

import java.util.ArrayList;
import java.util.List;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.model.Node.ModuleName;
import org.espalier.onnx.structure.Item.Single;
import org.jspecify.annotations.Nullable;

/** A module of the source while it is not decided what becomes of it. */
final class ModuleDraft {
    private final String path;
    private final String name;
    private final String kind;
    /** Items, and modules that are not resolved. */
    private final List<Object> parts = new ArrayList<>();

    private List<Item> own = List.of();
    private @Nullable Item resolved;
    private boolean dissolved;

    private ModuleDraft(String path, String name, String kind) {
        this.path = path;
        this.name = name;
        this.kind = kind;
    }

    /** The tree of modules of operations. */
    static ModuleDraft tree(List<ImportedOp> operations) {
        ModuleDraft root = new ModuleDraft("", "", "");
        root.fill(operations, 0);
        return root;
    }

    private void fill(List<ImportedOp> operations, int depth) {
        int i = 0;
        while (i < operations.size()) {
            List<ModuleName> modules = operations.get(i).modules();
            if (modules.size() <= depth) {
                parts.add(new Single(operations.get(i), operations.get(i).word()));
                i++;
                continue;
            }
            int end = i + 1;
            while (end < operations.size()
                    && operations.get(end).modules().size() > depth
                    && operations
                            .get(end)
                            .modules()
                            .get(depth)
                            .path()
                            .equals(modules.get(depth).path())) {
                end++;
            }
            ModuleDraft child = new ModuleDraft(
                    modules.get(depth).path(),
                    Structure.relative(modules.get(depth), path),
                    modules.get(depth).kind());
            child.fill(operations.subList(i, end), depth + 1);
            add(child);
            i = end;
        }
    }

    /** A module of one item is that item. */
    private void add(ModuleDraft child) {
        if (child.parts.size() != 1) {
            parts.add(child);
        } else if (child.parts.get(0) instanceof Single single) {
            single.rename(child.name);
            parts.add(single);
        } else if (child.parts.get(0) instanceof ModuleDraft grandchild) {
            ModuleDraft merged = new ModuleDraft(child.path, child.name, grandchild.kind);
            merged.parts.addAll(grandchild.parts);
            parts.add(merged);
        }
    }

    String path() {
        return path;
    }

    String name() {
        return name;
    }

    String kind() {
        return kind;
    }

    int height() {
        int height = 0;
        for (Object part : parts) {
            height = Math.max(height, part instanceof ModuleDraft module ? module.height() : 0);
        }
        return height + 1;
    }

    /** Finds the modules of a height. */
    void collect(int wanted, List<ModuleDraft> found) {
        for (Object part : parts) {
            if (part instanceof ModuleDraft module) {
                if (module.height() == wanted) {
                    found.add(module);
                }
                module.collect(wanted, found);
            }
        }
    }

    /** Tells whether its parts are numbered, as those of Sequential are. */
    boolean isNumbered() {
        return own.stream()
                .allMatch(item -> item.name().matches("[0-9]+")
                        || (item instanceof Single single
                                && single.op().weights().isEmpty()));
    }

    List<Object> parts() {
        return parts;
    }

    void setItems(List<Item> items) {
        own = List.copyOf(items);
    }

    List<Item> items() {
        return own;
    }

    void becomes(Item item) {
        resolved = item;
    }

    void dissolve() {
        dissolved = true;
    }

    boolean isDissolved() {
        return dissolved;
    }

    List<Item> resolvedItems() {
        return resolved == null ? own : List.of(resolved);
    }
}
