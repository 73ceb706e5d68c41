package org.espalier.generator.layer.api;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.ActivityPenalty;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;

/**
 * A layer of the standard library: what it takes, what it makes of that, and examples, from which its tests follow
 * (shapes, gradients, PyTorch's numbers, the printed form).
 *
 * @param callee the word of the language for it
 * @param examples one for each thing that it does differently
 */
public record LayerDefinition(Builtin callee, List<Example> examples) {
    /** Copies the list. */
    public LayerDefinition {
        examples = List.copyOf(examples);
    }

    /**
     * A layer applied to tensors.
     *
     * @param layer as written in a {@code .net}: {@code Linear(6, 4)}
     * @param input the shape of its input: {@code [batch, 6]}; of several, {@code [batch, 6] & [batch, 5]}
     * @param output the shape of its result
     * @param parameters how many numbers it learns
     */
    public record Example(String layer, String input, String output, long parameters) {
        /** The shape of each input. */
        public List<String> inputs() {
            return List.of(input.split(" & ", -1));
        }
    }

    /** A layer of that signature, which a rule lowers. */
    public static LayerDefinition layer(Signature signature, Function<Arguments, LayerRule> rule) {
        return of(Builtin.Kind.LAYER, signature, rule);
    }

    /** A layer that normalizes, or can stand for one that does. */
    public static LayerDefinition norm(Signature signature, Function<Arguments, LayerRule> rule) {
        return of(Builtin.Kind.NORM, signature, rule);
    }

    private static LayerDefinition of(Builtin.Kind kind, Signature signature, Function<Arguments, LayerRule> rule) {
        Builtin callee = new Builtin(kind, signature, (site, arguments) -> {
            Layer.Primitive layer = new Layer.Primitive(
                    site.site(),
                    signature.callee(),
                    rule.apply(arguments),
                    ActivityPenalty.of(arguments),
                    arguments.resolved());
            site.session().made(layer);
            return new Datum.LayerDatum(layer);
        });
        return new LayerDefinition(callee, List.of());
    }

    /** The same with one more example. */
    public LayerDefinition example(String layer, String input, String output, long parameters) {
        Example example = new Example(layer, input, output, parameters);
        return new LayerDefinition(
                callee, Stream.concat(examples.stream(), Stream.of(example)).toList());
    }

    /** {@code Linear}. */
    public String name() {
        return callee.name();
    }
}
