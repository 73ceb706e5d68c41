package org.espalier.generator.target.inference;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Literals;

/** Declares the tensors of a pass, each in its place of the planned memory. */
final class InferenceMemory {
    private final MemoryPlan memory;
    private final Map<Value, MemoryPlan.Stretch> stretches;
    private final Names names;
    private final Set<Value> constants = new HashSet<>();

    InferenceMemory(Program program, Names names, List<Op> constants) {
        this.memory = program.memory();
        this.stretches = memory.stretches();
        this.names = names;
        constants.forEach(op -> this.constants.addAll(op.outputs()));
    }

    long perSample() {
        return memory.perSample();
    }

    /** Elements besides, which may be none: constants have arrays of their own. */
    String fixed() {
        boolean any = memory.placements().entrySet().stream()
                .anyMatch(entry -> entry.getValue() instanceof MemoryPlan.Fixed && !constants.contains(entry.getKey()));
        return any ? Literals.elements(memory.fixed()) : "0";
    }

    // Example:
    //
    // private final FloatTensor conv1 = perSample(0, 16, 28, 28),
    //         relu1 = conv1;
    //
    List<FieldSpec> fields(ClassName tensor) {
        List<FieldSpec> fields = new ArrayList<>();
        for (Map.Entry<Value, MemoryPlan.Placement> entry : memory.placements().entrySet()) {
            Value value = entry.getKey();
            if (constants.contains(value)) {
                continue;
            }
            fields.add(FieldSpec.builder(tensor, names.field(value), Modifier.PRIVATE, Modifier.FINAL)
                    .addJavadoc(FieldComments.of("", "Tensors of layers, each in its place of the memory"))
                    .initializer(place(value, entry.getValue()))
                    .build());
        }
        return fields;
    }

    // perSample(0, 16, 28, 28)
    // view(maxpool2, 1568)
    // part(skip, 4096, 64, 8, 8)
    // strided(qkv, 64, new int[] {32, 192, 1}, 3, 8, 64)
    //
    private CodeBlock place(Value value, MemoryPlan.Placement placement) {
        String sizes =
                value.shape().dimensions().stream().map(size -> ", " + size).collect(Collectors.joining());
        if (placement instanceof MemoryPlan.PerSample own) {
            return CodeBlock.of("perSample($L$L)", own.offset(), sizes);
        } else if (placement instanceof MemoryPlan.Fixed fixed) {
            return CodeBlock.of("fixed($L$L)", fixed.offset(), sizes);
        }
        Value of = ((MemoryPlan.Within) placement).view().of();
        MemoryPlan.Stretch stretch = stretch(value);
        boolean same = stretch.equals(stretch(of));
        if (same && of.shape().equals(value.shape())) {
            return CodeBlock.of("$L", names.field(of));
        } else if (same && stretch.layout().isContiguous()) {
            return CodeBlock.of("view($L$L)", names.field(of), sizes);
        }
        String root = names.field(stretch.root());
        return stretch.layout().isContiguous()
                ? CodeBlock.of("part($L, $L$L)", root, stretch.offset(), sizes)
                : CodeBlock.of(
                        "strided($L, $L, new int[] {$L}$L)",
                        root,
                        stretch.offset(),
                        stretch.strides(value.shape()).stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")),
                        sizes);
    }

    private MemoryPlan.Stretch stretch(Value value) {
        return Objects.requireNonNull(stretches.get(value), value::name);
    }
}
