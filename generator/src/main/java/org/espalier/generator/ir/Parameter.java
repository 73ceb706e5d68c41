package org.espalier.generator.ir;

/**
 * A learned tensor.
 *
 * @param value its tensor, named {@code layer path.role}, as in {@code unet.downconv.weight}
 * @param role what it is to its layer
 * @param initializer how it starts
 * @param frozen whether training leaves it alone
 */
public record Parameter(Value value, Role role, Initializer initializer, boolean frozen) {
    /** What a parameter is to its layer. Only {@link #WEIGHT} is regularized unless a clause names the others. */
    public enum Role {
        /** Weight of a linear or convolution layer. */
        WEIGHT,
        /** Bias of a linear or convolution layer. */
        BIAS,
        /** Scale of a normalisation layer. */
        NORM_WEIGHT,
        /** Shift of a normalisation layer. */
        NORM_BIAS
    }

    /** Checks that the tensor is a parameter. */
    public Parameter {
        if (value.kind() != Value.Kind.PARAMETER) {
            throw new IllegalArgumentException(value + " is not a parameter but " + value.kind());
        }
    }

    /** The parameter's path, which is its key in weights files. */
    public String name() {
        return value.name();
    }
}
