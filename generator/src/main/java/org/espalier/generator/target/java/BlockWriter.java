package org.espalier.generator.target.java;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.BlockComments;
import org.espalier.generator.target.java.block.BlockMembers;
import org.espalier.generator.target.java.block.BlockMemory;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.InstanceNames;
import org.espalier.generator.target.java.block.Line;
import org.espalier.generator.target.java.block.Loops;
import org.espalier.generator.target.java.block.Merged;
import org.espalier.generator.target.java.block.QuotedCalls;
import org.espalier.generator.target.java.block.Series;
import org.espalier.generator.target.java.block.Variation;
import org.espalier.generator.target.java.names.Marks;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Bytecodes;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;
import org.espalier.generator.target.java.text.UniqueNames;

/**
 * Writes the class of one block: what its objects have in common once, where they differ in parameters and branches.
 */
final class BlockWriter {
    /**
     * A class.
     *
     * @param type the class
     * @param variation what its constructor takes
     * @param makers the fields of objects that its objects hold and whose makers the constructor takes
     * @param memory where the arrays of each object lie
     */
    record Written(TypeSpec type, Variation variation, List<String> makers, BlockMemory memory) {}

    private final Program program;
    private final Map<Value, MemoryPlan.Stretch> stretches;
    private final BlockMembers members;
    private final BlockDrafts drafts;
    private final Function<Instance, ClassName> types;
    private final Function<Instance, Optional<Written>> classes;
    private final List<Instance> all;
    private final Variation variation;
    private final QuotedCalls calls;
    private final Loops loops;
    private final List<Merged> fields;
    private final List<String> children = new ArrayList<>();
    private final List<String> makers = new ArrayList<>();

    /** Texts of members other than the constructor, by which it is told which quantities must be fields. */
    private final List<String> inMembers = new ArrayList<>();

    /**
     * The writer of one class.
     *
     * @param all the objects of the class
     * @param types the classes of the objects that they hold
     * @param classes what is known of these; nothing of those that hold objects of this class themselves
     */
    BlockWriter(
            Program program,
            Map<Value, MemoryPlan.Stretch> stretches,
            BlockMembers members,
            BlockDrafts drafts,
            List<Instance> all,
            Names names,
            InstanceNames instanceNames,
            Function<Instance, ClassName> types,
            Function<Instance, Optional<Written>> classes) {
        this.program = program;
        this.stretches = stretches;
        this.members = members;
        this.drafts = drafts;
        this.all = all;
        this.types = types;
        this.classes = classes;
        UniqueNames unique = names.ofBlock();
        all.forEach(instance -> instanceNames.taken(instance).forEach(unique::reserve));
        this.variation = new Variation(all, unique);
        this.calls = new QuotedCalls(all.size());
        this.loops = new Loops(all);
        this.fields = Merged.byLayer(all.stream().map(members::fields).toList());
        for (Merged field : fields) {
            if (is(field, BlockMembers.Kind.CHILD)) {
                children.add(field.first().layer());
                variation.hold(field.owners(), field.first().layer());
            }
        }
    }

