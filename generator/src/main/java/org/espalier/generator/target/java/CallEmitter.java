package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

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
        Optional<Text> nothing = nothing(op);
        if (nothing.isPresent()) {
            return new Emission.Nothing(nothing.get());
        }
        KernelCall call = op.call();
        Text remark = call.remark().isEmpty() ? remark(op) : Text.of(JavaText.inComment(call.remark()));
        boolean adds = call.arguments().contains(Argument.State.ACCUMULATE) && operands.isAdded(op);
        Text added = adds ? Text.of(remark, remark.isEmpty() ? "added" : ", added") : remark;
        Emission.Call emitted = call(op, call).with(added);
        if (operands.isOfParametersAlone(op)) {
            return emitted.with(new Emission.Guard(operands.state(Operands.LEARNING), Optional.empty()));
        }
        if (operands.isOfParametersToo(op)) {
            Emission.Call otherwise = call(op, call.withoutParameterGradients());
            return emitted.with(new Emission.Guard(operands.state(Operands.LEARNING), Optional.of(otherwise)));
        }
        return emitted;
    }

    // Example:
    //
    // // flat is pool as [batch, 392].
    // // dNorm is dSum.
    // // dUp is channels 64 to 127 of dSkip.
    // // query is 0 to 63 of axis 2 of all.
    // // heads is query as [batch, 4, 8, 16], by its strides.
    // // down and up were written into skip.
    // // dLogits was computed with the loss, or given.
    //
    private Optional<Text> nothing(Op op) {
        Effect effect = op.effect();
        if (op instanceof BackwardOp backward && !backward.seeds().isEmpty()) {
            String seeds = op.outputs().stream()
                    .filter(operands::isSeed)
                    .map(operands::field)
                    .collect(Collectors.joining(" and "));
            boolean several = op.outputs().stream().filter(operands::isSeed).count() > 1;
            return Optional.of(
                    seeds.isEmpty()
                            ? Text.EMPTY
                            : Text.of(seeds + (several ? " were" : " was") + " computed with the loss, or given."));
        }
        if (!operands.storage().isPlannedAway(effect)) {
            return Optional.empty();
        }
        if (effect instanceof Effect.Reshapes reshape) {
            boolean same = reshape.in().shape().equals(reshape.out().shape());
            Text shape = same
                    ? Text.EMPTY
                    : Text.of(" as ", ShapeText.of(reshape.out().shape()));
            return Optional.of(
                    Text.of(operands.field(reshape.out()), " is ", operands.field(reshape.in()), shape, "."));
        }
        if (effect instanceof Effect.Permutes permutes) {
            return Optional.of(Text.of(
                    operands.field(permutes.out()),
                    " is ",
                    operands.field(permutes.in()),
                    " as ",
                    ShapeText.of(permutes.out().shape()),
                    ", by its strides."));
        }
        if (effect instanceof Effect.Slices slices) {
            return Optional.of(Text.of(slices.parts().stream()
                    .map(part -> part(part, slices.axis()) + operands.field(slices.in()))
                    .collect(Collectors.joining(", ", "", "."))));
        }
        if (effect instanceof Effect.Gathers gather) {
            String parts =
                    gather.parts().stream().map(operands::field).distinct().collect(Collectors.joining(" and "));
            return Optional.of(Text.of(parts, " were written into ", operands.field(gather.out()), "."));
        }
        return Optional.empty();
    }

    private String part(Effect.Slices.Part part, int axis) {
        int last = part.from() + part.value().shape().axis(axis) - 1;
        boolean one = last == part.from();
        String range = one ? String.valueOf(last) : part.from() + " to " + last;
        return operands.field(part.value()) + " is " + (axis == 1 ? one ? "channel " : "channels " : "") + range
                + (axis == 1 ? " of " : " of axis " + axis + " of ");
    }

    /** Remarks how the shape changes, or that it works in place. */
    private Text remark(Op op) {
        List<Value> sources = op.signature().sources();
        Value result = op.result();
        if (sources.stream().anyMatch(source -> !source.shape().equals(result.shape()))) {
            return Operands.shapes(sources, result);
        }
        boolean inPlace = sources.stream().anyMatch(source -> operands.storage().same(source, result));
        return inPlace ? Text.of("in place") : Text.EMPTY;
    }

    private Emission.Call call(Op op, KernelCall call) {
        Optional<Norm> object = operands.object(call);
        List<Text> arguments = new ArrayList<>();
        for (Argument argument : call.arguments()) {
            if (object.isEmpty() || !isOf(object.get(), argument)) {
                arguments.add(written(argument, op));
            }
        }
        object.ifPresent(norm -> arguments.add(1, Text.of(operands.field(norm.object()))));
        ClassName owner = object.map(Norm::type).orElseGet(() -> owner(call));
        return new Emission.Call(owner, Identifiers.camelCase(call.kernel()), arguments)
                .with(call.epilogues().stream()
                        .map(epilogue -> call(op, epilogue))
                        .toList());
    }

    /** Tells whether an object stands for an argument of the kernel that it is given to. */
    private static boolean isOf(Norm object, Argument argument) {
        return argument instanceof Argument.Real
                || argument instanceof Argument.Absent
                || argument instanceof Argument.Flag // That statistics are the sample's own, or nothing is added to.
                || (argument instanceof Argument.Operand operand
                        && object.members().contains(operand.value()));
    }

    private static ClassName owner(KernelCall call) {
        return switch (call.owner()) {
            case KERNELS -> RuntimeTypes.KERNELS;
            case SEQUENCES -> RuntimeTypes.SEQUENCES;
            case VOLUMES -> RuntimeTypes.VOLUMES;
            case NORMALIZATIONS -> RuntimeTypes.NORMALIZATIONS;
            case RECURRENCES -> RuntimeTypes.RECURRENCES;
            case ACTIVATIONS -> RuntimeTypes.ACTIVATIONS;
            case FORMULAS -> RuntimeTypes.FORMULAS;
            case ACTIVITY_PENALTIES -> RuntimeTypes.ACTIVITY_PENALTIES;
        };
    }

    private Text written(Argument argument, Op op) {
        if (argument instanceof Argument.Operand operand) {
            String field = operands.field(operand.value());
            return Text.of(isByRows(operand.value(), op) ? Names.byRows(field) : field);
        } else if (argument instanceof Argument.Absent) {
            return Text.of("null");
        } else if (argument instanceof Argument.Real real) {
            return Text.of(new Quantity(Quantity.Type.NUMBER, Literals.number(real.number()), "number"));
        } else if (argument instanceof Argument.Whole whole) {
            return Text.of(Quantity.size(whole.number(), "count"));
        } else if (argument instanceof Argument.Flag flag) {
            return Text.of(new Quantity(Quantity.Type.FLAG, String.valueOf(flag.set()), "flag"));
        } else if (argument instanceof Argument.Sizes sizes) {
            return ShapeText.sizes(sizes.sizes().sizes(), "size");
        } else if (argument instanceof Argument.Geometry geometry) {
            return Text.of(new Quantity(Quantity.Type.WINDOW, operands.constant(geometry.window()), "window"));
        } else if (argument instanceof Argument.Regularizer regularizer) {
            String field = names.regularizer(regularizer.name());
            return Text.of(new Quantity(Quantity.Type.REGULARIZER, field, "regularizer"));
        } else if (argument instanceof Argument.Function function) {
            return Text.of(names.function(function));
        } else if (argument instanceof Argument.Axes axes) {
            return Text.of(names.axes(axes.axes()));
        } else if (argument instanceof Argument.State state) {
            return Text.of(state(state, op));
        }
        throw new IllegalArgumentException(argument + " is no argument of a kernel");
    }

    private static boolean isByRows(Value value, Op op) {
        return value.kind() == Value.Kind.PARAMETER_GRADIENT
                && op instanceof BackwardOp backward
                && backward.writesRowsOnly();
    }

    private String state(Argument.State state, Op op) {
        return switch (state) {
            case TRAINING -> operands.training(op);
            case RANDOM -> operands.state(Operands.RANDOM);
            case WORKSPACE -> operands.state(Operands.WORKSPACE);
            case ACCUMULATE -> operands.state(operands.isAdded(op) ? Operands.ADD : Operands.ACCUMULATE);
        };
    }
}
