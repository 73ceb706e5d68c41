package org.espalier.runtime.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau;
import org.jspecify.annotations.Nullable;

/** Sets the learning rates of the networks' optimizers by a schedule, or lowers them when a number gets no better. */
final class LearningRates {
    private static final String BASE = "base.";

    private final List<Optimizer> optimizers;
    private final @Nullable LRScheduler schedule;
    private final boolean byStep;
    private final @Nullable ReduceLROnPlateau plateau;
    private final String monitored;
    private double[] bases;

    LearningRates(Trainer plan) {
        this.optimizers = plan.learner.networks().stream()
                .flatMap(network -> network.optimizers().stream())
                .toList();
        this.schedule = plan.schedule;
        this.byStep = plan.scheduledByStep;
        this.plateau = plan.plateau;
        this.monitored = plan.plateauMonitor;
        this.bases = optimizers.stream().mapToDouble(Optimizer::lr).toArray();
    }

    /**
     * Requires that at most one thing of a plan sets them.
     *
     * @throws IllegalStateException if several would
     */
    static void requireOne(Trainer plan) {
        List<String> set = new ArrayList<>();
        if (plan.learningRate != null) {
            set.add("learningRate");
        }
        if (plan.schedule != null) {
            set.add(plan.scheduledByStep ? "scheduleSteps" : "schedule");
        }
        if (plan.plateau != null) {
            set.add("reduceOnPlateau");
        }
        if (set.size() > 1) {
            throw new IllegalStateException("both " + set.get(0) + " and " + set.get(1)
                    + " would set the learning rate, each over the other; use one of them. A schedule in front of"
                    + " another is a SequentialLR, or LRScheduler.warmUp");
        }
    }

    /** Before a step: after so many whole epochs and steps. */
    void set(long epochs, long steps) {
        if (schedule != null) {
            for (int i = 0; i < bases.length; i++) {
                double lr = schedule.lr(bases[i], byStep ? steps : epochs);
                if (lr != optimizers.get(i).lr()) {
                    optimizers.get(i).lr(lr);
                }
            }
        }
    }

    /** Gives the network's optimizer a rate, and those of groups and of another network one in proportion. */
    void setNetworks(double lr) {
        for (int i = 0; i < bases.length; i++) {
            optimizers.get(i).lr(i == 0 || bases[0] == 0 ? lr : lr * (bases[i] / bases[0]));
        }
    }

    /** After an epoch. */
    void take(EpochReport report) {
        Double number = report.numbers().get(monitored);
        if (plateau != null && number != null && plateau.step(number)) {
            for (Optimizer optimizer : optimizers) {
                optimizer.lr(plateau.reduced(optimizer.lr()));
            }
        }
    }

    Map<String, String> state() {
        Map<String, String> state = new LinkedHashMap<>();
        for (int i = 0; i < bases.length; i++) {
            state.put(BASE + i, String.valueOf(bases[i]));
        }
        if (plateau != null) {
            state.putAll(plateau.state());
        }
        return state;
    }

    /**
     * Goes on from {@link #state}.
     *
     * @throws NumberFormatException if it has no such numbers
     */
    void resume(Map<String, String> state) {
        double[] restored = new double[bases.length];
        for (int i = 0; i < bases.length; i++) {
            restored[i] = Double.parseDouble(state.getOrDefault(BASE + i, ""));
        }
        if (plateau != null && state.size() > bases.length) {
            plateau.resume(state);
        }
        bases = restored;
    }
}
