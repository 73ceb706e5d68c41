package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.block.Placing;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Literals;

/**
 * Emits the memory plan, as two lists of buffers for each part: first what forward writes, then what backward writes.
 */
final class Allocation {
    private static final String ACTIVATIONS = "allocateActivations";
    private static final String GRADIENTS = "allocateGradients";

    private final MemoryPlan plan;
    private final Map<Value, Stretch> stretches;
    private final Layers layers;
    private final Names names;
    private final Parts parts;
    private final ParameterSpec memory;
    private final Set<Value> placed = new HashSet<>();
    private final Map<Part, List<MethodSpec>> methods = new HashMap<>();

    /** Calls that allocate everything: each list follows those that have what its values are seen in. */
    private final List<Placing> calls = new ArrayList<>();

    Allocation(MemoryPlan plan, Names names, Parts parts, BlockClasses classes, Layers layers) {
        this.plan = plan;
        this.stretches = plan.stretches();
        this.layers = layers;
        this.names = names;
        this.parts = parts;
        this.memory = ParameterSpec.builder(RuntimeTypes.MEMORY, names.local("memory"))
                .build();
        Map<Part, List<Value>> activations = new HashMap<>();
        Map<Part, List<Value>> gradients = new HashMap<>();
        for (Value value : plan.placements().keySet()) {
            if (parts.isInBlock(layers.norm(value).map(Norm::object).orElse(value))) {
                continue;
            }
            (value.kind() == Value.Kind.GRADIENT ? gradients : activations)
                    .computeIfAbsent(parts.of(value), part -> new ArrayList<>())
                    .add(value);
        }
        List<Part> all = parts.all();
        all.forEach(part -> addList(ACTIVATIONS, part, activations.getOrDefault(part, List.of())));
        Collections.reverse(all);
        all.forEach(part -> addList(GRADIENTS, part, gradients.getOrDefault(part, List.of())));
        calls.addAll(classes.allocations(memory.name()));
    }

    // Example:
    //
    // /** Assigns each tensor its offset in the arena. ... */
    // @Override
    // protected void allocate(Memory memory) {
    //     allocateActivations(memory);
    //     allocateGradients(memory);
    // }
    //
    List<MethodSpec> methods() {
        Sequence sequence = Sequence.of("allocate", names, statements(calls), memory);
        List<MethodSpec> all = new ArrayList<>();
        all.add(MethodSpec.methodBuilder("allocate")
                .addJavadoc(
                        "Assigns each tensor its shape and its offset in the arena, in elements (of one sample, or of"
                                + " what has no batch axis). Tensors that overlap are never live at the same time.\n")
                .addAnnotation(RuntimeTypes.OVERRIDE)
                .addModifiers(Modifier.PROTECTED)
                .addParameter(memory)
                .addCode(sequence.body())
                .build());
        all.addAll(sequence.parts());
        all.addAll(methods(parts.main()));
        return all;
    }

    /** The lists of a part. */
    List<MethodSpec> methods(Part part) {
        return methods.getOrDefault(part, List.of());
    }

    // Example:
    //
    // stepMemory(5_043_696, 9_600);
    // forwardMemory(1_605_632, 1_024);
    //
    /** Statements of the constructor that say how large the arenas are. */
    CodeBlock sizes() {
        CodeBlock.Builder sizes = CodeBlock.builder().add(size("stepMemory", plan.size()));
        return plan.hasViews()
                ? sizes.add(size("forwardMemory", plan.forwardSize())).build()
                : sizes.build();
    }

    private static CodeBlock size(String method, MemoryPlan.Size size) {
        return CodeBlock.of("$L($L);\n", method, Literals.counts(List.of(size.perSample(), size.fixed())));
    }

    /** Statements that take arrays, and say where they are in views if they are elsewhere there. */
    private List<CodeBlock> statements(List<Placing> placings) {
        return plan.hasViews()
                ? Placing.announced(placings, memory)
                : placings.stream().map(Placing::code).toList();
    }

    private void addList(String name, Part part, List<Value> values) {
        List<Placing> lines = new ArrayList<>();
        values.forEach(value -> place(value, part, lines));
        if (lines.isEmpty()) {
            return;
        }
        if (parts.hasBlocks()) {
            calls.addAll(lines);
            return;
        }
        Sequence sequence = Sequence.of(name, names, statements(lines), memory);
        String writer = name.equals(ACTIVATIONS) ? "forward" : "backward";
        MethodSpec list = part.method(name, memory)
                .addJavadoc(Javadoc.of("Places the tensors that " + writer + " writes.")
                        .param(memory.name(), "the arena")
                        .block())
                .addCode(sequence.body())
                .build();
        List<MethodSpec> all = methods.computeIfAbsent(part, key -> new ArrayList<>());
        all.add(list);
        all.addAll(sequence.parts());
        calls.add(new Placing(part.call(list), List.of()));
    }

