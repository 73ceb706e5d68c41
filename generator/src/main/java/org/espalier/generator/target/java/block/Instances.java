package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/** The applications of blocks in a network, as a tree, and which operation belongs to which of them. */
public final class Instances {
    private final Instance network = Instance.network();
    private final Map<String, Instance> byPath = new HashMap<>();
    private final Map<String, Origin> makers = new HashMap<>();
    private final List<Instance> all = new ArrayList<>();

    /** The layers that gradients are added up in, by operations of their own. */
    private final IdentityHashMap<Op, Origin> sums = new IdentityHashMap<>();

    private Instances(Graph graph) {
        graph.operations()
                .forEach(op -> op.outputs()
                        .forEach(value -> makers.put(value.gradient().name(), op.origin())));
    }

    /** Those of a network. */
    public static Instances of(Program program) {
        Graph graph = program.graph();
        Instances instances = new Instances(graph);
        Map<String, Integer> begins = begins(graph);
        record Made(Block block, Block.Instance instance) {}
        graph.blocks().stream()
                .flatMap(block -> block.instances().stream().map(instance -> new Made(block, instance)))
                .sorted(Comparator.comparingInt((Made made) ->
                                begins.getOrDefault(made.instance().path(), 0))
                        .thenComparing(made -> made.instance().path().length()))
                .forEach(made -> instances.add(made.block(), made.instance()));
        instances.placeSums(program);
        return instances;
    }

    /**
     * Places each sum of gradients in the innermost instance that all of them come from, unless this is in the middle
     * of what one that it holds does, which then adds up itself. A sum that most instances of a block do not have,
     * since it is fused with what follows, stays where the value is.
     */
    private void placeSums(Program program) {
        Map<Value, Instance> sources = new HashMap<>();
        Map<Op, Instance> places = new LinkedHashMap<>();
        List<Op> backward = program.backward();
        for (int i = 0; i < backward.size(); i++) {
            Op op = backward.get(i);
            Instance source = of(op);
            if (!(op instanceof Fused)
                    && isSumOfGradients(op)
                    && sources.keySet().containsAll(op.inputs())
                    && !program.inputGradients().contains(op.result())) {
                Instance last = at(op.origin().layer());
                boolean within = i > 0
                        && i + 1 < backward.size()
                        && isWithin(of(backward.get(i - 1)), last)
                        && isWithin(at(backward.get(i + 1).origin().layer()), last);
                source = within
                        ? last
                        : op.inputs().stream()
                                .map(input -> sources.getOrDefault(input, network))
                                .reduce(last, Instances::common);
                places.put(op, source);
            }
            for (Value value : op.outputs()) {
                sources.put(value, source);
            }
        }
        record Place(SourceSpan block, String layer) {}
        Function<Op, Place> place = op -> {
            Instance last = at(op.origin().layer());
            return new Place(last.block().span(), last.relative(op.origin().layer()));
        };
        Map<Place, Long> counts = places.keySet().stream()
                .filter(op -> !at(op.origin().layer()).isNetwork())
                .collect(Collectors.groupingBy(place, Collectors.counting()));
        places.forEach((op, instance) -> {
            boolean own = instance == at(op.origin().layer());
            boolean most = !own
                    || instance.isNetwork()
                    || 2 * counts.getOrDefault(place.apply(op), 0L)
                            > instance.block().instances().size();
            if (most) {
                sums.put(op, own ? op.origin() : at(home(op), instance));
            }
        });
    }

    private static boolean isWithin(Instance inner, Instance outer) {
        return inner == outer || outer.holds(inner);
    }

    private static Instance common(Instance a, Instance b) {
        Instance common = a;
        while (!isWithin(b, common)) {
            common = common.parent();
        }
        return common;
    }

    /** An origin in an instance: itself if it is there, or else one of its name. */
    private Origin at(Origin origin, Instance instance) {
        if (at(origin.layer()) == instance) {
            return origin;
        }
        String name = origin.layer().substring(origin.layer().lastIndexOf('.') + 1);
        String layer = instance.isNetwork() ? name : instance.path() + "." + name;
        return new Origin(layer, origin.word(), origin.span());
    }

    /** The place of the first operation whose layer's path begins with each path. */
    private static Map<String, Integer> begins(Graph graph) {
        Map<String, Integer> begins = new HashMap<>();
        List<ForwardOp> operations = graph.operations();
        for (int i = 0; i < operations.size(); i++) {
            String path = operations.get(i).origin().layer();
            for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
                if (begins.putIfAbsent(path.substring(0, dot), i) != null) {
                    break;
                }
            }
        }
        return begins;
    }

    /** No instances but the network. */
    public static Instances none(Graph graph) {
        return new Instances(graph);
    }

    private void add(Block block, Block.Instance made) {
        Instance instance = at(made.path()).child(block, made);
        byPath.put(made.path(), instance);
        all.add(instance);
    }

    /** The network. */
    public Instance network() {
        return network;
    }

    /** All but the network, each behind the one that holds it. */
    public List<Instance> all() {
        return all;
    }

    /** The innermost instance that a layer is in. */
    public Instance at(String layer) {
        for (int dot = layer.lastIndexOf('.'); dot > 0; dot = layer.lastIndexOf('.', dot - 1)) {
            Instance found = byPath.get(layer.substring(0, dot));
            if (found != null) {
                return found;
            }
        }
        return network;
    }

    /** The instance that does an operation. */
    public Instance of(Op op) {
        return at(origin(op).layer());
    }

    /**
     * The layer that an operation is done with. It is the operation's own, except that gradients are added up where all
     * of them come from, or if that is the beginning of something else, where the value is whose gradient they are.
     */
    public Origin origin(Op op) {
        if (sums.containsKey(op)) {
            return sums.get(op);
        }
        Origin origin = op.origin();
        Op first = op instanceof Fused fused ? fused.parts().get(0) : op;
        if (all.isEmpty() || !isSumOfGradients(first) || !first.origin().equals(origin)) {
            return origin;
        }
        Origin home = op instanceof Fused fused
                ? fused.parts().stream()
                        .filter(part -> !isSumOfGradients(part))
                        .findFirst()
                        .map(Op::origin)
                        .orElseGet(() -> home(first))
                : home(first);
        return at(home.layer()) == at(origin.layer()) ? origin : home;
    }

    private Origin home(Op sum) {
        String gradient = withoutSource(sum.result().name());
        return Optional.ofNullable(makers.get(gradient))
                .orElseGet(() -> new Origin(
                        gradient.substring("d ".length()),
                        sum.origin().word(),
                        sum.origin().span()));
    }

    private static boolean isSumOfGradients(Op op) {
        return op instanceof ForwardOp && op.result().kind() == Value.Kind.GRADIENT;
    }

    /** The name of a whole gradient by that of a part: {@code d x} of {@code d x (from conv)}. */
    static String withoutSource(String gradient) {
        int source = gradient.indexOf(" (");
        return source < 0 ? gradient : gradient.substring(0, source);
    }
}
