package org.espalier.generator.analysis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The names that the language itself binds. */
final class Builtins {
    private static final Map<String, Builtin> ALL = all();

    private Builtins() {}

    private static Map<String, Builtin> all() {
        Map<String, Builtin> all = new LinkedHashMap<>();
        Stream.of(
                        Stream.of(
                                Conv2dRule.LAYER,
                                ConvTranspose2dRule.LAYER,
                                LinearRule.LAYER,
                                BatchNormRule.OF_FEATURES,
                                BatchNormRule.OF_IMAGES,
                                InstanceNorm2dRule.LAYER,
                                GroupNormRule.LAYER,
                                LayerNormRule.LAYER,
                                MaxPool2dRule.LAYER,
                                AvgPool2dRule.LAYER,
                                AdaptiveAvgPool2dRule.LAYER,
                                FlattenRule.LAYER,
                                DropoutRule.ELEMENTS,
                                DropoutRule.CHANNELS,
                                IdentityRule.LAYER,
                                ActivityPenalty.LAYER,
                                SoftmaxRule.SOFTMAX,
                                SoftmaxRule.LOG_SOFTMAX),
                        SpreadRule.ALL.stream(),
                        ActivationRule.ALL.stream(),
                        Compositions.ALL.stream(),
                        Functions.ALL.stream(),
                        Penalties.ALL.stream(),
                        Training.ALL.stream())
                .flatMap(callees -> callees)
                .forEach(callee -> all.put(callee.name(), callee));
        return all;
    }

    static Optional<Builtin> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Every name, in the order of the reference. */
    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The names of one kind. */
    static List<String> names(Builtin.Kind kind) {
        return ALL.values().stream()
                .filter(callee -> callee.kind() == kind)
                .map(Builtin::name)
                .toList();
    }
}
