package org.espalier.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.espalier.runtime.file.Followed;
import org.espalier.runtime.kernel.memory.Guard;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.OptimizerAccess;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.espalier.runtime.optim.update.GradientNorm;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.step.HeldNumbers;
import org.espalier.runtime.storage.Numbers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** Updates a network's parameters: by which optimizer, under which regularizers, and which of them learn. */
final class ParameterUpdate {
    private final String network;
    private final Guard guard;
    private final Parameters parameters;
    private final HeldNumbers held;
    private final List<Regularizer> activityRegularizers = new ArrayList<>();
    private List<Regularizer> regularizers = List.of();
    private final List<Group> groups = new ArrayList<>();
    /** Those that parameters follow, the network's first; none if it has none. */
    private volatile List<Optimizer> optimizers = List.of();

    private @Nullable FusedUpdate<?> fused;
    private final AtomicLong count = new AtomicLong();

    /** An optimizer of the parameters that match some patterns. */
    private record Group(Optimizer optimizer, List<String> patterns) {}

    /** Of parameters that are yet to be declared. */
    ParameterUpdate(String network, Guard guard, DataType type, Parameters parameters) {
        this.network = network;
        this.guard = guard;
        this.parameters = parameters;
        this.held = new HeldNumbers(type);
    }

    /** Sets the optimizer of a network that has not declared its parameters. */
    void startsWith(Optimizer first) {
        optimizers = List.of(first);
        first.guardedBy(guard);
    }

    /** Lets parameters that are yet to be declared follow an optimizer of their own. */
    void startsWith(Optimizer own, List<String> patterns) {
        groups.add(new Group(own, patterns));
    }

    void regularizesActivities(Regularizer regularizer) {
        activityRegularizers.add(regularizer);
    }

    /** Takes the parameters and their regularizers, which are declared. */
    void declared() {
        List<FusedUpdate.Tensor> tensors = new ArrayList<>();
        for (Parameter parameter : parameters) {
            List<Long> shape = Arrays.stream(parameter.shape()).boxed().toList();
            tensors.add(new FusedUpdate.Tensor(
                    parameter.offset(), shape, parameter.outputAxis(), parameter.regularizerOrNull()));
        }
        FusedUpdate<?> made = FusedUpdate.over(parameters.flatValues(), parameters.flatGradients(), tensors);
        fused = made;
        int place = 0;
        for (Parameter parameter : parameters) {
            made.tableGradient(place++, parameter::knownTableGradient);
        }
        regularizers = Stream.concat(
                        parameters.stream().flatMap(parameter -> parameter.regularizer().stream()),
                        activityRegularizers.stream())
                .distinct()
                .toList();
        regularizers.forEach(regularizer -> regularizer.guardedBy(guard));
        passFrozen();
        for (Group group : groups) {
            follow(
                    group.patterns().stream()
                            .flatMap(pattern -> matching(pattern).stream())
                            .toList(),
                    group.optimizer());
        }
    }

    /**
     * Requires that the network's precision holds the settings of its first optimizers, if it has any.
     *
     * @throws IllegalArgumentException if it does not
     */
    void requireHeldSettings() {
        optimizers.forEach(this::requireHeldSettings);
    }

    private void requireHeldSettings(Optimizer given) {
        held.lost(given).ifPresent(lost -> {
            throw new IllegalArgumentException(lost);
        });
    }

    Optimizer optimizer() {
        return optimizers().get(0);
    }

    /** The optimizers that parameters follow, the network's first. */
    List<Optimizer> optimizers() {
        List<Optimizer> present = optimizers;
        if (present.isEmpty()) {
            throw new IllegalStateException(network
                    + " has no optimizer; write one in its .net, or give it one with optimizer(new Adam(1e-3))");
        }
        return present;
    }

    /** Lets every parameter follow another optimizer, which starts afresh. */
    void optimizer(Optimizer other) {
        requireHeldSettings(other);
        other.guardedBy(guard);
        optimizers = List.of(other);
        for (int tensor = 0; tensor < parameters.size(); tensor++) {
            fused().optimizer(tensor, 0);
            fused().reset(tensor);
        }
    }

