package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Symbol;

/**
 * Functions of tensors: {@code mean(x, dim=1)} applies, to the tensors among its arguments, a rule made of the rest.
 */
public final class TensorFunction {
    private TensorFunction() {}

    /** A function of that signature. Its tensors are the rule's inputs, in the order of the parameters. */
    public static Builtin of(Signature signature, Function<Arguments, LayerRule> rule) {
        return new Builtin(Builtin.Kind.TENSOR_FUNCTION, signature, (site, arguments) -> {
            LayerRule made = rule.apply(arguments);
            return arguments.areSound()
                    ? apply(site, signature.callee(), made, List.copyOf(tensors(signature, arguments)))
                    : site.session().unknown();
        });
    }

    /** The tensors among arguments, in the order of the parameters. */
    public static List<Datum.Tensor> tensors(Signature signature, Arguments arguments) {
        return signature.formals().stream()
                .map(Signature.Formal::name)
                .filter(arguments::has)
                .flatMap(name -> tensors(arguments.get(name)).stream())
                .map(Datum.Tensor.class::cast)
                .toList();
    }

    /** The tensors that an argument is, or holds. */
    private static List<Datum> tensors(Datum argument) {
        if (argument instanceof Datum.Tensor) {
            return List.of(argument);
        }
        if (argument instanceof Datum.Truth truth) {
            return List.of(truth.tensor());
        }
        List<Datum> elements = argument instanceof Datum.Tuple tuple
                ? tuple.elements()
                : argument instanceof Datum.Items items ? items.elements() : List.of();
        return elements.stream().filter(Datum.Tensor.class::isInstance).toList();
    }

    /** The results of a rule for some tensors: a tensor, or a tuple of several. */
    public static Datum apply(CallSite site, String word, LayerRule rule, List<Datum> tensors) {
        if (site.trace().isEmpty()) {
            return site.report(DiagnosticCode.LAYER_OPERAND.at(site.span(), "nothing"));
        }
        List<Symbol> symbols =
                tensors.stream().map(tensor -> ((Datum.Tensor) tensor).symbol()).toList();
        Layer layer = new Layer.Primitive(site.site(), word, rule, Optional.empty());
        List<Datum> results = site.trace().get().apply(layer, symbols, site.span()).stream()
                .<Datum>map(Datum.Tensor::new)
                .toList();
        return results.size() == 1 ? results.get(0) : new Datum.Tuple(results);
    }
}
