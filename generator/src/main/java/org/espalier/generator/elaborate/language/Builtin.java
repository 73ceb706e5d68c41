package org.espalier.generator.elaborate.language;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * A callee of the language itself.
 *
 * @param kind what it makes
 * @param signature its name and what it takes
 * @param body what it gives
 */
public record Builtin(Kind kind, Signature signature, BiFunction<CallSite, Arguments, Datum> body)
        implements Datum.Function {
    /** Kind of result that a built-in callee makes. */
    public enum Kind {
        /** A layer. */
        LAYER,
        /** A normalization layer, or one that can stand for it. */
        NORM,
        /** A layer of layers, or a list of them. */
        COMPOSITION,
        /** A number. */
        FUNCTION,
        /** A tensor, or several, of tensors. */
        TENSOR_FUNCTION,
        /** A regularizer. */
        REGULARIZER,
        /** An initializer. */
        INITIALIZER,
        /** A loss. */
        LOSS,
        /** An optimizer. */
        OPTIMIZER
    }

    /**
     * An optimizer or a regularizer of the standard library: its word, and examples, from which its tests follow (five
     * steps of PyTorch, a checkpoint, the printed form).
     *
     * @param callee the word of the language for it
     * @param examples calls, one for each thing that it does differently: {@code Adam(lr=0.01, betas=(0.8, 0.99))}
     */
    public record Definition(Builtin callee, List<String> examples) {
        /** Copies the list. */
        public Definition {
            examples = List.copyOf(examples);
        }

        /** A definition without examples, which {@link #example} adds. */
        public static Definition of(Builtin callee) {
            return new Definition(callee, List.of());
        }

        /** The same with one more example. */
        public Definition example(String call) {
            return new Definition(
                    callee, Stream.concat(examples.stream(), Stream.of(call)).toList());
        }

        /** {@code Adam}. */
        public String name() {
            return callee.name();
        }
    }

    /** Tells whether networks compute with the numbers that it is given, and not with what it makes of them. */
    public boolean keepsNumbers() {
        return switch (kind) {
            case LAYER, NORM, TENSOR_FUNCTION, INITIALIZER, LOSS, OPTIMIZER -> true;
            case COMPOSITION, FUNCTION, REGULARIZER -> false;
        };
    }

    @Override
    public boolean makesLayers() {
        return kind == Kind.LAYER || kind == Kind.NORM;
    }

    @Override
    public boolean makesNorms() {
        return kind == Kind.NORM;
    }

    @Override
    public boolean isSame(Datum.Function other) {
        return other instanceof Builtin builtin && builtin.name().equals(name());
    }

    public String name() {
        return signature.callee();
    }

    @Override
    public Datum call(CallSite site, Arguments arguments) {
        Datum result = body.apply(site, arguments);
        return arguments.areSound() ? result : site.session().unknown();
    }

    @Override
    public String describe() {
        return name();
    }
}
