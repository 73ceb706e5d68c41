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
    private String member = "";
    private List<Instance> array = List.of(this);
    private boolean inArray;

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

    /** Puts instances that follow each other into one array. */
    static void putIntoArray(List<Instance> elements) {
        for (Instance element : elements) {
            element.array = List.copyOf(elements);
            element.inArray = true;
        }
    }

    /** Tells whether its parent has it in an array. */
    public boolean isElement() {
        return inArray;
    }

    /** The elements of the array that it is in; else itself alone. */
    public List<Instance> array() {
        return array;
    }

    /** The path that those of the elements of its array begin with. */
    public String list() {
        return Arrays.list(path);
    }

    /** The place of it in its array. */
    public int place() {
        return array.indexOf(this);
    }

    /** Tells whether its parent declares its field where it is declared: it is no further element of an array. */
    public boolean isDeclared() {
        return array.get(0) == this;
    }

    /** Gives the field that its parent has it in, or its array, a name that is free there. */
    void nameField(UnaryOperator<String> names) {
        String relative = parent().relative(path);
        if (!inArray) {
            member = names.apply(Identifiers.camelCase(relative));
        } else if (isDeclared()) {
            String list = Arrays.list(relative);
            String name = names.apply(list.isEmpty() ? "layers" : Identifiers.camelCase(list));
            array.forEach(element -> element.member = name);
        }
    }

    /** The field that its parent has it in: an array's, if it is an element. */
    public String member() {
        return member;
    }

    /** Its field, or its place in that: {@code layers[2]}. */
    public String field() {
        return inArray ? member + "[" + place() + "]" : member;
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
