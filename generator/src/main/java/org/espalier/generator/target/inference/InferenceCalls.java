package org.espalier.generator.target.inference;

import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.KernelCall.Owner;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.Storage;
import org.espalier.generator.target.java.Windows;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.ShapeText;

/**
 * Writes operations as calls of the kernels of {@code espalier-inference}, which leave out what only training needs.
 */
final class InferenceCalls {
    private final Names names;
    private final Windows windows;
    private final Storage storage;
    private final InferenceEpilogues epilogues;
    private final Set<Value> ofPass = new HashSet<>();

    /** Weights that forward reads; the others are read from the file where they are needed. */
    private final Set<Value> kept = new HashSet<>();

    /** Operations that read a value, and outputs that it is. */
    private final Map<Value, Integer> readers = new HashMap<>();

    private final Set<Value> declared = new HashSet<>();
    private final Map<Owner, Set<String>> kernels = new EnumMap<>(Owner.class);

    InferenceCalls(Program program, List<Op> constants, Names names, Windows windows) {
        this.names = names;
        this.windows = windows;
        this.storage = new Storage(program.memory());
        this.epilogues = new InferenceEpilogues(storage, value -> readers.getOrDefault(value, 0) == 1);
        ofPass.addAll(program.graph().inputs());
        program.forward().forEach(op -> ofPass.addAll(op.outputs()));
        program.forward().forEach(op -> kept.addAll(op.inputs()));
        kept.addAll(program.graph().outputs());
        kept.removeAll(ofPass);
        Stream.concat(constants.stream(), program.forward().stream())
                .flatMap(op -> op.inputs().stream())
                .forEach(this::count);
        program.graph().outputs().forEach(this::count);
        program.graph().parameters().forEach(parameter -> declared.add(parameter.value()));
        program.graph().statistics().forEach(statistic -> declared.add(statistic.value()));
    }

    /** Tells whether a value of the weights, or computed from them, is needed by predictions. */
    boolean isKept(Value value) {
        return kept.contains(value);
    }

    private void count(Value value) {
        readers.merge(value, 1, Integer::sum);
    }

    /** Tells whether predictions, or what they compute once, need a value. */
    boolean isRead(Value value) {
        return readers.containsKey(value);
    }

    /** Marks a value that several operations read: weights of one are kept only as it packs them. */
    String sharing(Value value) {
        return !value.isWhole() && readers.getOrDefault(value, 0) > 1 ? ".shared()" : "";
    }

    /** {@code "conv1.weight", 16, 1, 3, 3}. */
    static String key(Value value) {
        String sizes =
                value.shape().dimensions().stream().map(size -> ", " + size).collect(Collectors.joining());
        return JavaText.literal(value.name()) + sizes;
    }

    /** {@code weight("conv1.weight", 16, 1, 3, 3)}. */
    static String reading(Value value) {
        return (value.isWhole() ? "indices(" : "weight(") + key(value) + ")";
    }

    /** Tells whether a value belongs to a call, as opposed to the weights. */
    boolean isOfPass(Value value) {
        return ofPass.contains(value);
    }

    /** The names of kernels that were called. */
    Map<Owner, Set<String>> kernels() {
        return kernels;
    }

    // Example:
    //
    // conv2d(image, conv1Weight, conv1Bias, conv1, KERNEL_3_PADDING_1);
    // // flatten1 is maxpool2 as [batch, 1568].
    //
    CodeBlock statement(Op op) {
        Effect effect = op.effect();
        if (effect instanceof Effect.Reshapes reshape) {
            return storage.same(reshape.in(), reshape.out()) && isOfPass(reshape.out())
                    ? remark(names.field(reshape.out()) + " is " + names.field(reshape.in()) + " as "
                            + ShapeText.of(reshape.out().shape()) + ".")
                    : call(Owner.KERNELS, "copy", operand(reshape.in()) + ", " + names.field(reshape.out()));
        }
        if (storage.isPlannedAway(effect)) {
            return remark(seen(effect));
        }
        KernelCall kernelCall = op.call();
        Set<Value> saved = kernelCall.owner() == Owner.NORMALIZATIONS
                ? Set.of()
                : Set.copyOf(op.signature().saved());
        return call(kernelCall.owner(), Identifiers.camelCase(kernelCall.kernel()), arguments(kernelCall, saved));
    }