    Written write() {
        Block block = all.get(0).block();
        List<Merged> declarations = Merged.of(all.stream()
                .map(instance -> members.declarations(instance, child -> Optional.empty()))
                .toList());
        List<List<MethodSpec.Builder>> methods = new ArrayList<>();
        List<Runnable> bodies = new ArrayList<>();
        // Statements first, comments later: these make do with the quantities that those need.
        settle(declarations);
        calls.collect(declarations);
        for (String method : drafts.methods(all)) {
            List<Merged> lines = loops
                    .merge(all.stream()
                            .map(instance -> drafts.run(instance, method)
                                    .map(drafts::lines)
                                    .orElseGet(List::of))
                            .toList())
                    .stream()
                    .filter(line -> variation.isAlways(line.owners())
                            || !line.first().code().isEmpty())
                    .toList();
            settle(lines);
            calls.collect(lines);
            boolean backward = method.startsWith("backward");
            MethodSpec.Builder spec = MethodSpec.methodBuilder(method);
            Map<BitSet, String> optional = new LinkedHashMap<>();
            List<String> parameters = drafts.parameters(block.span(), method);
            for (String parameter : parameters) {
                spec.addParameter(RuntimeTypes.ARRAY, parameter);
                BitSet given = new BitSet();
                List<Optional<Text>> shapes = shapes(method, parameter);
                for (int i = 0; i < all.size(); i++) {
                    given.set(i, shapes.get(i).isPresent());
                }
                optional.putIfAbsent(given, parameter);
            }
            List<MethodSpec.Builder> pieces = new ArrayList<>(List.of(spec));
            methods.add(pieces);
            bodies.add(() -> {
                Javadoc javadoc = Javadoc.of(
                        (Character.isDigit(method.charAt(method.length() - 1)) ? "Goes on " : "Runs its layers ")
                                + (backward ? "backward." : "forward."));
                parameters.forEach(parameter -> javadoc.param(parameter, shape(method, parameter)));
                spec.addJavadoc(javadoc.block());
                pieces.addAll(cut(spec, method, bodies(lines, optional, true, backward)));
            });
        }
        BlockMemory memory = new BlockMemory(
                program.memory(),
                stretches,
                fields.stream()
                        .filter(field -> isTensor(field)
                                || is(field, BlockMembers.Kind.BATCH_NORM)
                                || is(field, BlockMembers.Kind.SAMPLE_NORM))
                        .map(field -> field.first().layer())
                        .toList(),
                all.stream().map(members::buffers).toList());
        MethodSpec.Builder allocate = MethodSpec.methodBuilder("allocate")
                .addAnnotation(RuntimeTypes.OVERRIDE)
                .addModifiers(Modifier.PROTECTED)
                .addParameter(RuntimeTypes.PLACES, "places");
        List<Merged> buffers = memory.lines();
        settle(buffers);
        bodies.forEach(Runnable::run);
        allocate.addCode(body(buffers, Map.of(), true, false));
        children.stream().filter(child -> !isMadeHere(child)).forEach(makers::add);
        children.stream().filter(child -> !makers.contains(child)).forEach(variation::make);
        List<Merged> whole = Merged.of(all.stream()
                .map(instance -> members.declarations(instance, this::construction))
                .toList());
        settle(whole);
        variation.construct();
        CodeBlock constructor = body(whole, Map.of(), false, false);
        TypeSpec.Builder type = TypeSpec.classBuilder(types.apply(all.get(0)))
                .addJavadoc(documentation(block).block())
                .addAnnotation(Marks.classFile(program.graph()))
                .addModifiers(Modifier.PRIVATE, Modifier.FINAL)
                .superclass(RuntimeTypes.PART);
        MethodSpec.Builder construction = MethodSpec.constructorBuilder().addParameter(RuntimeTypes.STRING, "path");
        Javadoc javadoc =
                Javadoc.of("Declares what it learns.").param("path", "what the names of its parameters begin with");
        Map<FieldSpec, List<FieldSpec>> grouped = new LinkedHashMap<>();
        for (Variation.Given given : variation.given()) {
            TypeName kind = type(given.type());
            construction.addParameter(kind, given.name());
            javadoc.param(given.name(), BlockComments.of(given));
            if (inMembers.stream().anyMatch(text -> mentions(text, given.name()))) {
                group(
                        FieldSpec.builder(kind, given.name(), Modifier.PRIVATE, Modifier.FINAL)
                                .addJavadoc(FieldComments.of("", BlockComments.of(given.type())))
                                .build(),
                        grouped);
                construction.addStatement("this.$N = $N", given.name(), given.name());
            }
        }
        for (String child : makers) {
            construction.addParameter(ParameterizedTypeName.get(RuntimeTypes.SUPPLIER, childType(child)), child);
            javadoc.param(child, "makes " + child + (isInAll(child) ? "" : ", or is null"));
        }
        fields.stream()
                .sorted(Comparator.comparing(BlockWriter::place))
                .forEach(field -> group(field(field, whole), grouped));
        grouped.values().forEach(type::addFields);
        type.addMethod(
                construction.addJavadoc(javadoc.block()).addCode(constructor).build());
        methods.stream().flatMap(List::stream).forEach(method -> type.addMethod(method.build()));
        if (!memory.isEmpty()) {
            type.addMethod(allocate.build());
        }
        return new Written(type.build(), variation, makers, memory);
    }

    /** The place of a field in the class, before others and behind others of its kind. */
    private static BlockMembers.Kind place(Merged field) {
        return isTensor(field) ? BlockMembers.Kind.BUFFER : kind(field);
    }

