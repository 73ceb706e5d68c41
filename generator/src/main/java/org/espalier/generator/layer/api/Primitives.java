package org.espalier.generator.layer.api;

import java.util.function.Function;
import org.espalier.generator.elaborate.language.ActivityPenalty;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;

/** Makes callees of layer rules. */
public final class Primitives {
    private Primitives() {}

    public static Builtin layer(Signature signature, Function<Arguments, LayerRule> rule) {
        return of(Builtin.Kind.LAYER, signature, rule);
    }

    public static Builtin norm(Signature signature, Function<Arguments, LayerRule> rule) {
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
