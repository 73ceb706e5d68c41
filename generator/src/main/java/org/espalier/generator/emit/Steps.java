package org.espalier.generator.emit;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Origin;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Value;

/** One pass, forward or backward: a method for each layer, and the calls of these methods in order. */
final class Steps {
    /** Operations of one layer in one method; the longest call has some 60 bytecodes. */
    private static final int LONGEST = 100;

    private final String pass;
    private final Names names;
    private final OperationEmitter emitter;
    private final Set<Value> gradients = new HashSet<>();
    private final List<CodeBlock> calls = new ArrayList<>();
    private final List<MethodSpec> methods = new ArrayList<>();
    private final SortedMap<String, ClassName> kernels = new TreeMap<>();
    private final Map<String, Integer> turns = new HashMap<>();

    private Steps(String pass, Program program, Names names, OperationEmitter emitter) {
        this.pass = pass;
        this.names = names;
        this.emitter = emitter;
        program.backward().forEach(op -> gradients.addAll(op.outputs()));
    }

    /** {@code forward…} methods. */
    static Steps forward(Program program, Names names, OperationEmitter emitter) {
        Steps steps = new Steps("forward", program, names, emitter);
        steps.addAll(program.forward());
        return steps;
    }

    /** {@code backward…} methods. */
    static Steps backward(Program program, Names names, OperationEmitter emitter) {
        Steps steps = new Steps("backward", program, names, emitter);
        steps.addAll(program.backward());
        return steps;
    }

    /** The calls of the layers' methods, one a line, and remarks about layers that have nothing to run. */
    List<CodeBlock> calls() {
        return calls;
    }

    /** The layers' methods. */
    List<MethodSpec> methods() {
        return methods;
    }

    /** The kernels that they call, sorted, and whose methods they are. */
    SortedMap<String, ClassName> kernels() {
        return kernels;
    }

    private void addAll(List<Op> operations) {
        int from = 0;
        for (int to = 1; to <= operations.size(); to++) {
            boolean last = to == operations.size();
            if (last || to - from == LONGEST || !layer(operations.get(to)).equals(layer(operations.get(from)))) {
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
        List<Emission> emissions = new ArrayList<>();
        operations.forEach(op -> emissions.add(op.accept(emitter)));
        if (emissions.stream().allMatch(Emission.Nothing.class::isInstance)) {
            emissions.forEach(emission -> calls.add(line(emission)));
            return;
        }
        operations.forEach(op -> emissions.addAll(withoutGradient(op, operations)));
        MethodSpec.Builder method = MethodSpec.methodBuilder(pass + name(origin))
                .addModifiers(Modifier.PRIVATE)
                .addCode("// $L\n", Quotations.statement(origin.span()));
        emissions.forEach(emission -> method.addCode(line(emission)));
        MethodSpec built = method.build();
        methods.add(built);
        calls.add(CodeBlock.of("$N();\n", built));
    }

    /** The layer's name, with a number if the layer has run before. */
    private String name(Origin origin) {
        int turn = turns.merge(origin.layer(), 1, Integer::sum);
        return names.layer(turn == 1 ? origin.layer() : origin.layer() + " " + turn);
    }

    private CodeBlock line(Emission emission) {
        if (emission instanceof Emission.Call call) {
            kernels.put(call.kernel(), call.owner());
            return CodeBlock.of("$L\n", call.line());
        }
        return CodeBlock.of("// $L\n", ((Emission.Nothing) emission).remark());
    }

    // Example:
    //
    // // image needs no gradient.
    //
    private List<Emission> withoutGradient(Op op, List<Op> step) {
        boolean onlyParameters = step.stream()
                .flatMap(each -> each.outputs().stream())
                .allMatch(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT);
        return op.inputs().stream()
                .filter(value -> onlyParameters && isRead(value) && !gradients.contains(value.gradient()))
                .map(value -> (Emission) new Emission.Nothing(names.field(value) + " needs no gradient."))
                .toList();
    }

    private static boolean isRead(Value value) {
        return value.kind() == Value.Kind.INPUT || value.kind() == Value.Kind.ACTIVATION;
    }
}
