package org.espalier.generator.ir.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.source.SourceSpan;

/**
 * Reads what {@link IrPrinter} prints, so that the dump in a bug report can be planned, verified and emitted again.
 * Printing what was read gives the same text.
 *
 * <p>Everything comes back but the specification itself: spans lie at the start of the cited lines of files that have
 * nothing but lines.
 *
 * <p>What breaks the grammar is an {@link IllegalArgumentException} that says what was expected in which line. Whether
 * what was read makes sense is for the verifiers to say.
 */
public final class IrReader {
    private final IrLine.Lines lines;
    private final Map<String, PrintedOp.Reader> readers;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<Value, ParameterDecl> parameters = new LinkedHashMap<>();

    /** Of parameters, and of the gradients by them. */
    private final Map<Value, ParameterDecl.Role> roles = new HashMap<>();

    private final Map<Value, Function<IrReader, MemoryPlan.Placement>> places = new LinkedHashMap<>();

    /** Values that are computed and never stored. */
    private final Set<Value> passing = new HashSet<>();

    /** Declarations that name values of operations, which follow them. */
    private final List<IrLine> outputs = new ArrayList<>();

    private final List<IrLine> updates = new ArrayList<>();
    private final List<IrLine> groups = new ArrayList<>();
    private final List<Value> wantedInputs = new ArrayList<>();

    private final Map<String, String> calls = new LinkedHashMap<>();

    private final List<Block> blocks = new ArrayList<>();

    /** Terms that the specification defines, by their calls. */
    private final Map<String, RegularizerTerm> formulas = new LinkedHashMap<>();

    private final List<IrLine> losses = new ArrayList<>();

    private IrReader(String text, Map<String, PrintedOp.Reader> readers) {
        this.readers = readers;
        lines = new IrLine.Lines(text);
    }

    /**
     * Reads a printed graph.
     *
     * @param operations how operations are read, by their names
     */
    public static Graph graph(String text, Map<String, PrintedOp.Reader> operations) {
        IrReader reader = new IrReader(text, operations);
        Header header = reader.header();
        reader.lines.next().expect("operations");
        return header.graph(reader, reader.operations(List.of()));
    }

    /**
     * Reads a printed program, with its memory if it has some.
     *
     * @param operations how operations are read, by their names
     */
    public static Program program(String text, Map<String, PrintedOp.Reader> operations) {
        return new IrReader(text, operations).program();
    }

    private Program program() {
        Header header = header();
        IrLine line = lines.next();
        boolean planned = line.take("memory");
        MemoryPlan.Size size = MemoryPlan.NONE.size();
        MemoryPlan.Size forwardSize = size;
        if (planned) {
            size = size(line);
            line.expect(", forward");
            forwardSize = size(line);
            line = lines.next();
        }
        line.expect("forward");
        List<Op> forward = operations(List.of());
        List<Seed> seeds = new ArrayList<>();
        line = lines.next();
        if (line.take("given")) {
            for (IrLine given : lines.indented()) {
                seeds.add(seed(result(given, Value.Kind.ACTIVATION)));
            }
            line = lines.next();
        }
        Optional<IrLine> wanted = Optional.empty();
        if (line.take("wanted")) {
            wanted = Optional.of(line);
            line = lines.next();
        }
        line.expect("backward");
        Graph graph = header.graph(this, Fused.apart(forward));
        List<Op> backward = operations(graph.losses());
        for (Op op : backward) {
            if (op instanceof BackwardOp backwardOp && !backwardOp.seeds().isEmpty()) {
                // A sum of what losses gave is where backward starts, instead of its parts.
                seeds.removeIf(seed -> op.inputs().contains(seed.gradient()));
                seeds.addAll(backwardOp.seeds());
            }
        }
        List<Value> inputGradients =
                wanted.map(given -> given.list(() -> value(given))).orElseGet(List::of);
        Map<Value, MemoryPlan.Placement> placements = new HashMap<>();
        places.forEach((value, place) -> placements.put(value, place.apply(this)));
        MemoryPlan memory = planned ? MemoryPlan.of(places.keySet(), placements, size, forwardSize) : MemoryPlan.NONE;
        return new Program(graph, forward, backward, seeds, inputGradients, memory);
    }

