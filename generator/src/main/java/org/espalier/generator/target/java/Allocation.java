package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
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
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Root;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Literals;

/**
 * Emits the memory plan, as two lists of buffers for each part: what forward writes, and what backward writes. A
 * network that shares another's weights only has the first, in an arena of its own.
 */
final class Allocation {
    private static final String ACTIVATIONS = "allocate";
    private static final String GRADIENTS = "allocateGradients";

    private final MemoryPlan plan;
    private final Map<Value, Stretch> stretches;
    private final Layers layers;
    private final Names names;
    private final Parts parts;
    private final ParameterSpec memory;
    private final Set<Value> placed = new HashSet<>();
    private final Map<Part, List<MethodSpec>> methods = new HashMap<>();

    /** Calls that allocate what forward writes: each list follows those that have what its values are seen in. */
    private final List<CodeBlock> activationCalls = new ArrayList<>();

    /** The same of what backward writes. */
    private final List<CodeBlock> gradientCalls = new ArrayList<>();

    /** True if some value has one offset in a step and another one where only forward runs. */
    private boolean hasTwoOffsets;

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
        activationCalls.addAll(classes.allocations(memory.name()));
        Collections.reverse(all);
        all.forEach(part -> addList(GRADIENTS, part, gradients.getOrDefault(part, List.of())));
        gradientCalls.addAll(classes.gradientAllocations(memory.name()));
    }

    // Example:
    //
    // @Override
    // protected long memoryPerSample() {
    //     return 1_234L;
    // }
    //
    // /** Assigns each tensor that forward writes its offset in the arena. ... */
    // @Override
    // protected void allocate(Memory memory) {
    //     conv = memory.perSample(0, 8, 14, 14);
    // }
    //
    List<MethodSpec> methods() {
        List<MethodSpec> all = new ArrayList<>();
        all.add(size("memoryPerSample", plan.size().perSample()));
        all.add(size("memoryFixed", plan.size().fixed()));
        all.add(size("forwardMemoryPerSample", plan.forwardSize().perSample()));
        all.add(size("forwardMemoryFixed", plan.forwardSize().fixed()));
        String places = "Assigns each tensor that forward writes its shape and its offset in the arena, in elements (of"
                + " one sample, or of what has no batch axis). Tensors that overlap are never live at the same time.";
        String two = " Of two offsets the second is that in a network that shares another's weights, which only runs"
                + " forward.";
        all.addAll(allocation(ACTIVATIONS, places + (hasTwoOffsets ? two : ""), activationCalls));
        if (!gradientCalls.isEmpty()) {
            all.addAll(allocation(GRADIENTS, "Assigns each tensor that backward writes its own.", gradientCalls));
        }
        return all;
    }

    private List<MethodSpec> allocation(String name, String javadoc, List<CodeBlock> calls) {
        Sequence sequence = Sequence.of(name, names, calls, memory);
        List<MethodSpec> all = new ArrayList<>();
        all.add(MethodSpec.methodBuilder(name)
                .addJavadoc(javadoc + "\n")
                .addAnnotation(RuntimeTypes.OVERRIDE)
                .addModifiers(Modifier.PROTECTED)
                .addParameter(memory)
                .addCode(sequence.body())
                .build());
        all.addAll(sequence.parts());
        return all;
    }

    /** The lists of a part. */
    List<MethodSpec> methods(Part part) {
        return methods.getOrDefault(part, List.of());
    }

    private static MethodSpec size(String name, long elements) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(RuntimeTypes.OVERRIDE)
                .addModifiers(Modifier.PROTECTED)
                .returns(TypeName.LONG)
                .addStatement("return $L", Literals.elements(elements))
                .build();
    }

    private void addList(String name, Part part, List<Value> values) {
        boolean forward = name.equals(ACTIVATIONS);
        List<CodeBlock> lines = new ArrayList<>();
        values.forEach(value -> place(value, part, forward, lines));
        if (lines.isEmpty()) {
            return;
        }
        List<CodeBlock> calls = forward ? activationCalls : gradientCalls;
        if (!part.isNested()) {
            calls.addAll(lines);
            return;
        }
        Sequence sequence = Sequence.of(name, names, lines, memory);
        MethodSpec list = part.method(name, memory)
                .addJavadoc(Javadoc.of("Places the tensors that " + (forward ? "forward" : "backward") + " writes.")
                        .param(memory.name(), "the arena")
                        .block())
                .addCode(sequence.body())
                .build();
        List<MethodSpec> all = methods.computeIfAbsent(part, key -> new ArrayList<>());
        all.add(list);
        all.addAll(sequence.parts());
        calls.add(part.call(list));
    }

    /** Writes the line of a value, after those of the values whose memory it shares. */
    private void place(Value value, Part here, boolean forward, List<CodeBlock> lines) {
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
                    lines.add(allocation(norm.get(), here, forward));
                }
                continue;
            }
            lines.add(CodeBlock.of("$L = $L;\n", parts.field(link, here), buffer(link, here, forward)));
        }
    }

    // Example:
    //
    // normState.allocate(memory.fixed(0, 8), memory.fixed(8, 8));
    //
    private CodeBlock allocation(Norm norm, Part here, boolean forward) {
        return CodeBlock.of(
                "$L.allocate($L);\n",
                parts.field(norm.object(), here),
                norm.saved().stream().map(value -> buffer(value, here, forward)).collect(CodeBlock.joining(", ")));
    }

    private static Optional<Value> seenIn(Placement placement) {
        return placement instanceof Within within ? Optional.of(within.view().of()) : Optional.empty();
    }

    // Example:
    //
    // conv = memory.perSample(0, 8, 14, 14);
    // pool = memory.at(1_568, 784).perSample(8, 7, 7);
    // normMean = memory.fixed(0, 8);
    // relu = norm;
    // flat = memory.view(pool, 392);
    // up = memory.channels(skip, 64, 64);
    // query = memory.narrow(all, 2, 0, 64);
    // heads = memory.permute(query, 0, 2, 1, 3);
    //
    private CodeBlock buffer(Value value, Part here, boolean forward) {
        Placement placement = plan.of(value);
        if (seenIn(placement).filter(parts::isInBlock).isPresent()) {
            return inBlock(value, forward);
        } else if (placement instanceof Root root) {
            return at(root, 0, forward, root instanceof Fixed ? "fixed" : "perSample", value);
        } else if (placement instanceof Within within) {
            return buffer(value, within.view(), here);
        }
        throw new IllegalArgumentException("no buffer for " + placement);
    }

    /** Takes an array at a place, or the place after so many elements. */
    private CodeBlock at(Root root, long further, boolean forward, String kind, Value value) {
        long step = root.offset() + further;
        long alone = root.forwardOffset() + further;
        if (!forward || step == alone) {
            return CodeBlock.of("$N.$L($L)", memory, kind, arguments(value, step));
        }
        hasTwoOffsets = true;
        return CodeBlock.of("$N.at($L).$L($L)", memory, Literals.counts(List.of(step, alone)), kind, sizes(value));
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
    // up = memory.places(0, 2_097_152, 1_048_576).part(64, 128, 128);
    // heads = memory.places(0, 3_072, 64, 16, 192, 1).strided(4, 16, 16);
    // up = memory.at(memory.places(512, 3_072, 64), memory.places(0, 3_072, 64)).part(4, 16, 16);
    //
    /** An array in one that an object of a block holds, which may not be allocated yet. */
    private CodeBlock inBlock(Value value, boolean forward) {
        Stretch stretch = Objects.requireNonNull(stretches.get(value));
        Root root = plan.root(value);
        if (root instanceof Fixed) {
            return at(root, stretch.offset(), forward, "fixed", value);
        } else if (stretch.isWhole()) {
            return at(root, 0, forward, "perSample", value);
        }
        boolean contiguous = stretch.layout().isContiguous();
        String places = places(root.offset(), value);
        if (forward && root.offset() != root.forwardOffset()) {
            hasTwoOffsets = true;
            places = memory.name() + ".at(" + places + ", " + places(root.forwardOffset(), value) + ")";
        }
        return CodeBlock.of("$L.$L($L)", places, contiguous ? "part" : "strided", sizes(value));
    }

    private String places(long root, Value value) {
        Stretch stretch = Objects.requireNonNull(stretches.get(value));
        List<Long> places = new ArrayList<>(List.of(root, stretch.root().shape().elements(), stretch.offset()));
        if (!stretch.layout().isContiguous()) {
            places.addAll(stretch.strides(value.shape()));
        }
        return memory.name() + ".places(" + Literals.counts(places) + ")";
    }

    private static String arguments(Value value, long... places) {
        return arguments(value, Literals.counts(Arrays.stream(places).boxed().toList()));
    }

    /** Places, and the sizes of a value. */
    private static String arguments(Value value, String places) {
        String sizes = sizes(value);
        return sizes.isEmpty() ? places : places + ", " + sizes;
    }

    /** The sizes of a value; a single number without a batch is an array of one, and one for each sample has none. */
    private static String sizes(Value value) {
        return value.shape().equals(Shape.of())
                ? "1"
                : value.shape().dimensions().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