    /** Adds a field to those that differ from it in name alone. */
    private static void group(FieldSpec field, Map<FieldSpec, List<FieldSpec>> grouped) {
        FieldSpec nameless = FieldSpec.builder(
                        field.type(), "x", field.modifiers().toArray(Modifier[]::new))
                .addJavadoc(field.javadoc())
                .build();
        grouped.computeIfAbsent(nameless, key -> new ArrayList<>()).add(field);
    }

    /** The shapes of what the objects are given for a parameter of a method. */
    private List<Optional<Text>> shapes(String method, String parameter) {
        return all.stream()
                .map(instance -> drafts.run(instance, method)
                        .map(run -> drafts.given(run).get(parameter))
                        .map(value -> ShapeText.of(value.shape())))
                .toList();
    }

    private String shape(String method, String parameter) {
        List<Optional<Text>> shapes = shapes(method, parameter);
        return comment(shapes).orElse("a tensor") + (shapes.contains(Optional.<Text>empty()) ? ", or null" : "");
    }

    private static boolean mentions(String text, String name) {
        return text.matches("(?s).*(?<![\\w.\"])" + Pattern.quote(name) + "(?!\\w).*");
    }

    /** Tells whether an object is made of what its holder knows, but for one thing at most: a maker is one, too. */
    private boolean isMadeHere(String field) {
        List<Optional<Instance>> held = all.stream()
                .map(instance -> instance.children().stream()
                        .filter(child -> child.member().equals(field))
                        .findFirst())
                .toList();
        Optional<Instance> first = held.stream().flatMap(Optional::stream).findFirst();
        Optional<Written> kind = first.flatMap(classes);
        if (kind.isEmpty() || !kind.get().makers().isEmpty()) {
            return false;
        } else if (first.orElseThrow().isElement()) {
            return kind.get().variation().given().stream()
                    .allMatch(given -> series(given, field, kind.get())
                            .rule(0, field + ".length")
                            .isPresent());
        }
        long unknown = kind.get().variation().given().stream()
                .filter(given -> variation
                        .known(held.stream()
                                .map(child -> child.map(made -> quantity(given, kind.get(), made)))
                                .toList())
                        .isEmpty())
                .count();
        return unknown <= 1;
    }

    private static Quantity quantity(Variation.Given given, Written kind, Instance made) {
        return new Quantity(given.type(), given.argument(kind.variation().place(made)), given.name());
    }

    // Example:
    //
    // new Projection(path + ".downsample", inplanes, planes, size)
    //
    private Optional<Text> construction(Instance child) {
        String field = child.member();
        if (makers.contains(field)) {
            return Optional.empty();
        }
        String path = "path + " + JavaText.literal("." + child.parent().relative(child.path()));
        return classes.apply(child).map(kind -> {
            List<Text> arguments = new ArrayList<>();
            if (child.isElement()) {
                arguments.add(Text.of(path.substring(0, path.lastIndexOf('.') + 1) + "\" + i"));
                kind.variation().given().forEach(given -> arguments.add(rule(series(given, field, kind), child)));
                return array(child, arguments);
            }
            arguments.add(Text.of(path));
            kind.variation().given().forEach(given -> arguments.add(Text.of(quantity(given, kind, child))));
            return Text.of(field + " = ", made(child, arguments), ";");
        });
    }

    private Text made(Instance child, List<Text> arguments) {
        return Text.of("new " + types.apply(child).simpleName() + "(", Text.join(", ", arguments), ")");
    }

    // Example:
    //
    // layers = new DenseLayer[count];
    // for (int i = 0; i < layers.length; i++) {
    //     layers[i] = new DenseLayer(path + "." + i, channels + 32 * i, size);
    // }
    //
    private Text array(Instance first, List<Text> arguments) {
        String field = first.member();
        return Text.of(
                field + " = new " + types.apply(first).simpleName() + "[",
                Quantity.size(first.array().size(), "count", field),
                "];\nfor (int i = 0; i < " + field + ".length; i++) {\n    " + field + "[i] = ",
                made(first, arguments),
                ";\n}");
    }

    /** The arguments of the elements of a field for a parameter. */
    private Series series(Variation.Given given, String field, Written kind) {
        return new Series(
                given.type(),
                given.name(),
                arrays(field)
                        .map(first -> first.array().stream()
                                .map(element -> given.argument(kind.variation().place(element)))
                                .toList())
                        .toList());
    }

