package org.espalier.generator.elaborate.library;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Layer.Joining;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;

/**
 * Layers of layers: {@code sequential}, {@code skip}, {@code residual}, {@code branches}; and of tensors,
 * {@code concat}, {@code add}.
 */
public final class Compositions {
    /** Makes a list of new layers. The evaluator applies it, since it evaluates its second argument again and again. */
    public static final Builtin REPEAT = new Builtin(
            Builtin.Kind.COMPOSITION,
            Signature.of("repeat")
                    .required("count", Type.INT)
                    .required("layer", Type.ANY)
                    .build(),
            (site, arguments) -> arguments.get("layer"));

    /** Takes a tensor through layers. The evaluator applies it, since what else it takes goes to each of them. */
    public static final Builtin THROUGH = new Builtin(
            Builtin.Kind.COMPOSITION,
            Signature.of("through")
                    .required("layers", Type.LAYERS)
                    .required("input", Type.TENSOR)
                    .handedOn("arguments", Type.ANY)
                    .build(),
            (site, arguments) -> arguments.get("input"));

    static final List<Builtin> ALL = List.of(
            composition(Signature.of("sequential").rest("layers", Type.ANY).build(), Compositions::sequential),
            composition(Signature.of("Sequential").rest("layers", Type.ANY).build(), Compositions::sequential),
            composition(
                    Signature.of("skip").required("model", Type.LAYER).build(),
                    (site, arguments) -> aroundInput(site, "skip", arguments, Joining.CONCAT)),
            composition(
                    Signature.of("residual").required("model", Type.LAYER).build(),
                    (site, arguments) -> aroundInput(site, "residual", arguments, Joining.ADD)),
            composition(
                    Signature.of("branches")
                            .rest("layers", Type.ANY)
                            .byName("merge", Type.ANY, new Datum.Text("concat"))
                            .build(),
                    Compositions::branches),
            composition(
                    Signature.of("concat").rest("tensors", Type.ANY).build(),
                    (site, arguments) -> join(site, arguments, Joining.CONCAT)),
            composition(
                    Signature.of("add").rest("tensors", Type.ANY).build(),
                    (site, arguments) -> join(site, arguments, Joining.ADD)),
            composition(Signature.of("deepcopy").required("layer", Type.LAYER).build(), Compositions::copy),
            THROUGH,
            REPEAT);

    private Compositions() {}

    private static Builtin composition(
            Signature signature, java.util.function.BiFunction<CallSite, Arguments, Datum> body) {
        return new Builtin(Builtin.Kind.COMPOSITION, signature, body);
    }

    private static Datum sequential(CallSite site, Arguments arguments) {
        return layers(site, arguments)
                .<Datum>map(parts -> new Datum.LayerDatum(new Layer.Chain(site.site(), parts)))
                .orElseGet(Datum.Unknown::new);
    }

    private static Datum aroundInput(CallSite site, String kind, Arguments arguments, Joining joining) {
        Layer model = ((Datum.LayerDatum) arguments.get("model")).layer();
        return new Datum.LayerDatum(new Layer.Merge(site.site(), kind, List.of(model), joining, true));
    }

    private static Datum branches(CallSite site, Arguments arguments) {
        Optional<Joining> joining = joining(arguments.get("merge"));
        if (joining.isEmpty()) {
            arguments.outOfRange("merge", "concat or add; elsewhere stack([first(x), second(x)], dim=1)");
        }
        return layers(site, arguments)
                .<Datum>map(parts -> new Datum.LayerDatum(
                        new Layer.Merge(site.site(), "branches", parts, joining.orElse(Joining.CONCAT), false)))
                .orElseGet(Datum.Unknown::new);
    }

    /** {@code concat} and {@code add}, as words or as the functions of those names. */
    private static Optional<Joining> joining(Datum merge) {
        String word = merge instanceof Datum.Text text ? text.value() : merge.describe();
        return switch (word) {
            case "concat" -> Optional.of(Joining.CONCAT);
            case "add" -> Optional.of(Joining.ADD);
            default -> Optional.empty();
        };
    }

    /** The layers given one by one, or as one list. */
    private static Optional<List<Layer>> layers(CallSite site, Arguments arguments) {
        List<Datum> given = arguments.rest("layers");
        List<Datum> elements = given.size() == 1 ? Type.elements(given.get(0)) : given;
        if (elements.isEmpty()) {
            arguments.complain(DiagnosticCode.NOT_A_LAYER.at(site.span(), "none"));
            return Optional.empty();
        }
        for (Datum element : elements) {
            if (LayerValues.of(element, site.site()).isEmpty()) {
                arguments.complain(DiagnosticCode.NOT_A_LAYER.at(site.span(), element.describe()));
                return Optional.empty();
            }
        }
        return Optional.of(elements.stream()
                .flatMap(element -> LayerValues.of(element, site.site()).stream())
                .toList());
    }

    /** A layer like another, with parameters of its own (Python's {@code copy.deepcopy}). */
    private static Datum copy(CallSite site, Arguments arguments) {
        Layer copied = new LayerCopy(site.session()).of(((Datum.LayerDatum) arguments.get("layer")).layer());
        return new Datum.LayerDatum(copied);
    }

    private static Datum join(CallSite site, Arguments arguments, Joining joining) {
        List<Datum> given = arguments.rest("tensors");
        List<Datum> elements = given.size() == 1 ? Type.elements(given.get(0)) : given;
        return Joins.join(site, joining, elements);
    }
}
