package org.espalier.generator.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Channels;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Same;
import org.espalier.generator.ir.Value;

/** The memory plan, as two lists of buffers: first what forward writes, then what backward writes. */
final class Allocation {
    private final MemoryPlan plan;
    private final Names names;
    private final ParameterSpec memory;
    private final ParameterSpec batch;
    private final Set<Value> placed = new HashSet<>();

    Allocation(MemoryPlan plan, Names names) {
        this.plan = plan;
        this.names = names;
        this.memory = ParameterSpec.builder(RuntimeTypes.MEMORY, names.local("memory"))
                .build();
        this.batch = ParameterSpec.builder(TypeName.LONG, names.local("batch")).build();
    }

    // Example:
    //
    // @Override
    // protected long memoryPerSample() {
    //     return 1_234L;
    // }
    //
    // @Override
    // protected void allocate(Memory memory, long batch) {
    //     allocateActivations(memory, batch);
    //     allocateGradients(memory, batch);
    // }
    //
    List<MethodSpec> methods() {
        List<CodeBlock> activations = new ArrayList<>();
        List<CodeBlock> gradients = new ArrayList<>();
        for (Value value : plan.placements().keySet()) {
            place(value, value.kind() == Value.Kind.GRADIENT ? gradients : activations);
        }
        MethodSpec.Builder allocate = MethodSpec.methodBuilder("allocate")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PROTECTED)
                .addParameter(memory)
                .addParameter(batch);
        List<MethodSpec> methods = new ArrayList<>();
        methods.add(size("memoryPerSample", plan.perSample()));
        methods.add(size("memoryFixed", plan.fixed()));
        List<MethodSpec> lists = new ArrayList<>();
        addList("allocateActivations", activations, allocate, lists);
        addList("allocateGradients", gradients, allocate, lists);
        methods.add(allocate.build());
        methods.addAll(lists);
        return methods;
    }

    private static MethodSpec size(String name, long elements) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PROTECTED)
                .returns(TypeName.LONG)
                .addStatement("return $L", Literals.elements(elements))
                .build();
    }

    private void addList(String name, List<CodeBlock> lines, MethodSpec.Builder caller, List<MethodSpec> methods) {
        if (lines.isEmpty()) {
            return;
        }
        Sequence sequence = Sequence.of(name, names, lines, memory, batch);
        MethodSpec list = MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PRIVATE)
                .addParameter(memory)
                .addParameter(batch)
                .addCode(sequence.body())
                .build();
        caller.addStatement("$N($N, $N)", list, memory, batch);
        methods.add(list);
        methods.addAll(sequence.parts());
    }

    /** Writes the line of a value, after that of the value whose memory it shares. */
    private void place(Value value, List<CodeBlock> lines) {
        if (!plan.placements().containsKey(value) || !placed.add(value)) {
            return;
        }
        Placement placement = plan.of(value);
        if (placement instanceof Same same) {
            place(same.as(), lines);
        } else if (placement instanceof Channels channels) {
            place(channels.of(), lines);
        }
        lines.add(CodeBlock.of("$L = $L;\n", names.field(value), buffer(value, placement)));
    }

    // Example:
    //
    // conv = memory.perSample(0, batch, 8, 14, 14);
    // normMean = memory.fixed(0, 8);
    // relu = norm;
    // flat = memory.view(pool, batch, 392);
    // up = memory.channels(skip, 64, 64);
    //
    private CodeBlock buffer(Value value, Placement placement) {
        if (placement instanceof PerSample perSample) {
            return CodeBlock.of("$N.perSample($L, $L)", memory, Literals.count(perSample.offset()), sizes(value));
        } else if (placement instanceof Fixed fixed) {
            return CodeBlock.of("$N.fixed($L, $L)", memory, Literals.count(fixed.offset()), sizes(value));
        } else if (placement instanceof Channels channels) {
            return CodeBlock.of(
                    "$N.channels($L, $L, $L)",
                    memory,
                    names.field(channels.of()),
                    channels.from(),
                    value.shape().axis(1));
        } else if (placement instanceof Same same) {
            return same.as().shape().equals(value.shape())
                    ? CodeBlock.of("$L", names.field(same.as()))
                    : CodeBlock.of("$N.view($L, $L)", memory, names.field(same.as()), sizes(value));
        }
        throw new IllegalArgumentException("no buffer for " + placement);
    }

    private String sizes(Value value) {
        String fixed = value.shape().dimensions().stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (!value.shape().batched()) {
            return fixed;
        }
        return fixed.isEmpty() ? batch.name() : batch.name() + ", " + fixed;
    }
}