    /** Lets some parameters follow another optimizer, which starts afresh. */
    void optimizer(String pattern, Optimizer own) {
        optimizer();
        requireHeldSettings(own);
        follow(matching(pattern), own);
    }

    private void follow(List<Parameter> members, Optimizer own) {
        List<Optimizer> present = optimizers();
        List<Optimizer> followed = new ArrayList<>();
        for (Parameter parameter : parameters) {
            boolean member = members.contains(parameter);
            followed.add(member ? own : present.get(fused().optimizer(followed.size())));
        }
        own.guardedBy(guard);
        OptimizerAccess.clipTogether(own, present.get(0));
        List<Optimizer> all = Stream.concat(present.stream(), Stream.of(own))
                .distinct()
                .filter(optimizer -> optimizer == present.get(0) || followed.contains(optimizer))
                .toList();
        for (int tensor = 0; tensor < followed.size(); tensor++) {
            fused().optimizer(tensor, all.indexOf(followed.get(tensor)));
            if (followed.get(tensor) == own) {
                fused().reset(tensor);
            }
        }
        optimizers = all;
    }

    /** The optimizers, each with the names of the parameters that follow it; the network's is without. */
    List<Followed> followed() {
        List<Followed> followed = new ArrayList<>();
        for (int place = 0; place < optimizers().size(); place++) {
            List<String> names = new ArrayList<>();
            int tensor = 0;
            for (Parameter parameter : parameters) {
                if (place > 0 && fused().optimizer(tensor) == place) {
                    names.add(parameter.name());
                }
                tensor++;
            }
            followed.add(new Followed(optimizers().get(place), names));
        }
        return followed;
    }

    List<Regularizer> regularizers() {
        return regularizers;
    }

