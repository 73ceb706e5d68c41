package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Quotations;

/** One pass, forward or backward: a method for each layer, and the calls of these methods in order. */
final class PassEmitter {
    /** Operations of one layer in one method; the longest call has some 110 bytecodes. */
    private static final int LONGEST = 60;

    private final String pass;
    private final Names names;
    private final Parts parts;
    private final Operands operands;
    private final Set<Value> gradients = new HashSet<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<Part, List<MethodSpec>> methods = new HashMap<>();
    private final SortedMap<String, ClassName> kernels = new TreeMap<>();
    private final Map<String, Integer> turns = new HashMap<>();

    /** Layers that run one after another and are of the same part: a method of it, unless it is the class itself. */
    private record Run(Part part, String method, List<CodeBlock> calls) {}

    private PassEmitter(String pass, Program program, Names names, Parts parts, Operands operands) {
        this.pass = pass;
        this.names = names;
        this.parts = parts;
        this.operands = operands;
        program.backward().forEach(op -> gradients.addAll(op.outputs()));
    }

    /** {@code forward…} methods. */
    static PassEmitter forward(Program program, Names names, Parts parts, Operands operands) {
        PassEmitter steps = new PassEmitter("forward", program, names, parts, operands);
        steps.addAll(program.forward());
        return steps;
    }

    /** {@code backward…} methods. */
    static PassEmitter backward(Program program, Names names, Parts parts, Operands operands) {
        PassEmitter steps = new PassEmitter("backward", program, names, parts, operands);
        steps.addAll(program.backward());
        return steps;
    }

    /**
     * What the class itself runs: the calls of its layers' methods, one a line, remarks about layers that have nothing
     * to run, and the calls of other parts.
     */
    List<CodeBlock> calls() {
        List<CodeBlock> calls = new ArrayList<>();
        for (Run run : runs) {
            if (run.part().isNested()) {
                calls.add(run.part().call(method(run, sequence(run))));
            } else {
                calls.addAll(run.calls());
            }
        }
        return calls;
    }

    /** The methods of a part: what is called from outside, if it is not the class itself, and those of its layers. */
    List<MethodSpec> methods(Part part) {
        List<MethodSpec> all = new ArrayList<>();
        for (Run run : runs) {
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
    // void forward() {
    //     forwardBody1Conv();
    //     forwardBody1Relu();
    // }
    //
    private static MethodSpec method(Run run, Sequence sequence) {
        return run.part().method(run.method()).addCode(sequence.body()).build();
    }

    private Sequence sequence(Run run) {
        return Sequence.of(run.method(), names, run.calls());
    }

    private List<CodeBlock> callsIn(Part part) {
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last == null || last.part() != part) {
            long before = runs.stream().filter(run -> run.part() == part).count();
            last = new Run(part, before == 0 ? pass : pass + (before + 1), new ArrayList<>());
            runs.add(last);
        }
        return last.calls();
    }

    /** The kernels that they call, sorted, and whose methods they are. */
    SortedMap<String, ClassName> kernels() {
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

    private static String layer(Op op) {
        return op.origin().layer();
    }

    private void add(List<Op> operations) {
        Origin origin = operations.get(0).origin();
        Part part = parts.of(origin.layer(), operations.get(0).outputs().get(0));
        CallEmitter emitter = new CallEmitter(operands.in(part), names);
        List<CodeBlock> calls = callsIn(part);
        List<Emission> emissions = new ArrayList<>();
        operations.forEach(op -> emissions.add(emitter.emit(op)));
        if (emissions.stream().allMatch(Emission.Nothing.class::isInstance)) {
            emissions.forEach(emission -> calls.add(line(emission)));
            return;
        }
        operations.forEach(op -> emissions.addAll(withoutGradient(op, operations, part)));
        MethodSpec.Builder method = MethodSpec.methodBuilder(pass + name(origin))
                .addModifiers(Modifier.PRIVATE)
                .addCode(JavaText.comment(Quotations.statement(origin.span())));
        List<Origin> others = others(operations);
        others.forEach(other -> method.addCode(JavaText.comment(Quotations.statement(other.span()))));
        emissions.forEach(emission -> method.addCode(line(emission)));
        MethodSpec built = method.build();
        methods.computeIfAbsent(part, key -> new ArrayList<>()).add(built);
        calls.add(CodeBlock.of("$N();$L\n", built, remark(others)));
    }

    /**
     * The layers whose work that of this one includes, since their operations are fused with its. Of a layer whose
     * gradient is only added up here, the work is elsewhere.
     */
    private static List<Origin> others(List<Op> operations) {
        Map<String, Origin> others = new LinkedHashMap<>();
        for (Op op : Fused.apart(operations)) {
            if (!isSumOfGradients(op)) {
                others.putIfAbsent(op.origin().layer(), op.origin());
            }
        }
        others.remove(layer(operations.get(0)));
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
        return JavaText.comment(((Emission.Nothing) emission).remark());
    }

    private void imports(Emission.Call call) {
        kernels.put(call.kernel(), call.owner());
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
                .map(value -> (Emission) new Emission.Nothing(parts.field(value, part) + " needs no gradient."))
                .toList();
    }

    private static boolean isRead(Value value) {
        return value.kind() == Value.Kind.INPUT || value.kind() == Value.Kind.ACTIVATION;
    }
}
