package org.espalier.generator.target.java;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.ParameterGradients;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

/** Operands as the emitters write them, and remarks about them. */
final class Operands {
    /** Maximum number of shapes that a remark lists. */
    private static final int MOST_SHAPES = 12;

    /** The grow-only scratch memory of {@code Network}. */
    static final String WORKSPACE = "workspace";

    /** True if {@code Network} is in training mode. */
    static final String TRAINING = "training";

    /** The random numbers of {@code Network}. */
    static final String RANDOM = "random";

    /** True if {@code Network} has gradients that wait for an update. */
    static final String ACCUMULATE = "accumulate";

    /** True if {@code Network} computes gradients by parameters, not those by inputs alone. */
    static final String LEARNING = "learning";

    /** Stands for {@code accumulate} where a gradient written earlier in the same pass must stay. */
    static final String ADD = "true";

    private final Layers layers;
    private final Function<Value, String> fields;
    private final boolean nested;
    private final Windows windows;
    private final Storage storage;
    private final Set<Op> added;
    private final Set<Value> seeds;
    private final ParameterGradients gradients;
    /** Running means by the other statistics of their normalizations: running ones, and saved ones of a batch. */
    private final Map<Value, Value> runningMeans;

    private Operands(
            Layers layers,
            Function<Value, String> fields,
            boolean nested,
            Windows windows,
            Storage storage,
            Set<Op> added,
            Set<Value> seeds,
            ParameterGradients gradients,
            Map<Value, Value> runningMeans) {
        this.layers = layers;
        this.fields = fields;
        this.nested = nested;
        this.windows = windows;
        this.storage = storage;
        this.added = added;
        this.seeds = seeds;
        this.gradients = gradients;
        this.runningMeans = runningMeans;
    }

    /** Operands in the generated class itself. */
    Operands(Program program, Layers layers, Parts parts, Windows windows) {
        this(
                layers,
                value -> parts.field(value, parts.main()),
                false,
                windows,
                new Storage(program.memory()),
                added(program.backward()),
                program.seeds().stream().map(Seed::gradient).collect(Collectors.toUnmodifiableSet()),
                ParameterGradients.of(program),
                runningMeans(program.forward()));
    }

    private static Map<Value, Value> runningMeans(List<? extends Op> forward) {
        Map<Value, Value> means = new HashMap<>();
        for (Op op : forward) {
            List<Value> statistics = op.signature().operands().stream()
                    .filter(value -> value.kind() == Value.Kind.STATISTIC)
                    .toList();
            if (op.signature().states().contains(Argument.State.TRAINING) && !statistics.isEmpty()) {
                statistics.forEach(statistic -> means.put(statistic, statistics.get(0)));
                op.outputs().stream()
                        .filter(output -> !output.equals(op.result()))
                        .forEach(saved -> means.put(saved, statistics.get(0)));
            }
        }
        return means;
    }

    /**
     * The operations that add to gradients of parameters: the first in a backward pass writes them as
     * {@code Network.accumulate} says, those after it always add, since the layers that share the parameters add up.
     */
    private static Set<Op> added(List<Op> backward) {
        Set<Op> added = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Value> written = new HashSet<>();
        for (Op op : backward) {
            List<Value> gradients = op.outputs().stream()
                    .filter(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT)
                    .toList();
            if (!gradients.isEmpty() && !written.addAll(gradients)) {
                added.add(op);
            }
        }
        return added;
    }

    /** Tells whether an operation leads to gradients by parameters alone, which a network may do without. */
    boolean isOfParametersAlone(Op op) {
        return gradients.areAllOf(op);
    }

    /** Tells whether an operation writes such gradients besides. */
    boolean isOfParametersToo(Op op) {
        return gradients.areAmong(op);
    }

    /** Tells whether backward starts from a gradient. */
    boolean isSeed(Value gradient) {
        return seeds.contains(gradient);
    }

    /** The same, as they are written in a part. */
    Operands in(Part part, Parts parts) {
        return new Operands(
                layers,
                value -> parts.field(value, part),
                part.isNested(),
                windows,
                storage,
                added,
                seeds,
                gradients,
                runningMeans);
    }

    /** The same, as they are written in a nested class that has its own names for values. */
    Operands in(Function<Value, String> names) {
        return in(names, true);
    }

    /**
     * The same, by other names.
     *
     * @param inNestedClass whether that is where they are written
     */
    Operands in(Function<Value, String> names, boolean inNestedClass) {
        return new Operands(layers, names, inNestedClass, windows, storage, added, seeds, gradients, runningMeans);
    }

    Storage storage() {
        return storage;
    }

    /** A value as it is written here. */
    String field(Value value) {
        return fields.apply(value);
    }

    /** State of {@code Network} that changes, so that nested classes ask for it each time. */
    private static final Set<String> ASKED_FOR = Set.of(ACCUMULATE, LEARNING, RANDOM, TRAINING);

    /** The window of a convolution or pool, by its constant. */
    String constant(WindowGeometry window) {
        return windows.constant(window);
    }

    // Example:
    //
    // training(normRunningMean)
    //
    /**
     * Returns the expression that tells whether a layer behaves as in training. A normalization with running statistics
     * may have a mode of its own, which its object knows, if it has one.
     */
    String training(Op op) {
        return Stream.concat(op.signature().operands().stream(), op.outputs().stream())
                .flatMap(value -> Stream.ofNullable(runningMeans.get(value)))
                .findFirst()
                .filter(mean -> layers.norm(mean).isEmpty())
                .map(mean -> TRAINING + "(" + field(mean) + ")")
                .orElseGet(() -> state(TRAINING));
    }

    /** Returns the expression for state of {@code Network} that a kernel needs. */
    String state(String name) {
        return nested && ASKED_FOR.contains(name) ? name + "()" : name;
    }

    /** The object that a kernel is given in place of some of its operands. */
    Optional<Norm> object(KernelCall call) {
        return !Norm.isTakenBy(call.kernel())
                ? Optional.empty()
                : call.arguments().stream()
                        .filter(Argument.Operand.class::isInstance)
                        .flatMap(argument -> layers.norm(((Argument.Operand) argument).value()).stream())
                        .findFirst();
    }

    /** Tells whether an operation adds to the gradients of parameters whatever {@code Network.accumulate} says. */
    boolean isAdded(Op op) {
        return added.contains(op);
    }

    /** {@code [batch, 3, 64, 64], [batch, 64, 32, 32] -> [64, 3, 4, 4]}; of many, how many they are. */
    static Text shapes(List<Value> from, Value to) {
        Text given = from.size() > MOST_SHAPES
                ? Text.of(from.size() + " parts")
                : Text.join(
                        ", ",
                        from.stream().map(value -> ShapeText.of(value.shape())).toList());
        return Text.of(given, " -> ", ShapeText.of(to.shape()));
    }
}
