package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The call of a kernel, as data: each target spells it in its own language.
 *
 * @param owner which kernels it is one of
 * @param kernel its name, in words like the names of printed operations
 * @param arguments in their order
 * @param epilogues element-wise work that it does on its way over memory, in its order
 * @param remark what is said about it; empty where how the shape changes, or that it works in place, says enough
 */
public record KernelCall(
        Owner owner, String kernel, List<Argument> arguments, List<KernelCall> epilogues, String remark) {
    /** The kernels there are. */
    public enum Owner {
        /** Everything else. */
        KERNELS,
        /** Windows over sequences, [batch, channels, length]. */
        SEQUENCES,
        /** Windows over volumes, [batch, channels, depth, height, width]. */
        VOLUMES,
        /** Normalizations. */
        NORMALIZATIONS,
        /** Cells over time. */
        RECURRENCES,
        /** Element-wise functions and softmax. */
        ACTIVATIONS,
        /** Formulas of one's own. */
        FORMULAS,
        /** Penalties on activities. */
        ACTIVITY_PENALTIES;

        /** The kernels of windows that slide along so many axes. */
        public static Owner ofAxes(int axes) {
            return switch (axes) {
                case 1 -> SEQUENCES;
                case 2 -> KERNELS;
                case 3 -> VOLUMES;
                default -> throw new IllegalArgumentException("there are no kernels for " + axes + " axes");
            };
        }
    }

    /** Copies the lists. */
    public KernelCall {
        arguments = List.copyOf(arguments);
        epilogues = List.copyOf(epilogues);
    }

    /** A call of a normalization. */
    public static KernelCall ofNormalization(String kernel, List<Argument> arguments) {
        return new KernelCall(Owner.NORMALIZATIONS, kernel, arguments, List.of(), "");
    }

    /** A call of one of the general kernels. */
    public static KernelCall of(String kernel, Argument... arguments) {
        return new KernelCall(Owner.KERNELS, kernel, List.of(arguments), List.of(), "");
    }

    /** The kernel of the operation's name: operands, what is saved, results, attributes, and what it needs besides. */
    public static KernelCall of(OpSignature signature) {
        return of(
                signature,
                signature.attributes().stream()
                        .map(OpSignature.Attribute::value)
                        .toArray(Argument[]::new));
    }

    /** The kernel of the operation's name, with other constants than its attributes. */
    public static KernelCall of(OpSignature signature, Argument... constants) {
        List<Argument> arguments = new ArrayList<>();
        Stream.of(signature.operands(), signature.saved(), signature.results())
                .flatMap(List::stream)
                .map(Argument.Operand::new)
                .forEach(arguments::add);
        arguments.addAll(List.of(constants));
        Set<Argument.State> states = new TreeSet<>(signature.states());
        boolean ofParameter =
                signature.results().stream().anyMatch(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT);
        if (ofParameter) {
            states.add(Argument.State.ACCUMULATE);
        }
        for (Argument.State state : states) {
            boolean writes = state == Argument.State.ACCUMULATE && !ofParameter;
            arguments.add(writes ? new Argument.Flag(false) : state);
        }
        return of(signature.name(), arguments.toArray(Argument[]::new));
    }

    /** The same call of another kernel. */
    public KernelCall named(Owner newOwner, String newKernel) {
        return new KernelCall(newOwner, newKernel, arguments, epilogues, remark);
    }

    /** The same call of a kernel of the same name elsewhere. */
    public KernelCall by(Owner newOwner) {
        return named(newOwner, kernel);
    }

    /** The same call with something said about it. */
    public KernelCall remarked(String newRemark) {
        return new KernelCall(owner, kernel, arguments, epilogues, newRemark);
    }

    /** The same call with work on its way. */
    public KernelCall with(List<KernelCall> newEpilogues) {
        return new KernelCall(owner, kernel, arguments, newEpilogues, remark);
    }

    /** The same call on another tensor in one place. */
    public KernelCall replacing(Value value, Value by) {
        List<Argument> replaced = new ArrayList<>(arguments);
        replaced.set(place(value), new Argument.Operand(by));
        return new KernelCall(owner, kernel, replaced, epilogues, remark);
    }

    /** The same call without a tensor in one place. */
    public KernelCall without(Value value) {
        List<Argument> fewer = new ArrayList<>(arguments);
        fewer.remove(place(value));
        return new KernelCall(owner, kernel, fewer, epilogues, remark);
    }

    /** The same call with an operand that is absent behind another one. */
    public KernelCall withAbsent(Value before) {
        List<Argument> more = new ArrayList<>(arguments);
        more.add(place(before) + 1, new Argument.Absent());
        return new KernelCall(owner, kernel, more, epilogues, remark);
    }

    /** The same call without the gradients by parameters that it writes, whose places normalizations keep. */
    public KernelCall withoutParameterGradients() {
        if (owner == Owner.NORMALIZATIONS) {
            List<Argument> none =
                    arguments.stream().map(KernelCall::withoutGradient).toList();
            return new KernelCall(owner, kernel, none, epilogues, remark);
        }
        List<Argument> fewer = arguments.stream()
                .filter(argument -> argument != Argument.State.ACCUMULATE)
                .filter(argument -> !(argument instanceof Argument.Operand operand
                        && operand.value().kind() == Value.Kind.PARAMETER_GRADIENT))
                .toList();
        return new KernelCall(owner, kernel, fewer, epilogues, remark);
    }

    private static Argument withoutGradient(Argument argument) {
        if (argument == Argument.State.ACCUMULATE) {
            return new Argument.Flag(false);
        }
        boolean ofParameter =
                argument instanceof Argument.Operand operand && operand.value().kind() == Value.Kind.PARAMETER_GRADIENT;
        return ofParameter ? new Argument.Absent() : argument;
    }

    private int place(Value value) {
        int place = arguments.indexOf(new Argument.Operand(value));
        if (place < 0) {
            throw new IllegalArgumentException(kernel + " is not given " + value);
        }
        return place;
    }
}