    private Stream<Instance> arrays(String field) {
        return all.stream()
                .flatMap(instance -> instance.children().stream())
                .filter(child -> child.isDeclared() && child.member().equals(field));
    }

    private Text rule(Series series, Instance first) {
        return series.rule(arrays(first.member()).toList().indexOf(first), first.member() + ".length")
                .orElseThrow();
    }

    private boolean isInAll(String field) {
        return all.stream()
                .allMatch(instance -> instance.children().stream()
                        .anyMatch(child -> child.member().equals(field)));
    }

    private TypeName childType(String field) {
        return all.stream()
                .flatMap(instance -> instance.children().stream())
                .filter(child -> child.member().equals(field))
                .map(child -> child.isElement() ? ArrayTypeName.of(types.apply(child)) : types.apply(child))
                .findFirst()
                .orElseThrow();
    }

    private FieldSpec field(Merged merged, List<Merged> constructor) {
        Line line = merged.first();
        String name = line.layer();
        boolean settled =
                !isTensor(merged) && variation.isAlways(merged.owners()) && isAssignedInOnePlace(name, constructor);
        TypeName type = type(merged);
        FieldSpec.Builder field = FieldSpec.builder(type, name, Modifier.PRIVATE);
        if (settled) {
            field.addModifiers(Modifier.FINAL);
        }
        String comment = comment(merged.each(Line::beside)).orElseGet(() -> BlockComments.of(kind(merged)));
        return field.addJavadoc(FieldComments.of("", comment)).build();
    }

    private TypeName type(Merged field) {
        if (is(field, BlockMembers.Kind.CHILD)) {
            return childType(field.first().layer());
        } else if (is(field, BlockMembers.Kind.PARAMETER)) {
            return RuntimeTypes.PARAMETER;
        }
        if (is(field, BlockMembers.Kind.SAMPLE_NORM)) {
            return RuntimeTypes.SAMPLE_NORM;
        }
        return is(field, BlockMembers.Kind.BATCH_NORM) ? RuntimeTypes.BATCH_NORM : RuntimeTypes.ARRAY;
    }

    private static BlockMembers.Kind kind(Merged field) {
        String code = field.first().code().toString();
        return BlockMembers.Kind.valueOf(code.substring(0, code.indexOf(' ')));
    }

    private static boolean is(Merged field, BlockMembers.Kind kind) {
        return kind(field) == kind;
    }

    /** Tells whether a field is an array that the arena has a place for. */
    private static boolean isTensor(Merged field) {
        return is(field, BlockMembers.Kind.BUFFER) || is(field, BlockMembers.Kind.GRADIENT);
    }

    private Javadoc documentation(Block block) {
        return new Javadoc()
                .paragraphs(block.documentation())
                .text("The block ")
                .code(block.name())
                .text(" (" + block.span().citation() + ").");
    }

    private TypeName type(Quantity.Type type) {
        return switch (type) {
            case SIZE -> TypeName.INT;
            case NUMBER -> TypeName.DOUBLE;
            case FLAG -> TypeName.BOOLEAN;
            case WINDOW -> RuntimeTypes.WINDOW;
            case REGULARIZER -> RuntimeTypes.REGULARIZER;
            case PLACES -> RuntimeTypes.DOUBLE_FORMULA;
        };
    }

    /** Makes the constructor take what the statements differ in. */
    private void settle(List<Merged> lines) {
        lines.forEach(line -> text(line.each(Line::code)));
    }

    private String text(List<Optional<Text>> texts) {
        Text first = texts.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        int[] at = {0};
        String written = first.written(quantity -> {
            int place = at[0]++;
            return variation.written(texts.stream()
                    .map(text -> text.map(each -> each.quantities().get(place)))
                    .toList());
        });
        return written;
    }

    /** A comment, if it is true of every object. */
    private Optional<String> comment(List<Optional<Text>> texts) {
        List<Text> present = texts.stream().flatMap(Optional::stream).toList();
        if (present.stream().map(Text::pattern).distinct().count() != 1
                || present.get(0).isEmpty()) {
            return Optional.empty();
        }
        int[] at = {0};
        boolean[] known = {true};
        String comment = present.get(0).written(quantity -> {
            int place = at[0]++;
            Optional<String> written = variation.known(texts.stream()
                    .map(text -> text.map(each -> each.quantities().get(place)))
                    .toList());
            known[0] &= written.isPresent();
            return written.orElse("");
        });
        return known[0] ? Optional.of(comment) : Optional.empty();
    }

