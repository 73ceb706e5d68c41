package org.espalier.generator.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;

/**
 * Lets neighbours share a pass over memory: element-wise operations that go on with each other's results, a
 * normalization before them, the gradient of one anywhere among them. Each block of elements then goes through all of
 * them while it is in the cache. What nobody else reads is not stored at all, so it takes no memory.
 *
 * <p>The arithmetic is that of the operations one by one, in its order, so results are the same to the bit. Forward
 * operations stay in their order, so only those that follow each other are fused. Backward may have views of gradients
 * between them (a sum hands on its gradient, a concatenation its channels), which go before or behind the pass.
 */
public final class Fusion {
    /** More would not make a pass faster, and must not make a method of the generated class too large for the JVM. */
    private static final int LONGEST = 16;

    /** Blocks that a chain goes out of or into: what goes further would have to be handed from block to block. */
    private static final int MOST_LEVELS = 1;

    /** Number of operations that read a value. */
    private final Map<Value, Integer> readers = new HashMap<>();

    /** Values that are read from outside: results for the user. */
    private final Set<Value> results = new HashSet<>();

    private Fusion(Program program) {
        program.operations().forEach(op -> new HashSet<>(op.inputs()).forEach(this::read));
        results.addAll(program.graph().outputs());
        results.addAll(program.inputGradients());
    }

    private void read(Value value) {
        readers.merge(value, 1, Integer::sum);
    }

    /** The program with neighbours fused. */
    public static Program fuse(Program program) {
        Fusion fusion = new Fusion(program);
        return program.withOperations(fusion.pass(program.forward(), false), fusion.pass(program.backward(), true));
    }

    private List<Op> pass(List<Op> operations, boolean backward) {
        List<Op> fused = new ArrayList<>();
        int from = 0;
        while (from < operations.size()) {
            Chain chain = new Chain(operations, from, backward);
            chain.appendTo(fused);
            from = chain.end();
        }
        return fused;
    }

    /** Operations that can be fused with the one at a given place. */
    private final class Chain {
        private final List<Op> operations;
        private final int from;
        private final List<Integer> places = new ArrayList<>();

        /** Values that the chain computes, and views of them. */
        private final Set<Value> computed = new HashSet<>();

        Chain(List<Op> operations, int from, boolean backward) {
            this.operations = operations;
            this.from = from;
            Op head = operations.get(from);
            add(from);
            if ((head.isElementwise() && !isView(head)) || head.epilogues() != Epilogues.NONE) {
                grow(backward);
            }
            while (isView(operations.get(last())) && places.size() > 1) {
                places.remove(places.size() - 1);
            }
        }

        private void grow(boolean backward) {
            for (int place = from + 1; place < operations.size() && places.size() < LONGEST; place++) {
                Op op = operations.get(place);
                Value result = operations.get(last()).result();
                if (goesOn(op, result)) {
                    add(place);
                } else if (!backward || !isView(op)) {
                    return;
                } else if (op.inputs().stream().anyMatch(computed::contains)) {
                    computed.addAll(op.outputs());
                }
            }
        }

        private void add(int place) {
            places.add(place);
            computed.addAll(operations.get(place).outputs());
        }

        private int last() {
            return places.get(places.size() - 1);
        }

        /** The first operation behind it. */
        int end() {
            return last() + 1;
        }

        /** Tells whether an operation reads a result of the chain once, as what it works on, and nothing else of it. */
        private boolean goesOn(Op op, Value result) {
            boolean fits = op.isElementwise() || (op.epilogues() == Epilogues.AROUND && !hasCore());
            List<Value> ofChain =
                    op.inputs().stream().filter(computed::contains).toList();
            return fits
                    && Math.abs(depth(op) - depth(operations.get(from))) <= MOST_LEVELS
                    && ofChain.equals(List.of(result))
                    && op.signature().sources().contains(result);
        }

        /** Counts the blocks, and lists in them, around an operation. */
        private static long depth(Op op) {
            return op.origin().layer().chars().filter(c -> c == '.').count();
        }

        private boolean hasCore() {
            return places.stream().anyMatch(place -> operations.get(place).epilogues() != Epilogues.NONE);
        }

        private boolean isView(Op op) {
            Effect effect = op.effect();
            return effect instanceof Effect.Reshapes || (effect instanceof Effect.Slices slices && slices.axis() == 1);
        }

        void appendTo(List<Op> fused) {
            if (places.size() == 1) {
                fused.add(operations.get(from));
                return;
            }
            List<Op> parts = new ArrayList<>();
            List<Op> behind = new ArrayList<>();
            for (int place = from; place < end(); place++) {
                Op op = operations.get(place);
                if (places.contains(place)) {
                    parts.add(op);
                } else if (Collections.disjoint(op.inputs(), computed)) {
                    fused.add(op);
                } else {
                    behind.add(op);
                }
            }
            fused.add(Fused.of(parts, written(parts)));
            fused.addAll(behind);
        }

        /**
         * Collects the values to be stored: those that somebody else reads, and all that are no activation nor the
         * gradient by one.
         */
        private Set<Value> written(List<Op> parts) {
            Set<Value> written = new HashSet<>();
            for (Op part : parts) {
                for (Value output : part.outputs()) {
                    long within = parts.stream()
                            .filter(other -> other.inputs().contains(output))
                            .count();
                    boolean passes = output.equals(part.outputs().get(0)) && !results.contains(output);
                    if (!passes || readers.getOrDefault(output, 0) > within) {
                        written.add(output);
                    }
                }
            }
            return written;
        }
    }
}