    /** The declarations that stand for themselves. */
    private record Header(
            Graph.Declaration declaration,
            Precision precision,
            List<Value> inputs,
            List<Statistic> statistics,
            Optional<OptimizerDecl> optimizer) {
        private Graph graph(IrReader reader, List<Op> operations) {
            List<ForwardOp> forward = new ArrayList<>();
            for (Op op : operations) {
                if (!(op instanceof ForwardOp forwardOp)) {
                    throw new IllegalArgumentException(op.signature().name() + " belongs to a backward pass");
                }
                forward.add(forwardOp);
            }
            return new Graph(
                    declaration,
                    precision,
                    inputs,
                    List.copyOf(reader.parameters.values()),
                    statistics,
                    forward,
                    reader.outputs.stream().map(reader::value).toList(),
                    new Graph.Training(
                            reader.losses.stream().map(reader::loss).toList(),
                            optimizer,
                            reader.groups.stream().map(reader::optimizerGroup).toList(),
                            reader.updates.stream().map(reader::updateGroup).toList(),
                            reader.wantedInputs),
                    new Graph.Written(reader.calls, reader.blocks, Map.of()));
        }
    }

    private Header header() {
        IrLine line = lines.next();
        line.expect("network");
        String qualified = line.word();
        Precision precision = line.constant(Precision.class);
        SourceSpan span = line.cite().span();
        String documentation = "";
        List<Value> inputs = new ArrayList<>();
        List<Statistic> statistics = new ArrayList<>();
        Optional<OptimizerDecl> optimizer = Optional.empty();
        for (IrLine declaration : lines.indented()) {
            String kind = declaration.word();
            switch (kind) {
                case "documentation" -> documentation = declaration.quoted();
                case "input" -> {
                    Value input = declared(declaration, Value.Kind.INPUT);
                    inputs.add(input);
                    if (declaration.take("with gradient")) {
                        wantedInputs.add(input);
                    }
                }
                case "parameter" -> parameter(declaration);
                case "statistic" -> {
                    Value value = declared(declaration, Value.Kind.STATISTIC);
                    statistics.add(
                            declaration.isQuoted()
                                    ? new Statistic(value, PrintedOp.function("the start", declaration.quoted()))
                                    : new Statistic(value, declaration.number()));
                }
                case "output" -> outputs.add(declaration);
                case "target" -> declared(declaration, Value.Kind.TARGET);
                case "loss" -> losses.add(declaration);
                case "optimizer" -> optimizer = Optional.of(OptimizerText.read(declaration));
                case "group" -> groups.add(declaration);
                case "formula" -> {
                    RegularizerTerm term = IrFormulas.read(declaration);
                    formulas.put(IrFormulas.call(term), term);
                }
                case "update" -> updates.add(declaration);
                case "call" -> calls.put(declaration.valueName(), declaration.quoted());
                case "block" -> {
                    String name = declaration.word();
                    String text = declaration.isAtQuote() ? declaration.quoted() : "";
                    blocks.add(new Block(name, text, declaration.cite().span(), List.of()));
                }
                case "instance" -> instance(declaration);
                default -> throw declaration.unexpected("a declaration");
            }
        }
        int dot = qualified.lastIndexOf('.');
        return new Header(
                new Graph.Declaration(
                        dot < 0 ? "" : qualified.substring(0, dot), qualified.substring(dot + 1), documentation, span),
                precision,
                inputs,
                statistics,
                optimizer);
    }

    private void instance(IrLine line) {
        if (blocks.isEmpty()) {
            throw line.unexpected("a block before its instances");
        }
        Map<String, Long> sizes = new LinkedHashMap<>();
        String path = line.valueName();
        if (line.take("with")) {
            line.attributes().forEach((name, size) -> sizes.put(name, Long.valueOf(size)));
        }
        Block block = blocks.remove(blocks.size() - 1);
        List<Block.Instance> instances = new ArrayList<>(block.instances());
        instances.add(new Block.Instance(path, sizes));
        blocks.add(new Block(block.name(), block.documentation(), block.span(), instances));
    }

    private Value declared(IrLine line, Value.Kind kind) {
        String name = line.valueName();
        return define(
                new Value(name, line.element(), line.shape(), kind, line.cite().span()));
    }

    private Value define(Value value) {
        values.put(value.name(), value);
        return value;
    }

