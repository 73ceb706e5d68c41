package org.espalier.generator.elaborate.language;

import java.util.function.BiFunction;

/**
 * A callee of the language itself.
 *
 * @param kind what it makes
 * @param signature its name and what it takes
 * @param body what it gives
 */
public record Builtin(Kind kind, Signature signature, BiFunction<CallSite, Arguments, Datum> body)
        implements Datum.Function {
    /** What a built-in callee makes. */
    public enum Kind {
        /** A layer. */
        LAYER,
        /** A normalisation layer, or one that can stand for it. */
        NORM,
        /** A layer of layers, or a list of them. */
        COMPOSITION,
        /** A number. */
        FUNCTION,
        /** A regularizer. */
        REGULARIZER,
        /** An initializer. */
        INITIALIZER,
        /** A loss. */
        LOSS,
        /** An optimizer. */
        OPTIMIZER
    }

    /** Whether networks compute with the numbers that it is given, and not with what it makes of them. */
    public boolean keepsNumbers() {
        return switch (kind) {
            case LAYER, NORM, INITIALIZER, LOSS, OPTIMIZER -> true;
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
