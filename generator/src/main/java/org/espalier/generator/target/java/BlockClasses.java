package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.block.BlockMembers;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;

/** The classes of blocks, one for each, nested in the generated class, and how their objects are made. */
final class BlockClasses {
    private final Names names;
    private final Instances instances;
    private final Map<SourceSpan, String> types = new LinkedHashMap<>();
    private final Map<SourceSpan, BlockWriter.Written> written = new LinkedHashMap<>();

    BlockClasses(Program program, Names names, NestedBlocks blocks, BlockDrafts drafts) {
        this.names = names;
        this.instances = blocks.instances();
        Map<SourceSpan, List<Instance>> objects = new LinkedHashMap<>();
        for (Instance instance : instances.all()) {
            SourceSpan block = instance.block().span();
            objects.computeIfAbsent(block, key -> new ArrayList<>()).add(instance);
            types.computeIfAbsent(block, key -> names.nested(instance.block().name(), "Block", ""));
        }
        BlockMembers members = new BlockMembers(program, names, blocks.order(), blocks.names());
        Map<Value, MemoryPlan.Stretch> stretches = program.memory().stretches();
        objects.forEach((block, all) -> written.put(
                block,
                new BlockWriter(program, stretches, members, drafts, all, names, blocks.names(), this::type).write()));
    }

    /** The classes themselves. */
    List<TypeSpec> types() {
        return written.values().stream().map(BlockWriter.Written::type).toList();
    }

    /** The class of an instance. */
    ClassName type(Instance instance) {
        return ClassName.get("", types.get(instance.block().span()));
    }

    private BlockWriter.Written written(Instance instance) {
        return Objects.requireNonNull(written.get(instance.block().span()), instance::toString);
    }

    // Example:
    //
    // new BasicBlock("layer2_1", 64, 128, 28, KERNEL_3_STRIDE_2_PADDING_1, this::createLayer2_1Downsample)
    //
    CodeBlock construction(Instance instance) {
        BlockWriter.Written kind = written(instance);
        int place = kind.variation().place(instance);
        List<String> arguments = new ArrayList<>(List.of(JavaText.literal(instance.path())));
        kind.variation().given().forEach(given -> arguments.add(given.argument(place)));
        for (String field : kind.children()) {
            arguments.add(instance.children().stream()
                    .filter(child -> child.field().equals(field))
                    .findFirst()
                    .map(child -> "this::" + factory(child))
                    .orElse("null"));
        }
        return CodeBlock.of("new $T($L)", type(instance), String.join(", ", arguments));
    }

    private String factory(Instance instance) {
        return "create" + names.layer(instance.path());
    }

    // Example:
    //
    // private Projection createLayer2_1Downsample() {
    //     return new Projection("layer2_1.downsample", 64, 128, 28);
    // }
    //
    List<MethodSpec> factories() {
        return instances.all().stream()
                .filter(instance -> !instance.parent().isNetwork())
                .map(instance -> MethodSpec.methodBuilder(factory(instance))
                        .addModifiers(Modifier.PRIVATE)
                        .returns(type(instance))
                        .addStatement("return $L", construction(instance))
                        .build())
                .toList();
    }

    // Example:
    //
    // layer1_1.allocate(memory.places(1806336, 9088, 9152, 2007040, 2207744, 9216, 9280, 2408448));
    //
    List<CodeBlock> allocations(String memory) {
        return instances.all().stream()
                .filter(instance -> !written(instance).memory().isEmpty())
                .map(instance -> {
                    BlockWriter.Written kind = written(instance);
                    List<String> offsets =
                            kind.memory().offsets(kind.variation().place(instance));
                    String object = instance.from(instances.network());
                    return CodeBlock.of("$Lallocate($L.places($L));\n", object, memory, String.join(", ", offsets));
                })
                .toList();
    }
}
