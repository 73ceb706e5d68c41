package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;

/** The applications of blocks in a network, as a tree, and which operation belongs to which of them. */
public final class Instances {
    private final Instance network = Instance.network();
    private final Map<String, Instance> byPath = new HashMap<>();
    private final Map<String, Origin> makers = new HashMap<>();
    private final List<Instance> all = new ArrayList<>();

    private Instances(Graph graph) {
        graph.operations()
                .forEach(op -> op.outputs()
                        .forEach(value -> makers.put(value.gradient().name(), op.origin())));
    }

    /** Those of a network, but for some. */
    public static Instances of(Graph graph) {
        Instances instances = new Instances(graph);
        Map<String, Integer> begins = begins(graph);
        record Made(Block block, Block.Instance instance) {}
        graph.blocks().stream()
                .flatMap(block -> block.instances().stream().map(instance -> new Made(block, instance)))
                .sorted(Comparator.comparingInt((Made made) ->
                                begins.getOrDefault(made.instance().path(), 0))
                        .thenComparing(made -> made.instance().path().length()))
                .forEach(made -> instances.add(made.block(), made.instance()));
        return instances;
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
     * The layer that an operation is done with. It is the operation's own, except that gradients are summed up where
     * the value is whose gradient they are, not where the last of them comes from: the sum is between blocks.
     */
    public Origin origin(Op op) {
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
