package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.espalier.generator.ir.Block;
import org.espalier.generator.target.java.text.Identifiers;

/** One application of a block, which becomes an object of the block's class; the outermost is the network itself. */
public final class Instance {
    private final String path;
    private final Optional<Block> block;
    private final Map<String, Long> sizes;
    private final Optional<Instance> parent;
    private final List<Instance> children = new ArrayList<>();
    private String field = "";

    private Instance(String path, Optional<Block> block, Map<String, Long> sizes, Optional<Instance> parent) {
        this.path = path;
        this.block = block;
        this.sizes = sizes;
        this.parent = parent;
    }

    static Instance network() {
        return new Instance("", Optional.empty(), Map.of(), Optional.empty());
    }

    Instance child(Block of, Block.Instance made) {
        Instance child = new Instance(made.path(), Optional.of(of), made.sizes(), Optional.of(this));
        children.add(child);
        return child;
    }

    /** The path that those of its layers begin with; empty for the network. */
    public String path() {
        return path;
    }

    public boolean isNetwork() {
        return parent.isEmpty();
    }

    /** The block that it is an application of. */
    public Block block() {
        return block.orElseThrow(() -> new IllegalStateException("the network is no block"));
    }

    /** Tells whether the block has no other application. */
    public boolean isAlone() {
        return block().instances().size() == 1;
    }

    /** The block's whole numbers, by their names. */
    public Map<String, Long> sizes() {
        return sizes;
    }

    /** The instance that holds it, or for the network, itself. */
    public Instance parent() {
        return parent.orElse(this);
    }

    /** The instances that it holds, in the order in which they run. */
    public List<Instance> children() {
        return children;
    }

    /** Tells whether another instance is held by this one, or by one that this one holds. */
    public boolean holds(Instance other) {
        for (Optional<Instance> at = other.parent; at.isPresent(); at = at.get().parent) {
            if (at.get() == this) {
                return true;
            }
        }
        return false;
    }

    /** A name without what it has in common with every name in this instance. */
    public String relative(String name) {
        return !path.isEmpty() && name.startsWith(path + ".") ? name.substring(path.length() + 1) : name;
    }

    /** Gives the field that its parent has it in a name that is free there. */
    void nameField(UnaryOperator<String> names) {
        field = names.apply(Identifiers.camelCase(parent().relative(path)));
    }

    /** The field that its parent has it in. */
    public String field() {
        return field;
    }

    /** Refers to it from one that holds it: {@code unet.submodule.}; nothing for itself. */
    public String from(Instance holder) {
        return this == holder ? "" : parent().from(holder) + field() + ".";
    }

    @Override
    public String toString() {
        return path.isEmpty() ? "the network" : path;
    }
}
