package org.espalier.runtime.train.schedule;

import java.util.List;

/**
 * Multiplies the learning rate by γ at each milestone: base · γ^(how many of them are reached).
 *
 * @param milestones numbers of steps after which it falls; one that is there twice counts twice
 * @param gamma γ, the factor
 */
public record MultiStepLR(List<Long> milestones, double gamma) implements LRScheduler {
    /** Copies the list and checks the range. */
    public MultiStepLR {
        milestones = List.copyOf(milestones);
        Requirements.atLeastZero("gamma", gamma);
    }

    /** With PyTorch's factor, 0.1. */
    public MultiStepLR(Long... milestones) {
        this(List.of(milestones), 0.1);
    }

    @Override
    public double lr(double base, long steps) {
        long reached =
                milestones.stream().filter(milestone -> milestone <= steps).count();
        return base * Math.pow(gamma, (double) reached);
    }
}