    private void parameter(IrLine line) {
        Value value = declared(line, Value.Kind.PARAMETER);
        ParameterDecl.Role role = line.constant(ParameterDecl.Role.class);
        roles.put(value, role);
        roles.put(value.gradient(), role);
        InitializerDecl initializer = IrWords.initializer(line);
        int units = line.take("units") ? (int) line.integer() : 0;
        OptionalDouble sparsity = line.take("sparsity") ? OptionalDouble.of(line.number()) : OptionalDouble.empty();
        parameters.put(value, new ParameterDecl(value, role, initializer, line.take("frozen"), units, sparsity));
    }

    /** A value that was declared or computed before. */
    private Value value(IrLine line) {
        Value value = values.get(line.valueName());
        if (value == null) {
            throw line.unexpected("a value that is written somewhere");
        }
        return value;
    }

    private Loss loss(IrLine line) {
        double scale = line.number();
        line.expect("*");
        Optional<Loss.Kind> kind =
                line.take(LossText.FORMULA) ? Optional.empty() : Optional.of(line.constant(Loss.Kind.class));
        line.expect("(");
        List<Value> operands = line.list(() -> operand(line));
        Map<String, String> attributes = line.take(";") ? line.attributes() : Map.of();
        line.expect(")");
        boolean whole = operands.stream().skip(1).anyMatch(Value::isWhole);
        Loss.Function function = LossText.read(line, kind, attributes, !whole);
        return new Loss(function, scale, operands, line.cite().span());
    }

    /** An operand of a loss: a value that is known, or the target, which the loss declares. */
    private Value operand(IrLine line) {
        String name = line.valueName();
        if (line.isAt("[") || line.isAt("int[")) {
            return define(new Value(
                    name,
                    line.element(),
                    line.shape(),
                    Value.Kind.TARGET,
                    line.cite().span()));
        }
        Value value = values.get(name);
        if (value == null) {
            throw line.unexpected("a value that is written somewhere");
        }
        return value;
    }

    private OptimizerGroup optimizerGroup(IrLine line) {
        String clause = line.quoted();
        line.expect("=");
        OptimizerDecl optimizer = OptimizerText.read(line);
        line.expect(":");
        List<ParameterDecl> members = line.list(() -> parameters.get(value(line)));
        return new OptimizerGroup(optimizer, clause, members, line.cite().span());
    }

    private UpdateGroup updateGroup(IrLine line) {
        boolean quoted = line.isAtQuote();
        String name = quoted ? line.quoted() : line.word();
        List<RegularizerTerm> terms = new ArrayList<>();
        if (line.take("=")) {
            do {
                terms.add(IrFormulas.defined(line, formulas).orElseGet(() -> IrWords.term(line)));
            } while (line.take("+"));
        }
        line.expect(":");
        List<ParameterDecl> members = new ArrayList<>();
        List<UpdateGroup.Activity> activities = new ArrayList<>();
        line.list(() -> {
            if (line.take("mean of")) {
                return activities.add(new UpdateGroup.Activity(value(line), UpdateGroup.Reduction.MEAN));
            } else if (line.take("sum of")) {
                return activities.add(new UpdateGroup.Activity(value(line), UpdateGroup.Reduction.SUM));
            }
            return members.add(parameters.get(value(line)));
        });
        boolean plain = !quoted && name.equals("plain") && terms.isEmpty();
        return new UpdateGroup(plain ? "" : name, terms, members, activities);
    }

    private List<Op> operations(List<Loss> present) {
        List<Op> operations = new ArrayList<>();
        List<Op> parts = new ArrayList<>();
        for (IrLine line : lines.indented()) {
            if (line.isPart()) {
                parts.add(operation(line, present));
                continue;
            }
            fuse(parts, operations);
            if (!line.take(IrPrinter.IN_ONE_PASS)) {
                operations.add(operation(line, present));
            }
        }
        fuse(parts, operations);
        return operations;
    }

    private void fuse(List<Op> parts, List<Op> operations) {
        if (!parts.isEmpty()) {
            Set<Value> written = new HashSet<>();
            parts.forEach(part -> written.addAll(part.outputs()));
            written.removeAll(passing);
            operations.add(Fused.of(parts, written));
            parts.clear();
        }
    }