    /** Writes the line of a value, after those of the values whose memory it shares. */
    private void place(Value value, Part here, List<Placing> lines) {
        Deque<Value> chain = new ArrayDeque<>();
        Optional<Value> next = Optional.of(value);
        while (next.isPresent() && placed.add(next.get())) {
            chain.push(next.get());
            next = seenIn(plan.of(next.get())).filter(whole -> !parts.isInBlock(whole));
        }
        for (Value link : chain) {
            Optional<Norm> norm = layers.norm(link);
            if (norm.isPresent()) {
                if (norm.get().saved().get(0).equals(link)) {
                    lines.add(allocation(norm.get(), here));
                }
                continue;
            }
            lines.add(new Placing(
                    CodeBlock.of("$L = $L;\n", parts.field(link, here), buffer(link, plan.of(link), here)),
                    isTaken(link) ? List.of(offsetInView(link)) : List.of()));
        }
    }

    // Example:
    //
    // normState.allocate(memory.fixed(0, 8), memory.fixed(8, 8));
    //
    private Placing allocation(Norm norm, Part here) {
        CodeBlock code = CodeBlock.of(
                "$L.allocate($L);\n",
                parts.field(norm.object(), here),
                norm.saved().stream()
                        .map(value -> buffer(value, plan.of(value), here))
                        .collect(CodeBlock.joining(", ")));
        return new Placing(
                code,
                norm.saved().stream()
                        .filter(this::isTaken)
                        .map(this::offsetInView)
                        .toList());
    }

    private long offsetInView(Value value) {
        return plan.offsetInView(Objects.requireNonNull(stretches.get(value)));
    }

    /** Tells whether an array is taken from the arena, rather than seen in another field's. */
    private boolean isTaken(Value value) {
        return seenIn(plan.of(value)).map(parts::isInBlock).orElse(true);
    }

    private static Optional<Value> seenIn(Placement placement) {
        return placement instanceof Within within ? Optional.of(within.view().of()) : Optional.empty();
    }

    // Example:
    //
    // conv = memory.perSample(0, 8, 14, 14);
    // normMean = memory.fixed(0, 8);
    // relu = norm;
    // flat = memory.view(pool, 392);
    // up = memory.channels(skip, 64, 64);
    // query = memory.narrow(all, 2, 0, 64);
    // heads = memory.permute(query, 0, 2, 1, 3);
    //
    private CodeBlock buffer(Value value, Placement placement, Part here) {
        if (seenIn(placement).filter(parts::isInBlock).isPresent()) {
            return inBlock(value);
        } else if (placement instanceof PerSample perSample) {
            return CodeBlock.of("$N.perSample($L)", memory, arguments(value, perSample.offset()));
        } else if (placement instanceof Fixed fixed) {
            return CodeBlock.of("$N.fixed($L)", memory, arguments(value, fixed.offset()));
        } else if (placement instanceof Within within) {
            return buffer(value, within.view(), here);
        }
        throw new IllegalArgumentException("no buffer for " + placement);
    }

    private CodeBlock buffer(Value value, View view, Part here) {
        String of = parts.field(view.of(), here).toString();
        if (view instanceof View.Part part) {
            String places = part.from() + ", " + value.shape().axis(part.axis());
            return part.axis() == 1
                    ? CodeBlock.of("$N.channels($L, $L)", memory, of, places)
                    : CodeBlock.of("$N.narrow($L, $L, $L)", memory, of, part.axis(), places);
        } else if (view instanceof View.Permuted permuted) {
            return CodeBlock.of("$N.permute($L, $L)", memory, of, Literals.counts(permuted.order()));
        }
        return view.of().shape().equals(value.shape())
                ? CodeBlock.of("$L", of)
                : CodeBlock.of(
                        "$N.$L($L)", memory, value.shape().batched() ? "view" : "fixedView", arguments(value, of));
    }

    // Example:
    //
    // up = memory.part(0, 2_097_152, 1_048_576, 64, 128, 128);
    // heads = memory.strided(0, 3_072, 64, new long[] {16, 192, 1}, 4, 16, 16);
    //
    /** An array in one that an object of a block holds, which may not be allocated yet. */
    private CodeBlock inBlock(Value value) {
        Stretch stretch = Objects.requireNonNull(stretches.get(value));
        if (plan.of(stretch.root()) instanceof Fixed fixed) {
            return CodeBlock.of("$N.fixed($L)", memory, arguments(value, fixed.offset() + stretch.offset()));
        }
        long root = ((PerSample) plan.of(stretch.root())).offset();
        if (stretch.isWhole()) {
            return CodeBlock.of("$N.perSample($L)", memory, arguments(value, root));
        }
        long size = stretch.root().shape().elements();
        return stretch.layout().isContiguous()
                ? CodeBlock.of("$N.part($L)", memory, arguments(value, root, size, stretch.offset()))
                : CodeBlock.of(
                        "$N.strided($L)",
                        memory,
                        arguments(
                                value,
                                Literals.counts(List.of(root, size, stretch.offset())) + ", " + "new long[] {"
                                        + Literals.counts(stretch.strides(value.shape())) + "}"));
    }

    private static String arguments(Value value, long... places) {
        return arguments(value, Literals.counts(Arrays.stream(places).boxed().toList()));
    }

    /** Places, and the sizes of a value; a single number without a batch is an array of one. */
    private static String arguments(Value value, String places) {
        Stream<String> sizes = value.shape().equals(Shape.of())
                ? Stream.of("1")
                : value.shape().dimensions().stream().map(String::valueOf);
        return Stream.concat(Stream.of(places), sizes).collect(Collectors.joining(", "));
    }
}
