package org.espalier.generator.target.java;

import com.palantir.javapoet.ArrayTypeName;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.block.BlockMembers;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Placing;
import org.espalier.generator.target.java.block.Series;
import org.espalier.generator.target.java.block.Variation;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.Text;

/** The classes of blocks, one for each, nested in the generated class, and how their objects are made. */
final class BlockClasses {
    /** Fewer elements of an array are made one by one. */
    private static final int SHORTEST_LOOP = 3;

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
        return instance.isElement()
                ? CodeBlock.of("$L()", factory(instance))
                : construction(instance, JavaText.literal(instance.path()), arguments(instance));
    }

    private CodeBlock construction(Instance instance, String path, List<String> arguments) {
        return CodeBlock.of(
                "new $T($L)",
                type(instance),
                Stream.concat(Stream.of(path), arguments.stream()).collect(Collectors.joining(", ")));
    }

    private List<String> arguments(Instance instance) {
        BlockWriter.Written kind = written(instance);
        int place = kind.variation().place(instance);
        List<String> arguments = new ArrayList<>();
        kind.variation().given().forEach(given -> arguments.add(given.argument(place)));
        for (String field : kind.makers()) {
            arguments.add(instance.children().stream()
                    .filter(child -> child.member().equals(field))
                    .findFirst()
                    .map(child -> "this::" + factory(child))
                    .orElse("null"));
        }
        return arguments;
    }

    private String factory(Instance instance) {
        String holder = instance.parent().isNetwork() ? "" : instance.parent().path() + ".";
        return "create" + names.layer(instance.isElement() ? holder + instance.member() : instance.path());
    }

    // Example:
    //
    // private Projection createLayer2_1Downsample() {
    //     return new Projection("layer2.1.downsample", 64, 128, 28);
    // }
    //
    List<MethodSpec> factories() {
        return instances.all().stream()
                .filter(Instance::isDeclared)
                .filter(instance -> instance.parent().isNetwork()
                        ? instance.isElement()
                        : written(instance.parent()).makers().contains(instance.member()))
                .map(instance -> instance.isElement() ? arrayFactory(instance.array()) : factoryOf(instance))
                .toList();
    }

    private MethodSpec factoryOf(Instance instance) {
        return MethodSpec.methodBuilder(factory(instance))
                .addJavadoc(Javadoc.ofResult("the object " + instance.path()).block())
                .addModifiers(Modifier.PRIVATE)
                .returns(type(instance))
                .addStatement("return $L", construction(instance))
                .build();
    }

    // Example:
    //
    // private Block[] createBlocks() {
    //     Block[] made = new Block[12];
    //     for (int i = 0; i < made.length; i++) {
    //         made[i] = new Block("blocks." + i, i < made.length - 1);
    //     }
    //     return made;
    // }
    //
    private MethodSpec arrayFactory(List<Instance> array) {
        Instance first = array.get(0);
        Instance last = array.get(array.size() - 1);
        String made = names.local("made");
        CodeBlock.Builder body =
                CodeBlock.builder().addStatement("$T[] $N = new $T[$L]", type(first), made, type(first), array.size());
        List<List<String>> arguments = array.stream().map(this::arguments).toList();
        int from = 0;
        while (from < array.size()) {
            int to = array.size();
            while (to - from > 1 && rules(first, arguments, from, to, made).isEmpty()) {
                to--;
            }
            boolean loop = to - from >= SHORTEST_LOOP;
            to = loop ? to : from + 1;
            if (loop) {
                String end = to == array.size() ? made + ".length" : String.valueOf(to);
                body.add("for (int i = $L; i < $L; i++) {\n$>", from, end)
                        .addStatement(
                                "$N[i] = $L",
                                made,
                                construction(
                                        first,
                                        JavaText.literal(first.list() + ".") + " + i",
                                        rules(first, arguments, from, to, made).orElseThrow()))
                        .add("$<}\n");
            } else {
                Instance one = array.get(from);
                body.addStatement(
                        "$N[$L] = $L",
                        made,
                        from,
                        construction(one, JavaText.literal(one.path()), arguments.get(from)));
            }
            from = to;
        }
        return MethodSpec.methodBuilder(factory(first))
                .addJavadoc(Javadoc.ofResult("the objects " + first.path() + " to " + last.path())
                        .block())
                .addModifiers(Modifier.PRIVATE)
                .returns(ArrayTypeName.of(type(first)))
                .addCode(body.addStatement("return $N", made).build())
                .build();
    }

    /** The arguments of some elements by their place {@code i}, if there is a rule for each. */
    private Optional<List<String>> rules(Instance first, List<List<String>> arguments, int from, int to, String array) {
        List<Variation.Given> given = written(first).variation().given();
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < arguments.get(from).size(); i++) {
            int place = i;
            List<String> values = arguments.subList(from, to).stream()
                    .map(each -> each.get(place))
                    .toList();
            Quantity.Type type = i < given.size() ? given.get(i).type() : Quantity.Type.REGULARIZER;
            boolean isTold = type != Quantity.Type.FLAG // by the first or last element of all
                    || values.size() == arguments.size()
                    || values.stream().distinct().count() == 1;
            Series series = new Series(type, "", List.of(type == Quantity.Type.SIZE ? extended(values, from) : values));
            Optional<Text> rule = isTold ? series.rule(0, array + ".length") : Optional.empty();
            if (rule.isEmpty()) {
                return Optional.empty();
            }
            rules.add(rule.get().toString());
        }
        return Optional.of(rules);
    }

    /** The values that the rule of these would give to the elements before them. */
    private static List<String> extended(List<String> values, int before) {
        long step = values.size() == 1 ? 0 : Long.parseLong(values.get(1)) - Long.parseLong(values.get(0));
        return Stream.concat(
                        IntStream.rangeClosed(-before, -1)
                                .mapToObj(i -> String.valueOf(Long.parseLong(values.get(0)) + step * i)),
                        values.stream())
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