    /** Lines that some objects have and others do not, in branches; others as they are. */
    private CodeBlock body(List<Merged> lines, Map<BitSet, String> arguments, boolean member, boolean backward) {
        return CodeBlock.join(bodies(lines, arguments, member, backward), "");
    }

    /** The same in pieces, none of which is a part of a branch, or of what belongs together. */
    private List<CodeBlock> bodies(
            List<Merged> lines, Map<BitSet, String> arguments, boolean member, boolean backward) {
        List<CodeBlock> bodies = new ArrayList<>();
        for (List<List<Merged>> segments : branchings(lines)) {
            if (segments.size() == 1 && variation.isAlways(owners(segments.get(0)))) {
                segments.get(0).forEach(line -> bodies.add(statement(line, member)));
            } else {
                CodeBlock.Builder code = CodeBlock.builder();
                branches(segments, arguments, member, backward, code);
                bodies.add(code.build());
            }
        }
        return bodies;
    }

    /** Gives a method its body, if that is not too long; else the calls of others that have a part of it each. */
    private static List<MethodSpec.Builder> cut(MethodSpec.Builder method, String name, List<CodeBlock> body) {
        List<List<CodeBlock>> pieces = Bytecodes.pieces(body, code -> Bytecodes.atMost(code.toString()));
        if (pieces.size() <= 1) {
            method.addCode(CodeBlock.join(body, ""));
            return List.of();
        }
        List<ParameterSpec> parameters = method.build().parameters();
        String arguments = parameters.stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
        List<MethodSpec.Builder> parts = new ArrayList<>();
        for (List<CodeBlock> piece : pieces) {
            String part = name + "Part" + (parts.size() + 1);
            Javadoc javadoc = Javadoc.of("Part " + (parts.size() + 1) + " of " + name + ".");
            parameters.forEach(parameter -> javadoc.param(parameter.name(), "as there"));
            parts.add(MethodSpec.methodBuilder(part)
                    .addJavadoc(javadoc.block())
                    .addModifiers(Modifier.PRIVATE)
                    .addParameters(parameters)
                    .addCode(CodeBlock.join(piece, "")));
            method.addStatement("$N($L)", part, arguments);
        }
        return parts;
    }

    /** Segments that follow each other and exclude each other: the branches of one {@code if}. */
    private static List<List<List<Merged>>> branchings(List<Merged> lines) {
        List<List<Merged>> segments = segments(lines);
        List<List<List<Merged>>> branchings = new ArrayList<>();
        int from = 0;
        while (from < segments.size()) {
            BitSet taken = new BitSet();
            int to = from;
            while (to < segments.size() && !owners(segments.get(to)).intersects(taken)) {
                taken.or(owners(segments.get(to++)));
            }
            branchings.add(segments.subList(from, to));
            from = to;
        }
        return branchings;
    }

    /**
     * Tells whether the constructor assigns a field within one {@code if}, or outside of any. javac takes it for final
     * only then: it does not see that of several conditions exactly one holds.
     */
    private static boolean isAssignedInOnePlace(String field, List<Merged> constructor) {
        return branchings(constructor).stream()
                        .filter(segments -> segments.stream()
                                .flatMap(List::stream)
                                .map(line -> line.first().code().toString())
                                .anyMatch(code ->
                                        code.startsWith(field + " = ") || code.startsWith("this." + field + " = ")))
                        .count()
                == 1;
    }

    private static BitSet owners(List<Merged> segment) {
        return segment.get(0).owners();
    }

