package org.espalier.generator.ir;

import java.util.OptionalDouble;
import org.espalier.generator.ir.op.Value;

/**
 * A learned tensor.
 *
 * @param value its tensor, named {@code layer path.role}, as in {@code unet.downconv.weight}
 * @param role what it is to its layer
 * @param initializer how it starts
 * @param frozen whether training leaves it alone
 * @param outputAxis the axis whose indices are the layer's output units, which terms on units group by: 1 for the
 *     weight {@code [in, out, kH, kW]} of a transposed convolution, 0 for all others
 * @param sparsityBelow below which absolute value its numbers count as small in reports of its sparsity, 0 if exact
 *     zeros alone count; empty without such reports
 */
public record ParameterDecl(
        Value value,
        Role role,
        InitializerDecl initializer,
        boolean frozen,
        int outputAxis,
        OptionalDouble sparsityBelow) {
    /** Role of a parameter in its layer. Only {@link #WEIGHT} is regularized unless a clause names the others. */
    public enum Role {
        /** Weight of a linear or convolution layer. */
        WEIGHT,
        /** Bias of a linear or convolution layer. */
        BIAS,
        /** Scale of a normalization layer. */
        NORM_WEIGHT,
        /** Shift of a normalization layer. */
        NORM_BIAS
    }

    /** Checks that the tensor is a parameter and has the axis. */
    public ParameterDecl {
        if (value.kind() != Value.Kind.PARAMETER) {
            throw new IllegalArgumentException(value + " is not a parameter but " + value.kind());
        }
        if (outputAxis < 0 || outputAxis >= value.shape().rank()) {
            throw new IllegalArgumentException(value + " " + value.shape() + " has no axis " + outputAxis);
        }
    }

    /** One whose first axis is that of the output units, without reports. */
    public ParameterDecl(Value value, Role role, InitializerDecl initializer, boolean frozen) {
        this(value, role, initializer, frozen, 0, OptionalDouble.empty());
    }

    /** The parameter's path, which is its key in weights files. */
    public String name() {
        return value.name();
    }
}
