package org.espalier.generator.analysis;

import java.util.function.Function;

/** Makes callees of layer rules. */
final class Primitives {
    private Primitives() {}

    static Builtin layer(Signature signature, Function<Arguments, LayerRule> rule) {
        return of(Builtin.Kind.LAYER, signature, rule);
    }

    static Builtin norm(Signature signature, Function<Arguments, LayerRule> rule) {
        return of(Builtin.Kind.NORM, signature, rule);
    }

    private static Builtin of(Builtin.Kind kind, Signature signature, Function<Arguments, LayerRule> rule) {
        return new Builtin(kind, signature, (site, arguments) -> {
            Layer.Primitive layer = new Layer.Primitive(
                    site.site(), signature.callee(), rule.apply(arguments), ActivityPenalty.of(arguments));
            site.session().made(layer);
            return new Datum.LayerDatum(layer);
        });
    }
}
