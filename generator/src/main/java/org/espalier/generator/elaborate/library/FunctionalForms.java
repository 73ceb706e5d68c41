package org.espalier.generator.elaborate.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.layer.Library;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * Layers without parameters as functions of tensors, under the names that {@code torch.nn.functional} has for them:
 * {@code relu(x)} is {@code ReLU()(x)}, {@code max_pool2d(x, 2)} is {@code MaxPool2d(2)(x)}.
 */
final class FunctionalForms {
    /** Functions that do more or less than the layer that is nearest. */
    private static final Set<String> OTHERS = Set.of(
            "max_unpool1d",
            "max_unpool2d",
            "max_unpool3d",
            "native_channel_shuffle",
            "pad",
            "pdist",
            "upsample",
            "upsample_nearest");

    /** Suffix of functions that overwrite their input. */
    private static final String IN_PLACE = "_";

    static final List<Builtin> ALL = all();

    private FunctionalForms() {}

    private static List<Builtin> all() {
        Map<String, LayerDefinition> layers = new TreeMap<>();
        Library.LAYERS.forEach(layer -> layers.put(layer.name(), layer));
        List<Builtin> all = new ArrayList<>();
        PytorchWords.functionsOfLayers()
                .forEach((function, layer) -> Optional.ofNullable(layers.get(layer))
                        .filter(definition -> !OTHERS.contains(function) && !function.endsWith(IN_PLACE))
                        .filter(FunctionalForms::hasNoParameters)
                        .ifPresent(definition -> all.add(form(function, definition))));
        return all;
    }

    private static boolean hasNoParameters(LayerDefinition layer) {
        return layer.callee().kind() == Builtin.Kind.LAYER
                && layer.examples().stream().allMatch(example -> example.parameters() == 0);
    }

    private static Builtin form(String name, LayerDefinition layer) {
        int tensors = layer.examples().get(0).inputs().size();
        List<String> inputs = tensors == 1
                ? List.of("input")
                : IntStream.rangeClosed(1, tensors).mapToObj(i -> "x" + i).toList();
        Signature.Builder signature = Signature.of(name);
        inputs.forEach(input -> signature.required(input, Type.TENSOR));
        layer.callee().signature().formals().forEach(signature::add);
        return new Builtin(Builtin.Kind.TENSOR_FUNCTION, signature.build(), (site, arguments) -> {
            Datum made = layer.callee().body().apply(site, arguments);
            if (!arguments.areSound()
                    || !(made instanceof Datum.LayerDatum one)
                    || site.trace().isEmpty()) {
                return site.session().unknown();
            }
            List<Symbol> symbols = inputs.stream()
                    .map(input -> ((Datum.Tensor) arguments.get(input)).symbol())
                    .toList();
            List<Datum> results = site.trace().get().apply(one.layer(), symbols, site.span()).stream()
                    .<Datum>map(Datum.Tensor::new)
                    .toList();
            return results.size() == 1 ? results.get(0) : new Datum.Tuple(results);
        });
    }
}
