package org.espalier.generator.elaborate.library;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.layer.Library;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.loss.LossDefinition;
import org.espalier.generator.loss.LossLibrary;
import org.espalier.generator.optimizer.Optimizers;
import org.espalier.generator.regularizer.Penalties;

/** The names that the language itself binds. */
public final class Builtins {
    private static final Map<String, Builtin> OF_TENSORS = ofTensors();
    private static final Map<String, Builtin> ALL = all();

    private Builtins() {}

    private static Map<String, Builtin> all() {
        Map<String, Builtin> all = new LinkedHashMap<>(OF_TENSORS);
        Stream.of(
                        Library.LAYERS.stream().map(LayerDefinition::callee),
                        Compositions.ALL.stream(),
                        Functions.ALL.stream(),
                        Penalties.ALL.stream().map(Definition::callee),
                        Initializers.ALL.stream(),
                        LossLibrary.ALL.stream().map(LossDefinition::callee),
                        ComposedLosses.ALL.stream(),
                        TripletLosses.ALL.stream(),
                        FurtherLosses.ALL.stream(),
                        Optimizers.ALL.stream().map(Definition::callee))
                .flatMap(callees -> callees)
                .forEach(callee -> all.put(callee.name(), callee));
        return all;
    }

    private static Map<String, Builtin> ofTensors() {
        Map<String, Builtin> functions = new LinkedHashMap<>();
        Stream.concat(Library.FUNCTIONS.stream(), FunctionalForms.ALL.stream())
                .forEach(function -> functions.put(function.name(), function));
        return functions;
    }

    /** The function of tensors of a name, which may be that of a function of numbers as well. */
    public static Optional<Builtin> ofTensors(String name) {
        return Optional.ofNullable(OF_TENSORS.get(name));
    }

    /** The layer that a function of {@code torch.nn.functional} is: {@code relu} is ReLU. */
    public static Optional<Builtin> layerOfFunction(String function) {
        return Optional.ofNullable(PytorchWords.functionsOfLayers().get(function))
                .flatMap(Builtins::named);
    }

    /** Tells whether a function takes numbers or tensors. */
    public static boolean isOverloaded(String name) {
        return OF_TENSORS.containsKey(name) && !OF_TENSORS.get(name).equals(ALL.get(name));
    }

    public static Optional<Builtin> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Every name, in the order of the reference. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The names of one kind. */
    public static List<String> names(Builtin.Kind kind) {
        return ALL.values().stream()
                .filter(callee -> callee.kind() == kind)
                .map(Builtin::name)
                .toList();
    }
}
