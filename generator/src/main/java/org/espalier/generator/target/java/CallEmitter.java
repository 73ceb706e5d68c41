package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.Literals;

/** Emits operations as calls of kernels, or as the remark that memory is planned so that there is nothing to do. */
final class CallEmitter {
    private final Operands operands;
    private final Names names;

    CallEmitter(Operands operands, Names names) {
        this.operands = operands;
        this.names = names;
    }

    // Example:
    //
    // conv2d(image, convWeight, convBias, conv, KERNEL_3_PADDING_1, workspace); // [batch, 1, 8, 8] -> [batch, 4, 8, 8]
    // batchNormBackward(conv, …, dRelu, dConv, dNormWeight, dNormBias, training, accumulate, reluBackward(relu));
    //
    Emission emit(Op op) {
        Optional<String> nothing = nothing(op);
        if (nothing.isPresent()) {
            return new Emission.Nothing(nothing.get());
        }
        KernelCall call = op.call();
        Emission.Call written = call(call);
        String remark = call.remark().isEmpty() ? remark(op) : call.remark();
        int place = call.arguments().indexOf(Argument.State.ACCUMULATE);
        boolean adds = place >= 0 && written.arguments().get(place).equals(Operands.ADD);
        return written.with(adds ? remark + (remark.isEmpty() ? "added" : ", added") : remark);
    }

    // Example:
    //
    // // flat is pool as [batch, 392].
    // // dNorm is dSum.
    // // dUp is channels 64 to 127 of dSkip.
    // // down and up were written into skip.
    // // dLogits was computed with the loss, or given.
    //
    private Optional<String> nothing(Op op) {
        Effect effect = op.effect();
        if (op instanceof BackwardOp backward && backward.seed().isPresent()) {
            return Optional.of(operands.field(op.result()) + " was computed with the loss, or given.");
        }
        if (effect instanceof Effect.Reshapes reshape && operands.storage().same(reshape.in(), reshape.out())) {
            boolean same = reshape.in().shape().equals(reshape.out().shape());
            return Optional.of(operands.field(reshape.out()) + " is " + operands.field(reshape.in())
                    + (same ? "" : " as " + reshape.out().shape()) + ".");
        }
        if (effect instanceof Effect.Slices slices && operands.storage().isPlannedAway(slices)) {
            return Optional.of(slices.parts().stream()
                    .map(part -> channels(part) + operands.field(slices.in()))
                    .collect(Collectors.joining(", ", "", ".")));
        }
        if (effect instanceof Effect.Gathers gather && operands.storage().isPlannedAway(gather)) {
            String parts =
                    gather.parts().stream().map(operands::field).distinct().collect(Collectors.joining(" and "));
            return Optional.of(parts + " were written into " + operands.field(gather.out()) + ".");
        }
        return Optional.empty();
    }

    private String channels(Effect.Slices.Part part) {
        int last = part.from() + part.value().shape().axis(1) - 1;
        return operands.field(part.value()) + " is channels " + part.from() + " to " + last + " of ";
    }

    /** How the shape changes, or that it works in place. */
    private String remark(Op op) {
        List<Value> sources = op.signature().sources();
        Value result = op.result();
        if (sources.stream().anyMatch(source -> !source.shape().equals(result.shape()))) {
            return Operands.shapes(sources, result);
        }
        return sources.stream().anyMatch(source -> operands.storage().same(source, result)) ? "in place" : "";
    }

    private Emission.Call call(KernelCall call) {
        return new Emission.Call(
                        owner(call),
                        Identifiers.camelCase(call.kernel()),
                        call.arguments().stream()
                                .map(argument -> written(argument, call))
                                .toList())
                .with(call.epilogues().stream().map(this::call).toList());
    }

    private static ClassName owner(KernelCall call) {
        return switch (call.owner()) {
            case KERNELS -> RuntimeTypes.KERNELS;
            case SEQUENCES -> RuntimeTypes.SEQUENCES;
            case VOLUMES -> RuntimeTypes.VOLUMES;
            case RECURRENCES -> RuntimeTypes.RECURRENCES;
            case ACTIVATIONS -> RuntimeTypes.ACTIVATIONS;
            case FORMULAS -> RuntimeTypes.FORMULAS;
            case ACTIVITY_PENALTIES -> RuntimeTypes.ACTIVITY_PENALTIES;
        };
    }

    private String written(Argument argument, KernelCall call) {
        if (argument instanceof Argument.Operand operand) {
            return operands.field(operand.value());
        } else if (argument instanceof Argument.Real real) {
            return Literals.number(real.number());
        } else if (argument instanceof Argument.Whole whole) {
            return String.valueOf(whole.number());
        } else if (argument instanceof Argument.Flag flag) {
            return String.valueOf(flag.set());
        } else if (argument instanceof Argument.Sizes sizes) {
            return Windows.sizes(sizes.sizes());
        } else if (argument instanceof Argument.Geometry geometry) {
            return operands.constant(geometry.window());
        } else if (argument instanceof Argument.Regularizer regularizer) {
            return names.regularizer(regularizer.name());
        } else if (argument instanceof Argument.Function function) {
            return names.function(function);
        } else if (argument instanceof Argument.Axes axes) {
            return names.axes(axes.axes());
        } else if (argument instanceof Argument.State state) {
            return operands.state(state(state, call));
        }
        throw new IllegalArgumentException(argument + " is no argument of a kernel");
    }

    private String state(Argument.State state, KernelCall call) {
        return switch (state) {
            case TRAINING -> Operands.TRAINING;
            case RANDOM -> Operands.RANDOM;
            case WORKSPACE -> Operands.WORKSPACE;
            case ACCUMULATE -> operands.accumulate(parameterGradients(call));
        };
    }

    private static List<Value> parameterGradients(KernelCall call) {
        return call.arguments().stream()
                .filter(Argument.Operand.class::isInstance)
                .map(argument -> ((Argument.Operand) argument).value())
                .filter(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT)
                .toList();
    }
}
