package org.espalier.generator.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;

/**
 * Finds values that need no memory of their own since whoever reads or writes them can follow strides: the heads that
 * attention takes out of a product of query, key and value, and the gradients of these, which products write into that
 * of the whole. Operations that only move elements are followed from one value to the next; where one of them leads to
 * somebody who cannot follow strides, elements are moved, and the values beyond lie as ever.
 */
final class StridedViews {
    /**
     * Maximum number of values that are seen in one or not at all. Attention has a few; along a chain of a thousand
     * concatenations, each would be followed to its end and mostly in vain.
     */
    private static final int MOST = 100;

    private final Map<Value, List<Op>> touching = new HashMap<>();

    /** Values that somebody outside the operations reads or writes. */
    private final Set<Value> outside = new HashSet<>();

    private final Map<Value, View> views = new LinkedHashMap<>();

    /** Values in whose memory others lie. */
    private final Set<Value> wholes = new HashSet<>();

    private StridedViews(Program program) {
        for (Op op : program.operations()) {
            Stream.concat(op.inputs().stream(), op.outputs().stream())
                    .distinct()
                    .forEach(value -> touching.computeIfAbsent(value, key -> new ArrayList<>())
                            .add(op));
        }
        outside.addAll(program.graph().outputs());
        outside.addAll(program.inputGradients());
        program.seeds().stream().map(Seed::gradient).forEach(outside::add);
    }

    /** The views, each behind that of the value in which it is seen. */
    static Map<Value, View> of(Program program) {
        StridedViews strided = new StridedViews(program);
        List<Op> operations = program.operations();
        operations.forEach(strided::planResults);
        for (int i = operations.size() - 1; i >= 0; i--) {
            strided.planSources(operations.get(i));
        }
        return strided.views;
    }

    /** Sees the results of an operation where their elements are read. */
    private void planResults(Op op) {
        plan(
                op,
                op.effect().views().stream()
                        .filter(alias -> op.outputs().contains(alias.value()))
                        .toList());
    }

    /** Sees what an operation reads where its elements are to be. */
    private void planSources(Op op) {
        plan(
                op,
                op.effect().views().stream()
                        .flatMap(alias ->
                                op.outputs().contains(alias.value()) ? inverse(alias).stream() : Stream.of(alias))
                        .toList());
    }

    private static Optional<Effect.Alias> inverse(Effect.Alias alias) {
        return alias.view()
                .inverse(alias.value())
                .map(view -> new Effect.Alias(alias.view().of(), view));
    }

    /** Plans views of one value, or none of them; those of channels also one by one, as the others need no strides. */
    private void plan(Op op, List<Effect.Alias> aliases) {
        if (aliases.isEmpty() || !canBeWhole(aliases.get(0).view().of()) || planAll(op, aliases)) {
            return;
        }
        if (aliases.size() > 1 && aliases.get(0).view() instanceof View.Part part && part.axis() == 1) {
            aliases.forEach(alias -> planAll(op, List.of(alias)));
        }
    }

    private static boolean canBeWhole(Value value) {
        return value.isPlanned() && value.shape().batched();
    }

    private boolean planAll(Op op, List<Effect.Alias> aliases) {
        Attempt attempt = new Attempt(aliases.get(0).view().of());
        boolean possible =
                aliases.stream().allMatch(alias -> attempt.see(alias, attempt.whole, op)) && attempt.needsStrides;
        if (possible) {
            attempt.found.forEach((value, view) -> {
                views.put(value, view);
                wholes.add(view.of());
            });
        }
        return possible;
    }

    /** Views that are possible only together. */
    private final class Attempt {
        private final Value base;
        private final StridedLayout whole;
        private final Map<Value, View> found = new LinkedHashMap<>();
        private boolean needsStrides;

        /** Nothing yet in the memory of a value. */
        Attempt(Value base) {
            this.base = base;
            this.whole = StridedLayout.of(base.shape().dimensions());
        }

        /** Sees a value in another one, which has a layout, and what operations other than one lead to from there. */
        boolean see(Effect.Alias alias, StridedLayout of, Op from) {
            Value value = alias.value();
            Optional<StridedLayout> layout = alias.view().layout(of, value.shape());
            if (layout.isEmpty() || !isFree(value) || found.size() == MOST) {
                return false;
            }
            found.put(value, alias.view());
            needsStrides |= !layout.get().isContiguous();
            return touching.getOrDefault(value, List.of()).stream()
                    .allMatch(op -> op.equals(from) || canFollow(op, value, layout.get()));
        }

        private boolean isFree(Value value) {
            return value.isPlanned()
                    && !value.equals(base)
                    && !outside.contains(value)
                    && !views.containsKey(value)
                    && !wholes.contains(value)
                    && !found.containsKey(value);
        }

        private boolean canFollow(Op op, Value value, StridedLayout layout) {
            if (layout.simplified().equals(whole.simplified())) {
                return true;
            }
            List<Effect.Alias> aliases = op.effect().views();
            return aliases.isEmpty()
                    ? op.strided().contains(value) && layout.isOfMatrices()
                    : aliases.stream().allMatch(alias -> {
                        boolean isWhole = alias.view().of().equals(value);
                        return isWhole
                                ? see(alias, layout, op)
                                : alias.value().equals(value)
                                        && inverse(alias)
                                                .filter(back -> see(back, layout, op))
                                                .isPresent();
                    });
        }
    }
}
