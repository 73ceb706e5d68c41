package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Line;
import org.espalier.generator.target.java.block.Loops;
import org.espalier.generator.target.java.block.Run;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Quotations;
import org.espalier.generator.target.java.text.Text;

/** Emits one pass, forward or backward: a method for each layer, and the calls of these methods in order. */
final class PassEmitter {
    /** Operations of one layer in one method; the longest call has some 110 bytecodes. */
    private static final int LONGEST = 60;

    private final String pass;
    private final Names names;
    private final Parts parts;
    private final Operands operands;
    private final Set<Value> gradients = new HashSet<>();
    private final List<Stretch> runs = new ArrayList<>();
    private final Map<Part, List<MethodSpec>> methods = new HashMap<>();
    private final SortedMap<String, Set<ClassName>> kernels = new TreeMap<>();
    private final Instances instances;
    private final Graph graph;

    /**
     * Set where the class itself is short, so that its layers need no methods of their own beside the blocks' objects.
     */
    private final boolean straight;

    private final Map<String, Integer> turns = new HashMap<>();

    /** Layers that run one after another and are of the same part: a method of it, unless it is the class itself. */
    private record Stretch(Part part, String method, List<CodeBlock> calls) {}

    private PassEmitter(
            String pass,
            Program program,
            Names names,
            Parts parts,
            Operands operands,
            Instances instances,
            boolean straight) {
        this.straight = straight;
        this.pass = pass;
        this.names = names;
        this.parts = parts;
        this.operands = operands;
        this.instances = instances;
        this.graph = program.graph();
        program.backward().forEach(op -> gradients.addAll(op.outputs()));
    }

    /**
     * The methods of a pass, {@code forward…} or {@code backward…}.
     *
     * @param run the pass
     * @param drafts knows how runs of blocks are called
     */
    static PassEmitter of(
            Run run,
            Program program,
            Names names,
            Parts parts,
            Operands operands,
            NestedBlocks blocks,
            BlockDrafts drafts) {
        Instances instances = blocks.instances();
        boolean straight = !instances.all().isEmpty()
                && run.items().stream().filter(Run.Operation.class::isInstance).count() <= LONGEST;
        Operands here = straight ? operands.in(value -> shown(value, parts), false) : operands;
        PassEmitter steps = new PassEmitter(run.method(), program, names, parts, here, instances, straight);
        List<Op> operations = new ArrayList<>();
        for (Run.Item item : run.items()) {
            if (item instanceof Run.Operation operation) {
                operations.add(operation.op());
            } else if (item instanceof Run.Call call) {
                steps.addAll(operations);
                operations.clear();
                steps.callsIn(parts.main()).add(CodeBlock.of("$L\n", drafts.call(call.run(), instances.network())));
            }
        }
        steps.addAll(operations);
        return steps;
    }

    /** A value in the method of a pass, whose parameters have the names of inputs. */
    private static String shown(Value value, Parts parts) {
        String field = parts.field(value, parts.main());
        return value.kind() == Value.Kind.INPUT ? "this." + field : field;
    }

    /**
     * Lists what the class itself runs: the calls of its layers' methods, one a line, remarks about layers that have
     * nothing to run, and the calls of other parts.
     */
    List<CodeBlock> calls() {
        List<CodeBlock> calls = new ArrayList<>();
        for (Stretch run : runs) {
            if (run.part().isNested()) {
                calls.add(run.part().call(method(run, sequence(run))));
            } else {
                calls.addAll(run.calls());
            }
        }
        return instances.all().isEmpty() ? calls : withLoops(calls);
    }

    /** Calls of one element of an array after another, as loops. */
    private List<CodeBlock> withLoops(List<CodeBlock> calls) {
        List<Line> lines = calls.stream()
                .map(call -> new Line("", Text.of(call.toString().stripTrailing()), List.of(), Text.EMPTY))
                .toList();
        List<CodeBlock> rolled = new ArrayList<>();
        int at = 0;
        for (Line line :
                new Loops(List.of(instances.network())).roll(List.of(lines)).get(0)) {
            int same = lines.subList(at, lines.size()).indexOf(line);
            if (same >= 0) {
                at += same;
                rolled.add(calls.get(at++));
            } else {
                rolled.add(CodeBlock.of("$L\n", line.code()));
            }
        }
        return rolled;
    }

    /** The methods of a part: what is called from outside, if it is not the class itself, and those of its layers. */
    List<MethodSpec> methods(Part part) {
        List<MethodSpec> all = new ArrayList<>();
        for (Stretch run : runs) {
            if (part.isNested() && run.part() == part) {
                Sequence sequence = sequence(run);
                all.add(method(run, sequence));
                all.addAll(sequence.parts());
            }
        }
        all.addAll(methods.getOrDefault(part, List.of()));
        return all;
    }

    // Example:
    //
    // /** Runs its layers, in this order. */
    // void forward() {
    //     forwardBody1Conv();
    //     forwardBody1Relu();
    // }
    //
    private static MethodSpec method(Stretch run, Sequence sequence) {
        return run.part()
                .method(run.method())
                .addJavadoc(Javadoc.of("Runs its layers, in this order.").block())
                .addCode(sequence.body())
                .build();
    }

    private Sequence sequence(Stretch run) {
        return Sequence.of(run.method(), names, run.calls());
    }