    private Op operation(IrLine line, List<Loss> present) {
        IrLine.Cite cite = line.cite();
        List<Value> results = new ArrayList<>();
        results.add(result(line, Value.Kind.ACTIVATION));
        boolean further = true;
        while (further) {
            if (line.take(IrPrinter.AND)) {
                results.add(result(line, Value.Kind.ACTIVATION));
            } else if (line.take(",")) {
                results.add(result(line, Value.Kind.SAVED));
            } else {
                further = false;
            }
        }
        if (!line.take("+=")) {
            line.expect("=");
        }
        String kind = line.word();
        line.expect("(");
        List<Value> operands = line.isAt("%") ? line.list(() -> value(line)) : List.of();
        Map<String, String> attributes = line.take(";") ? line.attributes() : Map.of();
        line.expect(")");
        Origin origin = new Origin(
                cite.layer().orElse(results.get(0).name()),
                cite.word().orElseThrow(() -> line.unexpected("the word of the layer before the file")),
                cite.span());
        PrintedOp.Reader reader = readers.get(kind);
        if (reader == null) {
            throw line.unexpected("an operation before it, not " + kind);
        }
        try {
            Op op = reader.read(new PrintedOp(origin, operands, results, attributes, roles, present));
            if (!op.inputs().equals(operands) || !op.outputs().equals(results)) {
                throw new IllegalArgumentException("it reads " + op.inputs() + " and writes " + op.outputs());
            }
            return op;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    line.unexpected("a whole " + kind).getMessage() + ": " + e.getMessage(), e);
        }
    }

    /** A value that is written here; the name of one that is a gradient tells so. */
    private Value result(IrLine line, Value.Kind kind) {
        String name = line.valueName();
        ElementType element = line.element();
        Shape shape = line.shape();
        Value value = name.startsWith(Value.gradientName(""))
                ? gradient(name, shape, line)
                : new Value(name, element, shape, kind, line.cite().span());
        define(value);
        if (line.take(IrPrinter.IN_PASSING)) {
            passing.add(value);
        }
        place(line).ifPresent(place -> places.put(value, place));
        return value;
    }

    private Value gradient(String name, Shape shape, IrLine line) {
        Value known = values.get(name);
        if (known != null) {
            return known;
        }
        Value of = values.get(base(name));
        if (of == null) {
            throw line.unexpected("the gradient of a value that is written somewhere");
        }
        boolean ofParameter = parameters.containsKey(of);
        return new Value(name, shape, ofParameter ? Value.Kind.PARAMETER_GRADIENT : Value.Kind.GRADIENT, of.span());
    }

    /** {@code conv} of {@code d conv (from relu)}. */
    private static String base(String gradient) {
        int part = gradient.indexOf(" (");
        return gradient.substring(Value.gradientName("").length(), part < 0 ? gradient.length() : part);
    }

    private Seed seed(Value gradient) {
        return new Seed(known(base(gradient.name())), gradient);
    }

    private static MemoryPlan.Size size(IrLine line) {
        long perSample = line.integer();
        line.expect("per sample,");
        long fixed = line.integer();
        line.expect("fixed");
        return new MemoryPlan.Size(perSample, fixed);
    }

    private static Optional<Function<IrReader, MemoryPlan.Placement>> place(IrLine line) {
        if (line.take("at fixed")) {
            long offset = line.integer();
            MemoryPlan.Placement at =
                    line.take("forward") ? new MemoryPlan.Fixed(offset, line.integer()) : new MemoryPlan.Fixed(offset);
            return Optional.of(reader -> at);
        } else if (line.take("at")) {
            long offset = line.integer();
            MemoryPlan.Placement at = line.take("forward")
                    ? new MemoryPlan.PerSample(offset, line.integer())
                    : new MemoryPlan.PerSample(offset);
            return Optional.of(reader -> at);
        } else if (line.take("in")) {
            String of = line.valueName();
            line.expect("from");
            int from = (int) line.integer();
            int axis = line.take("of axis") ? (int) line.integer() : 1;
            return Optional.of(reader -> new MemoryPlan.Within(new View.Part(reader.known(of), axis, from)));
        } else if (line.take("as")) {
            String as = line.valueName();
            Optional<List<Integer>> order =
                    line.take("by") ? Optional.of(PrintedOp.axesOf(line.quoted())) : Optional.empty();
            return Optional.of(reader ->
                    new MemoryPlan.Within(order.<View>map(axes -> new View.Permuted(reader.known(as), axes))
                            .orElseGet(() -> new View.Same(reader.known(as)))));
        }
        return Optional.empty();
    }

    private Value known(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("%" + name + " is read, and written nowhere");
        }
        return value;
    }
}