    /** Lines of the same objects that follow each other. */
    private static List<List<Merged>> segments(List<Merged> lines) {
        List<List<Merged>> segments = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= lines.size(); to++) {
            if (to == lines.size()
                    || !lines.get(to).owners().equals(lines.get(from).owners())) {
                segments.add(lines.subList(from, to));
                from = to;
            }
        }
        return segments;
    }

    // Example:
    //
    // if (submodule != null) {
    //     …
    // } else if (hasDropout) {
    //     …
    // } else {
    //     …
    // }
    //
    private void branches(
            List<List<Merged>> segments,
            Map<BitSet, String> arguments,
            boolean member,
            boolean backward,
            CodeBlock.Builder code) {
        List<List<Merged>> left = new ArrayList<>(segments);
        BitSet remaining = variation.all();
        boolean open = false;
        while (!left.isEmpty()) {
            BitSet remain = remaining;
            List<Merged> next = left.stream()
                    .filter(segment ->
                            variation.known(owners(segment), remain, arguments).isPresent())
                    .findFirst()
                    .or(() -> left.stream()
                            .filter(segment -> exclusive(owners(segment)).isPresent())
                            .min(Comparator.comparingInt(
                                    segment -> owners(segment).cardinality())))
                    .orElse(left.get(0));
            BitSet owners = owners(next);
            boolean rest = owners.equals(remaining);
            if (!rest) {
                String condition = variation
                        .known(owners, remaining, arguments)
                        .orElseGet(() -> variation.flag(owners, flagName(next, backward)));
                code.add(open ? "} else if ($L) {\n$>" : "if ($L) {\n$>", condition);
                if (member) {
                    inMembers.add(condition);
                }
            } else if (open) {
                code.add("} else {\n$>");
            }
            next.forEach(line -> code.add(statement(line, member)));
            open |= !rest;
            if (open) {
                code.add("$<");
            }
            left.remove(next);
            remaining = (BitSet) remaining.clone();
            remaining.andNot(owners);
        }
        if (open) {
            code.add("}\n");
        }
    }

    /** {@code hasDropout1}, {@code needsDX}, {@code appliesDownrelu}. */
    private String flagName(List<Merged> segment, boolean backward) {
        BitSet owners = owners(segment);
        String layer = segment.get(0).first().layer();
        if (children.contains(layer)) {
            return "has" + Identifiers.capitalized(layer);
        }
        Optional<String> gradient = fields.stream()
                .filter(field -> backward && isTensor(field) && field.owners().equals(owners))
                .map(field -> field.first().layer())
                .findFirst();
        Optional<String> own = fields.stream()
                .filter(field -> isTensor(field)
                        && field.owners().equals(owners)
                        && field.first().layer().equals(layer))
                .map(field -> layer)
                .findFirst();
        return exclusive(owners)
                .map(field -> "has" + Identifiers.capitalized(field))
                .or(() -> gradient.or(() -> own).map(field -> "needs" + Identifiers.capitalized(field)))
                .orElseGet(() ->
                        "applies" + Identifiers.capitalized(Identifiers.camelCase(layer.isEmpty() ? "part" : layer)));
    }

    /** The array that only these objects have and that has the shortest name. */
    private Optional<String> exclusive(BitSet owners) {
        return fields.stream()
                .filter(field ->
                        is(field, BlockMembers.Kind.BUFFER) && field.owners().equals(owners))
                .map(field -> field.first().layer())
                .min(Comparator.comparingInt(String::length));
    }

    private CodeBlock statement(Merged line, boolean member) {
        CodeBlock.Builder code = CodeBlock.builder();
        List<List<Text>> above =
                line.each(Line::above).stream().flatMap(Optional::stream).toList();
        List<List<String>> patterns = above.stream()
                .map(comments -> comments.stream()
                        .map(comment -> comment.otherwise().pattern())
                        .toList())
                .toList();
        if (patterns.stream().distinct().count() == 1) {
            for (int i = 0; i < above.get(0).size(); i++) {
                int place = i;
                List<Optional<Text>> comments = line.each(each -> each.above().get(place));
                comment(calls.everywhere(comments))
                        .or(() -> comment(comments.stream()
                                .map(comment -> comment.map(Text::otherwise))
                                .toList()))
                        .ifPresent(comment -> code.add(JavaText.comment(comment)));
            }
        } else {
            line.first().above().stream()
                    .map(Text::otherwise)
                    .filter(comment -> patterns.stream().allMatch(comments -> comments.contains(comment.pattern())))
                    .filter(comment -> comment.quantities().isEmpty())
                    .forEach(comment -> code.add(JavaText.comment(comment.toString())));
        }
        String text = text(line.each(Line::code));
        if (member) {
            inMembers.add(text);
        }
        if (!text.isEmpty()) {
            String beside = comment(line.each(Line::beside))
                    .map(comment -> " // " + comment)
                    .orElse("");
            code.add(JavaText.composed(text)).add("$L\n", beside);
        }
        return code.build();
    }
}
