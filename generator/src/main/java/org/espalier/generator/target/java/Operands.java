package org.espalier.generator.target.java;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;

/** What the emitters share: how operands are written, and what is said about them. */
final class Operands {
    /** How many shapes a remark lists. */
    private static final int MOST_SHAPES = 12;

    /** The grow-only scratch memory of {@code Network}. */
    static final String WORKSPACE = "workspace";

    /** Whether {@code Network} is in training mode. */
    static final String TRAINING = "training";

    /** The random numbers of {@code Network}. */
    static final String RANDOM = "random";

    /** Whether {@code Network} has gradients that wait for an update. */
    static final String ACCUMULATE = "accumulate";

    /** Stands for {@code accumulate} where a gradient written earlier in the same pass must stay. */
    static final String ADD = "true";

    private final Parts parts;
    private final Part here;
    private final Windows windows;
    private final Storage storage;
    private final Set<Value> written;

    private Operands(Parts parts, Part here, Windows windows, Storage storage, Set<Value> written) {
        this.parts = parts;
        this.here = here;
        this.windows = windows;
        this.storage = storage;
        this.written = written;
    }

    /** Operands in the generated class itself. */
    Operands(Parts parts, Windows windows, Storage storage) {
        this(parts, parts.main(), windows, storage, new HashSet<>());
    }

    /** The same, as they are written in a part. */
    Operands in(Part part) {
        return new Operands(parts, part, windows, storage, written);
    }

    Storage storage() {
        return storage;
    }

    /** A value as it is written here. */
    String field(Value value) {
        return parts.field(value, here);
    }

    /** What of {@code Network} changes, so that nested classes ask for it each time. */
    private static final Set<String> ASKED_FOR = Set.of(ACCUMULATE, RANDOM, TRAINING);

    /** The window of a convolution or pool, by its constant. */
    String constant(WindowGeometry window) {
        return windows.constant(window);
    }

    /** What of {@code Network} a kernel needs. */
    String state(String name) {
        return here.isNested() && ASKED_FOR.contains(name) ? name + "()" : name;
    }

    /**
     * How the gradients of parameters are written: the first time in a backward pass as {@code Network.accumulate}
     * says, after that always by adding, since the layers that share the parameters add up.
     *
     * @param parameterGradients of one layer, so they are only ever written together
     */
    String accumulate(List<Value> parameterGradients) {
        return written.addAll(parameterGradients) ? ACCUMULATE : ADD;
    }

    /** {@code [batch, 3, 64, 64], [batch, 64, 32, 32] -> [64, 3, 4, 4]}; of many, how many they are. */
    static String shapes(List<Value> from, Value to) {
        String given = from.size() > MOST_SHAPES
                ? from.size() + " parts"
                : from.stream().map(Value::shape).map(Shape::toString).collect(Collectors.joining(", "));
        return given + " -> " + to.shape();
    }
}
