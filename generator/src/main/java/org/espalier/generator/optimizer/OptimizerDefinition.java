package org.espalier.generator.optimizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerKind;
import org.espalier.generator.ir.OptimizerSetting;

/**
 * Definition of an optimizer in the making: the arguments that it takes in PyTorch's order, with the defaults of its
 * {@link OptimizerKind} and the ranges that they must be in.
 */
final class OptimizerDefinition {
    private static final String DECAY = "weight_decay";
    private static final String DECOUPLED = "decoupled_weight_decay";

    private final OptimizerKind kind;
    private final Signature.Builder signature;
    private final List<Consumer<Given>> checks = new ArrayList<>();

    /** The arguments of a call. */
    record Given(OptimizerKind kind, Arguments arguments) {
        boolean flag(String name) {
            return arguments.bool(name);
        }

        double number(String name) {
            return arguments.real(name);
        }

        void unsupported(String name, String supported) {
            arguments.unsupported(name, supported, Optional.empty());
        }

        private List<Double> numbers(String name) {
            Datum value = arguments.get(name);
            if (value instanceof Datum.Bool condition) {
                return List.of(condition.value() ? 1.0 : 0.0);
            }
            if (value instanceof Datum.Int whole) {
                return List.of((double) whole.value());
            }
            if (value instanceof Datum.None || value instanceof Datum.Text) {
                boolean chosen =
                        value instanceof Datum.Text text && !text.value().equals("original");
                return List.of(chosen ? 1.0 : 0.0);
            }
            return value instanceof Datum.Real number
                    ? List.of(number.value())
                    : Type.elements(value).stream()
                            .map(element -> ((Datum.Real) element).value())
                            .toList();
        }

        private OptimizerDecl optimizer() {
            Map<String, List<Double>> values = new LinkedHashMap<>();
            for (OptimizerSetting setting : kind.settings()) {
                values.put(setting.name(), numbers(setting.name()));
            }
            return new OptimizerDecl(kind, values);
        }
    }

    private OptimizerDefinition(OptimizerKind kind) {
        this.kind = kind;
        this.signature = Signature.of(kind.word());
    }

    static OptimizerDefinition of(OptimizerKind kind) {
        return new OptimizerDefinition(kind);
    }

    /** A number of at least 0. */
    OptimizerDefinition atLeastZero(String name) {
        return number(name, value -> value >= 0, "at least 0");
    }

    /** A number of at least 0 and below 1. */
    OptimizerDefinition share(String name) {
        return number(name, OptimizerDefinition::isShare, "at least 0 and below 1");
    }

    /** Two numbers of at least 0 and below 1. */
    OptimizerDefinition shares(String name) {
        return numbers(
                name, values -> values.stream().allMatch(OptimizerDefinition::isShare), "at least 0 and below 1");
    }

    private static boolean isShare(double value) {
        return value >= 0 && value < 1;
    }

    private OptimizerDefinition number(String name, Predicate<Double> range, String words) {
        signature.with(name, usual(name).get(0));
        return checked(name, values -> range.test(values.get(0)), words);
    }

    /** Two numbers of a range. */
    OptimizerDefinition numbers(String name, Predicate<List<Double>> range, String words) {
        List<Datum> usual = usual(name).stream().<Datum>map(Datum.Real::new).toList();
        signature.with(name, Type.PAIR, new Datum.Tuple(usual));
        return checked(name, range, words);
    }

    private OptimizerDefinition checked(String name, Predicate<List<Double>> range, String words) {
        return checked(given -> {
            if (!range.test(given.numbers(name))) {
                given.arguments().outOfRange(name, words);
            }
        });
    }

    OptimizerDefinition checked(Consumer<Given> check) {
        checks.add(check);
        return this;
    }

    /** A condition, false by default. */
    OptimizerDefinition condition(String name) {
        signature.with(name, false);
        return this;
    }

    /** A condition, true by default. */
    OptimizerDefinition conditionThatHolds(String name) {
        signature.with(name, true);
        return this;
    }

    /** Three finite numbers. */
    OptimizerDefinition coefficients(String name) {
        List<Datum> usual = usual(name).stream().<Datum>map(Datum.Real::new).toList();
        signature.with(name, Type.TRIPLE, new Datum.Tuple(usual));
        return this;
    }

    /** A whole number from 0 to 99. */
    OptimizerDefinition fewSteps(String name) {
        signature.with(name, (long) (double) usual(name).get(0));
        return checked(name, values -> values.get(0) >= 0 && values.get(0) < 100, "at least 0 and below 100");
    }

    /** A word, or none. */
    OptimizerDefinition choice(String name, Type type) {
        signature.with(name, type, new Datum.None());
        return this;
    }

    /** A condition, false by default, that PyTorch takes by its name only. */
    OptimizerDefinition byName(String name) {
        signature.byName(name, Type.BOOL, new Datum.Bool(false));
        return this;
    }

    /** A weight decay that must be 0: the coupled kind is a penalty, which belongs where ledger and report show it. */
    OptimizerDefinition withoutDecay() {
        signature.with(DECAY, 0.0);
        return checked(given -> {
            double decay = given.number(DECAY);
            if (decay != 0) {
                rejectDecay(given, decay);
            }
        });
    }

    /** A weight decay that must be 0 unless {@code decoupled_weight_decay} is true. */
    OptimizerDefinition decoupledDecay() {
        signature.with(DECAY, 0.0);
        return checked(given -> {
            double decay = given.number(DECAY);
            if (decay < 0) {
                given.arguments().outOfRange(DECAY, "at least 0");
            } else if (decay != 0 && !given.flag(DECOUPLED)) {
                rejectDecay(given, decay);
            }
        });
    }

    private static void rejectDecay(Given given, double decay) {
        String l2 = "l2(" + Decimal.written(decay) + ")";
        given.arguments()
                .unsupported(
                        DECAY,
                        "weight_decay=0",
                        Optional.of("write 'regularize weights by " + l2 + "', or as in PyTorch for every parameter "
                                + "'regularize weights, biases, norms by " + l2 + "'; λ means the same"));
    }

    private List<Double> usual(String name) {
        return kind.settings().stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow()
                .usual();
    }

    Definition definition() {
        return Definition.of(builtin(kind, signature.build(), List.copyOf(checks)));
    }

    private static Builtin builtin(OptimizerKind kind, Signature signature, List<Consumer<Given>> checks) {
        return new Builtin(Builtin.Kind.OPTIMIZER, signature, (site, arguments) -> {
            Given given = new Given(kind, arguments);
            checks.forEach(check -> check.accept(given));
            return new Datum.OptimizerDatum(
                    given.optimizer(), builtin(kind, signature.withDefaults(arguments), checks));
        });
    }
}
