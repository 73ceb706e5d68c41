package org.espalier.generator.ir.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.ir.text.IrPrinter;

/**
 * Holds a memory plan to its rules: every planned value has a place within the arena that its shape fits, and, running
 * the program in thought, no operation writes where something lies that is still to be read. Only an element-wise
 * operation may write over what it reads, and only exactly.
 */
final class MemoryVerifier {
    private static final int AFTER_THE_END = Integer.MAX_VALUE;

    private final Program program;
    private final MemoryPlan memory;
    private final Violations violations;
    private final Map<Value, Stretch> stretches = new HashMap<>();
    private final Map<Value, Integer> lastRead = new HashMap<>();

    /** Values whose samples have gaps between them where their shape does not show it. */
    private final Set<Value> reshapedParts = new HashSet<>();

    /** Values still to be read, with their memory, by the values that they are seen in. */
    private final Map<Value, Map<Value, Stretch>> alive = new HashMap<>();

    /** The keys of {@link #alive} by offset, apart for those with a batch axis and those without. */
    private final TreeMap<Long, Value> perSample = new TreeMap<>();

    private final TreeMap<Long, Value> fixed = new TreeMap<>();
    private int position;

    private MemoryVerifier(Program program) {
        this.program = program;
        this.memory = program.memory();
        this.violations = new Violations("memory plan of " + program.graph().name());
    }

    static void verify(Program program) {
        MemoryVerifier verifier = new MemoryVerifier(program);
        verifier.placements();
        verifier.violations.check();
        verifier.findLastReads();
        verifier.run();
        verifier.violations.check();
    }

    private void placements() {
        Set<Value> written = new LinkedHashSet<>();
        program.operations().forEach(op -> written.addAll(op.outputs()));
        program.seeds().forEach(seed -> written.add(seed.gradient()));
        written.removeIf(value -> !value.isPlanned());
        for (Value value : written) {
            if (!memory.placements().containsKey(value)) {
                violations.add(value + " has no place");
            }
        }
        memory.placements().forEach(this::place);
    }

    private void place(Value value, Placement placement) {
        long elements = value.shape().elements();
        if (placement instanceof PerSample at) {
            within(value, true, at.offset(), memory.perSample());
            stretches.put(value, new Stretch(value, 0, elements));
        } else if (placement instanceof Fixed at) {
            within(value, false, at.offset(), memory.fixed());
            stretches.put(value, new Stretch(value, 0, elements));
        } else if (placement instanceof Within within) {
            stretches.put(value, seen(value, within.view()));
        }
    }

    private Stretch seen(Value value, View view) {
        Stretch whole = stretchBefore(value, view.of());
        Optional<Stretch> part = Optional.of(whole)
                .filter(placed -> view.fits(value.shape()))
                .flatMap(placed -> placed.seen(view, value.shape()));
        if (part.isEmpty()) {
            violations.add(value + " " + value.shape() + " cannot lie " + IrPrinter.print(view) + ", which is "
                    + view.of().shape());
        }
        boolean reshapes =
                view instanceof View.Same && !value.shape().equals(view.of().shape());
        if ((reshapes && !whole.isWhole()) || reshapedParts.contains(view.of())) {
            reshapedParts.add(value);
        }
        return part.orElseGet(() -> new Stretch(value, 0, value.shape().elements()));
    }

    /** Notes values that an operation reads or writes in an order that its kernel cannot follow. */
    private void checkStrides(Op op) {
        if (!op.effect().views().isEmpty()) {
            return;
        }
        for (Value value : values(op)) {
            Stretch stretch = stretch(value);
            StridedLayout layout = stretch.layout();
            boolean ofMatrices = op.strided().contains(value)
                    && layout.reshaped(value.shape().dimensions())
                            .filter(StridedLayout::isOfMatrices)
                            .isPresent();
            if (!layout.isContiguous() && !ofMatrices) {
                violations.add(IrPrinter.print(op) + "\n    cannot follow the strides of " + value);
            } else if (reshapedParts.contains(value) && !stretch.isWhole() && !ofMatrices) {
                violations.add(IrPrinter.print(op) + "\n    works on a value with gaps: " + value + " " + value.shape()
                        + " lies " + IrPrinter.print(((Within) memory.of(value)).view())
                        + ", which is a part of another value");
            }
        }
    }

    private static List<Value> values(Op op) {
        return Stream.concat(op.inputs().stream(), op.outputs().stream())
                .filter(Value::isPlanned)
                .distinct()
                .toList();
    }

    private void within(Value value, boolean batched, long offset, long size) {
        if (value.shape().batched() != batched) {
            violations.add(value + " " + value.shape() + (batched ? " has no batch axis" : " has a batch axis"));
        }
        if (offset < 0 || offset + value.shape().elements() > size) {
            violations.add(value + " " + value.shape() + " at " + offset + " reaches beyond " + size);
        }
    }

