package org.espalier.generator.elaborate.library;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.layer.activation.ActivationRule;
import org.espalier.generator.layer.activation.SoftmaxRule;
import org.espalier.generator.layer.convolution.Conv2dRule;
import org.espalier.generator.layer.convolution.ConvTranspose2dRule;
import org.espalier.generator.layer.dropout.DropoutRule;
import org.espalier.generator.layer.linear.LinearRule;
import org.espalier.generator.layer.normalization.BatchNormRule;
import org.espalier.generator.layer.normalization.GroupNormRule;
import org.espalier.generator.layer.normalization.InstanceNorm2dRule;
import org.espalier.generator.layer.normalization.LayerNormRule;
import org.espalier.generator.layer.pooling.AdaptiveAvgPool2dRule;
import org.espalier.generator.layer.pooling.AvgPool2dRule;
import org.espalier.generator.layer.pooling.MaxPool2dRule;
import org.espalier.generator.layer.shape.FlattenRule;
import org.espalier.generator.layer.shape.IdentityRule;
import org.espalier.generator.layer.shape.SpreadRule;
import org.espalier.generator.loss.Losses;
import org.espalier.generator.optimizer.Optimizers;
import org.espalier.generator.regularizer.Penalties;

/** The names that the language itself binds. */
public final class Builtins {
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
                                IdentityRule.ACTIVITY_REGULARIZATION,
                                SoftmaxRule.SOFTMAX,
                                SoftmaxRule.LOG_SOFTMAX),
                        SpreadRule.ALL.stream(),
                        ActivationRule.ALL.stream(),
                        Compositions.ALL.stream(),
                        Functions.ALL.stream(),
                        Penalties.ALL.stream(),
                        Initializers.ALL.stream(),
                        Losses.ALL.stream(),
                        Optimizers.ALL.stream())
                .flatMap(callees -> callees)
                .forEach(callee -> all.put(callee.name(), callee));
        return all;
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