    private String arguments(KernelCall kernelCall, Set<Value> saved) {
        List<String> arguments = new ArrayList<>();
        for (Argument argument : kernelCall.arguments()) {
            boolean left = argument instanceof Argument.State
                    || (argument instanceof Argument.Operand operand && saved.contains(operand.value()));
            if (!left) {
                arguments.add(written(argument));
            }
        }
        return String.join(", ", arguments);
    }

    /** The operations behind the first that its kernel does on its way. */
    List<Op> epilogues(List<Op> operations) {
        return epilogues.behind(operations);
    }

    // Example:
    //
    // conv2d(relu1, conv2Weight, bn2Shift, relu2, KERNEL_3_PADDING_1, plus(maxpool1), relu());
    //
    CodeBlock statement(Op op, List<Op> behind) {
        if (behind.isEmpty()) {
            return statement(op);
        }
        Op last = behind.get(behind.size() - 1);
        StringBuilder arguments =
                new StringBuilder(arguments(op.call().replacing(op.result(), last.result()), Set.of()));
        Value before = op.result();
        for (Op step : behind) {
            boolean sum = step.inputs().size() > 1;
            KernelCall kernelCall = step.call().without(before).without(step.result());
            String name = sum ? "plus" : Identifiers.camelCase(kernelCall.kernel());
            called(kernelCall.owner(), name);
            arguments
                    .append(", ")
                    .append(name)
                    .append('(')
                    .append(arguments(kernelCall, Set.of()))
                    .append(')');
            before = step.result();
        }
        return call(op.call().owner(), Identifiers.camelCase(op.call().kernel()), arguments.toString());
    }

    private String seen(Effect effect) {
        if (effect instanceof Effect.Gathers gather) {
            String parts = gather.parts().stream().map(names::field).distinct().collect(Collectors.joining(", "));
            return parts + (gather.parts().size() == 1 ? " was" : " were") + " written into "
                    + names.field(gather.out()) + ".";
        }
        return effect.views().stream()
                .map(alias -> names.field(alias.value()) + " is seen in "
                        + names.field(alias.view().of()))
                .collect(Collectors.joining(", ", "", "."));
    }

    private static CodeBlock remark(String text) {
        return JavaText.comment(text);
    }

    private void called(Owner owner, String kernel) {
        kernels.computeIfAbsent(owner, of -> new TreeSet<>()).add(kernel);
    }

    private CodeBlock call(Owner owner, String kernel, String arguments) {
        called(owner, kernel);
        return CodeBlock.of("$L($L);\n", kernel, arguments);
    }

    /** A value by its name, or where predictions do not need it, by what reads it from the file. */
    private String operand(Value value) {
        return declared.contains(value) && !kept.contains(value) ? reading(value) : names.field(value);
    }

    private String written(Argument argument) {
        if (argument instanceof Argument.Operand operand) {
            return operand(operand.value());
        } else if (argument instanceof Argument.Absent) {
            return "null";
        } else if (argument instanceof Argument.Real real) {
            return Literals.number(real.number());
        } else if (argument instanceof Argument.Whole whole) {
            return String.valueOf(whole.number());
        } else if (argument instanceof Argument.Flag flag) {
            return String.valueOf(flag.set());
        } else if (argument instanceof Argument.Sizes sizes) {
            return ShapeText.sizes(sizes.sizes().sizes(), "size").toString();
        } else if (argument instanceof Argument.Geometry geometry) {
            return windows.constant(geometry.window());
        } else if (argument instanceof Argument.Function function) {
            return names.function(function);
        } else if (argument instanceof Argument.Axes axes) {
            return names.axes(axes.axes());
        }
        throw new IllegalArgumentException(argument + " is no argument of a kernel of inference");
    }
}
