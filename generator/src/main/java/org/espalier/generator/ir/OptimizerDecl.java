package org.espalier.generator.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The optimizer of a network: its kind and PyTorch's settings of it.
 *
 * @param values the numbers of each setting, by the setting's name, in the order of the kind's
 */
public record OptimizerDecl(OptimizerKind kind, Map<String, List<Double>> values) {
    /** Gives settings that are missing their defaults. */
    public OptimizerDecl {
        Map<String, List<Double>> all = new LinkedHashMap<>();
        for (OptimizerSetting setting : kind.settings()) {
            List<Double> given = List.copyOf(values.getOrDefault(setting.name(), setting.usual()));
            if (given.size() != setting.usual().size()) {
                throw new IllegalArgumentException(
                        "expected " + setting.usual().size() + " numbers for " + setting.name() + ", found " + given);
            }
            all.put(setting.name(), given);
        }
        if (!all.keySet().containsAll(values.keySet())) {
            throw new IllegalArgumentException(kind.word() + " has the settings " + all.keySet() + ", not " + values);
        }
        values = Collections.unmodifiableMap(all);
    }

    /** The numbers of a setting. */
    public List<Double> numbers(OptimizerSetting setting) {
        return Objects.requireNonNull(values.get(setting.name()), setting.name());
    }

    /** A setting that is one number. */
    public double number(String name) {
        return values.getOrDefault(name, List.of(0.0)).get(0);
    }

    /** A setting that is a condition. */
    public boolean flag(String name) {
        return number(name) != 0;
    }

    /** The λ of the decoupled decay that it does to every trained parameter; 0 for most. */
    public double decay() {
        return number("weight_decay");
    }

    /** Counts the numbers that it keeps for each learned number. */
    public int states() {
        return kind.states().applyAsInt(this);
    }

    /** The word of the language and the arguments that are not as by default: {@code SGD(lr=0.1, momentum=0.9)}. */
    public String describe() {
        return kind.settings().stream()
                .filter(setting -> setting.shown() || !numbers(setting).equals(setting.usual()))
                .map(setting -> setting.written(numbers(setting)))
                .collect(Collectors.joining(", ", kind.word() + "(", ")"));
    }
}
