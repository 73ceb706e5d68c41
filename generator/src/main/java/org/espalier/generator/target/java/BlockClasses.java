package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.block.BlockMembers;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Placing;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;

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
        Function<List<Instance>, BlockWriter> writer = all -> new BlockWriter(
                program, stretches, members, drafts, all, names, blocks.names(), this::type, this::known);
        objects.values().forEach(all -> write(all, objects, new HashSet<>(), writer));
    }

    /** Writes a class after those of the objects that its objects hold, but for classes that hold it in turn. */
    private void write(
            List<Instance> all,
            Map<SourceSpan, List<Instance>> objects,
            Set<SourceSpan> open,
            Function<List<Instance>, BlockWriter> writer) {
        SourceSpan block = all.get(0).block().span();
        if (written.containsKey(block) || !open.add(block)) {
            return;
        }
        all.stream()
                .flatMap(instance -> instance.children().stream())
                .map(child -> child.block().span())
                .distinct()
                .forEach(held -> write(Objects.requireNonNull(objects.get(held)), objects, open, writer));
        written.put(block, writer.apply(all).write());
    }

    private Optional<BlockWriter.Written> known(Instance instance) {
        return Optional.ofNullable(written.get(instance.block().span()));
    }

    /** The classes themselves, in the order in which the blocks run first. */
    List<TypeSpec> types() {
        return types.keySet().stream()
                .map(block -> Objects.requireNonNull(written.get(block)).type())
                .toList();
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
        for (String field : kind.makers()) {
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
    //     return new Projection("layer2.1.downsample", 64, 128, 28);
    // }
    //
    List<MethodSpec> factories() {
        return instances.all().stream()
                .filter(instance -> !instance.parent().isNetwork()
                        && written(instance.parent()).makers().contains(instance.field()))
                .map(instance -> MethodSpec.methodBuilder(factory(instance))
                        .addJavadoc(Javadoc.ofResult("the object " + instance.path())
                                .block())
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
    List<Placing> allocations(String memory) {
        return instances.all().stream()
                .filter(instance -> !written(instance).memory().isEmpty())
                .map(instance -> {
                    BlockWriter.Written kind = written(instance);
                    int place = kind.variation().place(instance);
                    String offsets = String.join(", ", kind.memory().offsets(place));
                    String object = instance.from(instances.network());
                    return new Placing(
                            CodeBlock.of("$Lallocate($L.places($L));\n", object, memory, offsets),
                            kind.memory().inView(place));
                })
                .toList();
    }
}
