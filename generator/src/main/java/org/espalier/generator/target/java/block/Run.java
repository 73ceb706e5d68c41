package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.Op;

/**
 * Operations that one instance does without another one in between that does not belong to it: a method of its class.
 *
 * @param instance whose
 * @param method the method's name: {@code forward}, and if it is called a second time, {@code forward2}
 * @param items in their order
 */
public record Run(Instance instance, String method, List<Item> items) {
    /** Something that a run does. */
    public sealed interface Item {}

    /** An operation. */
    public record Operation(Op op) implements Item {}

    /** A run of an instance that this one holds. */
    public record Call(Run run) implements Item {}

    /** A whole pass as a run of the network. */
    public static Run of(String pass, List<Op> operations, Instances instances) {
        Map<Instance, Integer> runs = new HashMap<>();
        Run network = new Run(instances.network(), pass, new ArrayList<>());
        List<Run> open = new ArrayList<>(List.of(network));
        for (Op op : operations) {
            Instance instance = instances.of(op);
            while (last(open).instance() != instance && !last(open).instance().holds(instance)) {
                open.remove(open.size() - 1);
            }
            for (Instance next : between(last(open).instance(), instance)) {
                int count = runs.merge(next, 1, Integer::sum);
                Run run = new Run(next, count == 1 ? pass : pass + count, new ArrayList<>());
                last(open).items().add(new Call(run));
                open.add(run);
            }
            last(open).items().add(new Operation(op));
        }
        return network;
    }

    private static Run last(List<Run> runs) {
        return runs.get(runs.size() - 1);
    }

    /** The instances that hold one another from a first, exclusive, to a last one. */
    private static List<Instance> between(Instance outer, Instance inner) {
        List<Instance> between = new ArrayList<>();
        for (Instance at = inner; at != outer; at = at.parent()) {
            between.add(0, at);
        }
        return between;
    }

    /** The runs that it calls, and those that they call, each after those that it calls itself. */
    public List<Run> calledRuns() {
        List<Run> called = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Call call) {
                called.addAll(call.run().calledRuns());
                called.add(call.run());
            }
        }
        return called;
    }
}