    Regularizer regularizer(String name) {
        return regularizers.stream()
                .filter(regularizer -> regularizer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        network + " has no regularizer '" + name + "'; there " + namesOfRegularizers()));
    }

    private String namesOfRegularizers() {
        return regularizers.isEmpty()
                ? "is none"
                : "are "
                        + String.join(
                                ", ",
                                regularizers.stream().map(Regularizer::name).toList());
    }

    /**
     * Requires an optimizer, and that the network's precision holds what it and the regularizers are set to.
     *
     * @throws IllegalStateException if that is not so
     */
    void requireReady() {
        for (Optimizer optimizer : optimizers()) {
            held.changeable(optimizer).ifPresent(ParameterUpdate::refuse);
        }
        int tensor = 0;
        for (Parameter parameter : parameters) {
            Optimizer follows = optimizers().get(fused().optimizer(tensor++));
            if (OptimizerAccess.isForMatrices(follows) && parameter.shape().length != 2 && !parameter.isFrozen()) {
                refuse(follows.name() + " is for matrices, but " + parameter.name() + " of " + network + " is "
                        + Arrays.toString(parameter.shape()) + "; give it another optimizer, optimizer(\""
                        + parameter.name() + "\", new AdamW(1e-3))");
            }
        }
        for (Regularizer regularizer : regularizers) {
            held.lost(regularizer).ifPresent(ParameterUpdate::refuse);
        }
    }

    /** Requires that of the regularizers of activities. */
    void requireHeldActivities() {
        for (Regularizer regularizer : activityRegularizers) {
            held.lost(regularizer).ifPresent(ParameterUpdate::refuse);
        }
    }

    private static void refuse(String lost) {
        throw new IllegalStateException(lost);
    }

    /** The norm of the gradient, of which an update is made if it is finite. */
    GradientNorm gradientNorm() {
        return fused().gradientNorm(optimizer());
    }

    /**
     * Moves the parameters that are not frozen.
     *
     * @param norm of the gradient
     * @param factor of the gradient
     * @return each penalty, of weights and of activities
     */
    List<LedgerEntry> apply(GradientNorm norm, double factor) {
        List<LedgerEntry> ledger = withActivities(fused().update(optimizers(), norm, factor), factor);
        count.incrementAndGet();
        return ledger;
    }

    /** Adds what activities cost to the entries of their regularizers, which may be regularizers of weights too. */
    private List<LedgerEntry> withActivities(List<LedgerEntry> penalties, double factor) {
        List<LedgerEntry> ledger = new ArrayList<>(penalties);
        for (Regularizer regularizer : activityRegularizers) {
            for (LedgerEntry taken : regularizer.takeActivities()) {
                LedgerEntry activity = new LedgerEntry(taken.group(), taken.term(), factor * taken.value());
                int place = 0;
                while (place < ledger.size() && !ledger.get(place).name().equals(activity.name())) {
                    place++;
                }
                if (place == ledger.size()) {
                    ledger.add(activity);
                } else {
                    double value = ledger.get(place).value() + activity.value();
                    ledger.set(place, new LedgerEntry(activity.group(), activity.term(), value));
                }
            }
        }
        return ledger;
    }

    /** Forgets what activities of backwards without an update cost, and returns it. */
    List<LedgerEntry> takeActivities() {
        return activityRegularizers.stream()
                .flatMap(regularizer -> regularizer.takeActivities().stream())
                .toList();
    }

    /** Forgets what activities of backwards without an update cost. */
    void forgetActivities() {
        activityRegularizers.forEach(Regularizer::takeActivities);
    }

    /** Says which element of the gradient is infinite or NaN. */
    NonFiniteException nonFiniteGradient() {
        for (Parameter parameter : parameters) {
            Numbers gradient = Numbers.of(parameter.gradientNumbers());
            for (long i = 0; i < parameter.count() && !parameter.isFrozen(); i++) {
                if (!Double.isFinite(gradient.get(i))) {
                    return new NonFiniteException(
                            "the gradient by " + parameter.name() + Arrays.toString(parameter.index(i)),
                            network,
                            gradient.get(i),
                            ", so nothing was updated; the gradient is forgotten, and the next backward begins "
                                    + "another one: go on with the next batch, or lower the learning rate");
                }
            }
        }
        throw new IllegalStateException("every gradient of " + network + " is finite");
    }

    /** The penalties of the weights as they are. */
    List<LedgerEntry> penalties() {
        return fused().penalties();
    }

    /** Tells whether any parameter is not frozen. */
    boolean learns() {
        return parameters.stream().anyMatch(parameter -> !parameter.isFrozen());
    }

    void freeze(String pattern) {
        matching(pattern).forEach(parameter -> parameter.frozen(true));
        passFrozen();
    }

    void unfreeze(String pattern) {
        List<Parameter> matching = matching(pattern);
        List<Parameter> trainable =
                matching.stream().filter(parameter -> !parameter.isConstant()).toList();
        if (trainable.isEmpty()) {
            throw new IllegalArgumentException("the .net of " + network + " freezes " + matching
                    + "; no gradient of them is computed, so unfreeze cannot train them");
        }
        trainable.forEach(parameter -> parameter.frozen(false));
        passFrozen();
    }

    private void passFrozen() {
        int index = 0;
        for (Parameter parameter : parameters) {
            fused().frozen(index++, parameter.isFrozen());
        }
    }

    private List<Parameter> matching(String pattern) {
        PathPattern path = new PathPattern(pattern);
        List<Parameter> matching = parameters.stream()
                .filter(parameter -> path.matches(parameter.name()))
                .toList();
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("no parameter of " + network + " matches '" + pattern + "'; there are "
                    + parameters.stream().map(Parameter::name).toList());
        }
        return matching;
    }

    /** Number of updates. */
    long count() {
        return count.get();
    }

    void count(long updates) {
        count.set(updates);
    }

    /** Number of steps that the parameters had together: the update counts them before it changes anything. */
    long steps() {
        long sum = 0;
        for (int tensor = 0; tensor < parameters.size(); tensor++) {
            sum += fused().steps(tensor);
        }
        return sum;
    }

    /** The update itself, whose state files have. */
    FusedUpdate<?> fused() {
        FusedUpdate<?> present = fused;
        if (present == null) {
            throw new IllegalStateException(network + " has not declared its parameters");
        }
        return present;
    }
}