    private List<CodeBlock> callsIn(Part part) {
        Stretch last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last == null || last.part() != part) {
            long before = runs.stream().filter(run -> run.part() == part).count();
            last = new Stretch(part, before == 0 ? pass : pass + (before + 1), new ArrayList<>());
            runs.add(last);
        }
        return last.calls();
    }

    /** The kernels that they call, sorted, and whose methods they are. */
    SortedMap<String, Set<ClassName>> kernels() {
        return kernels;
    }

    private void addAll(List<Op> operations) {
        int from = 0;
        for (int to = 1; to <= operations.size(); to++) {
            boolean last = to == operations.size();
            boolean full = Fused.apart(operations.subList(from, to)).size() >= LONGEST;
            if (last || full || !layer(operations.get(to)).equals(layer(operations.get(from)))) {
                add(operations.subList(from, to));
                from = to;
            }
        }
    }

    private String layer(Op op) {
        return instances.origin(op).layer();
    }

    private void add(List<Op> operations) {
        Origin origin = instances.origin(operations.get(0));
        Part part = parts.of(origin.layer(), operations.get(0).outputs().get(0));
        CallEmitter emitter = new CallEmitter(straight ? operands : operands.in(part, parts), names);
        List<CodeBlock> calls = callsIn(part);
        List<Emission> emissions = new ArrayList<>();
        operations.forEach(op -> emissions.add(emitter.emit(op)));
        if (emissions.stream().allMatch(Emission.Nothing.class::isInstance)) {
            emissions.stream().filter(PassEmitter::isSaid).forEach(emission -> calls.add(line(emission)));
            return;
        }
        operations.forEach(op -> emissions.addAll(withoutGradient(op, operations, part)));
        List<Origin> others = others(operations, origin.layer());
        CodeBlock.Builder code = CodeBlock.builder();
        List<String> quotations = Stream.concat(Stream.of(origin), others.stream())
                .map(each -> Quotations.call(graph, each))
                .distinct() // One statement may make many layers.
                .toList();
        if (straight) {
            quotations.forEach(quotation -> code.add(JavaText.comment(quotation)));
        }
        emissions.stream().filter(PassEmitter::isSaid).forEach(emission -> code.add(line(emission)));
        if (straight) {
            calls.add(code.build());
            return;
        }
        MethodSpec built = MethodSpec.methodBuilder(pass + name(origin))
                .addJavadoc(Javadoc.of(String.join("; ", quotations)).block())
                .addModifiers(Modifier.PRIVATE)
                .addCode(code.build())
                .build();
        methods.computeIfAbsent(part, key -> new ArrayList<>()).add(built);
        calls.add(CodeBlock.of("$N();$L\n", built, remark(others)));
    }

    /**
     * The layers whose work that of this one includes, since their operations are fused with its. Of a layer whose
     * gradient is only added up here, the work is elsewhere.
     */
    static List<Origin> others(List<Op> operations, String layer) {
        Map<String, Origin> others = new LinkedHashMap<>();
        for (Op op : Fused.apart(operations)) {
            if (!isSumOfGradients(op)) {
                others.putIfAbsent(op.origin().layer(), op.origin());
            }
        }
        others.remove(layer);
        return List.copyOf(others.values());
    }

    private static boolean isSumOfGradients(Op op) {
        return op instanceof ForwardOp && op.result().kind() == Value.Kind.GRADIENT;
    }

    // Example:
    //
    // forwardNorm(); // and relu
    //
    private static String remark(List<Origin> others) {
        return others.isEmpty()
                ? ""
                : others.stream()
                        .map(other -> Identifiers.camelCase(other.layer()))
                        .collect(Collectors.joining(", ", " // and ", ""));
    }

    /** Tells whether there is anything to write of an operation. */
    private static boolean isSaid(Emission emission) {
        return !(emission instanceof Emission.Nothing nothing
                && nothing.remark().isEmpty());
    }

    /** The layer's name, with a number if the layer has run before. */
    private String name(Origin origin) {
        int turn = turns.merge(origin.layer(), 1, Integer::sum);
        return names.layer(turn == 1 ? origin.layer() : origin.layer() + " " + turn);
    }

    private CodeBlock line(Emission emission) {
        if (emission instanceof Emission.Call call) {
            imports(call);
            return CodeBlock.of("$L\n", call.line());
        }
        return JavaText.comment(((Emission.Nothing) emission).remark().toString());
    }

    private void imports(Emission.Call call) {
        kernels.computeIfAbsent(call.kernel(), kernel -> new LinkedHashSet<>()).add(call.owner());
        call.steps().forEach(this::imports);
    }

    // Example:
    //
    // // image needs no gradient.
    //
    private List<Emission> withoutGradient(Op op, List<Op> step, Part part) {
        boolean onlyParameters = step.stream()
                .flatMap(each -> each.outputs().stream())
                .allMatch(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT);
        return op.inputs().stream()
                .filter(value -> onlyParameters && isRead(value) && !gradients.contains(value.gradient()))
                .map(value -> (Emission) new Emission.Nothing(Text.of(parts.field(value, part), " needs no gradient.")))
                .toList();
    }

    private static boolean isRead(Value value) {
        return value.kind() == Value.Kind.INPUT || value.kind() == Value.Kind.ACTIVATION;
    }
}