    private Stretch stretchBefore(Value value, Value of) {
        Stretch stretch = stretches.get(of);
        if (stretch == null) {
            violations.add(value + " is seen in " + of + ", which is not placed before it");
            return new Stretch(of, 0, of.shape().elements());
        }
        return stretch;
    }

    private Stretch stretch(Value value) {
        return Objects.requireNonNull(stretches.get(value), () -> value + " has no place");
    }

    private void findLastReads() {
        int at = 0;
        for (Op op : program.operations()) {
            for (Value input : op.inputs()) {
                lastRead.put(input, at);
            }
            at++;
        }
        program.graph().outputs().forEach(output -> lastRead.put(output, AFTER_THE_END));
        program.inputGradients().forEach(gradient -> lastRead.put(gradient, AFTER_THE_END));
    }

    private void run() {
        program.forward().forEach(this::step);
        for (Seed seed : program.seeds()) {
            if (program.graph().losses().isEmpty()) {
                occupy(stretch(seed.gradient()), () -> "giving " + seed.gradient());
                revive(seed.gradient());
            }
        }
        program.backward().forEach(this::step);
    }

    private void step(Op op) {
        Supplier<String> writer = () -> IrPrinter.print(op);
        Effect effect = op.effect();
        List<Value> outputs = op.outputs().stream().filter(Value::isPlanned).toList();
        checkStrides(op);
        if (!effect.views().isEmpty()) {
            effect.views().forEach(alias -> move(op, alias, writer));
        } else {
            if (effect instanceof Effect.MayOverwrite overwrite) {
                handOver(op, overwrite);
            }
            for (Value output : outputs) {
                occupy(stretch(output), writer);
                revive(output);
            }
        }
        outputs.forEach(this::revive);
        release(op);
        position++;
    }

    /** Notes what is overwritten where a value is not already where an operation would put it. */
    private void move(Op op, Effect.Alias alias, Supplier<String> writer) {
        Value of = alias.view().of();
        Stretch value = memoryOf(alias.value());
        Optional<Stretch> seen = memoryOf(of).seen(alias.view(), alias.value().shape());
        if (seen.filter(value::equals).isEmpty()) {
            occupy(op.outputs().contains(of) ? seen.orElseThrow() : value, writer);
        }
    }

    /** The memory of a value; what is given from outside lies in its own. */
    private Stretch memoryOf(Value value) {
        return stretches.getOrDefault(value, new Stretch(value, 0, value.shape().elements()));
    }

    /** Lets go of what an element-wise operation reads for the last time, and overwrites exactly. */
    private void handOver(Op op, Effect.MayOverwrite overwrite) {
        Stretch target = stretch(overwrite.out());
        for (Value input : op.inputs()) {
            boolean last = lastRead.getOrDefault(input, -1) == position
                    && !overwrite.readAfterwards().contains(input);
            if (last && input.isPlanned() && stretch(input).equals(target)) {
                kill(input);
            }
        }
    }

    /** Notes everything alive that a writer would overwrite. */
    private void occupy(Stretch target, Supplier<String> writer) {
        TreeMap<Long, Value> roots = target.root().shape().batched() ? perSample : fixed;
        long start = offset(target.root());
        long end = start + target.root().shape().elements();
        Map.Entry<Long, Value> before = roots.lowerEntry(end);
        while (before != null) {
            Value root = before.getValue();
            if (!root.equals(target.root())) {
                if (before.getKey() + root.shape().elements() <= start) {
                    break;
                }
                violations.add(writer.get() + "\n    writes " + target.root() + " where "
                        + Objects.requireNonNull(alive.get(root)).keySet() + " still lie");
            }
            before = roots.lowerEntry(before.getKey());
        }
        alive.getOrDefault(target.root(), Map.of()).forEach((other, stretch) -> {
            if (stretch.overlaps(target)) {
                violations.add(writer.get() + "\n    overwrites " + other + ", which is still to be read");
            }
        });
    }

    private long offset(Value root) {
        Placement placement = memory.of(root);
        return placement instanceof PerSample at ? at.offset() : ((Fixed) placement).offset();
    }

    private void revive(Value value) {
        Stretch stretch = stretch(value);
        Value root = stretch.root();
        alive.computeIfAbsent(root, key -> new LinkedHashMap<>()).put(value, stretch);
        (root.shape().batched() ? perSample : fixed).put(offset(root), root);
    }

    private void release(Op op) {
        op.inputs().stream().filter(Value::isPlanned).forEach(this::killUnlessReadLater);
        op.outputs().stream().filter(Value::isPlanned).forEach(this::killUnlessReadLater);
    }

    private void killUnlessReadLater(Value value) {
        if (lastRead.getOrDefault(value, -1) <= position) {
            kill(value);
        }
    }

    private void kill(Value value) {
        Value root = stretch(value).root();
        Map<Value, Stretch> members = alive.get(root);
        if (members != null && members.remove(value) != null && members.isEmpty()) {
            alive.remove(root);
            (root.shape().batched() ? perSample : fixed).remove(offset(root));
        }
    }
}
