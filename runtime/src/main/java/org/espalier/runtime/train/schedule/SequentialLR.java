package org.espalier.runtime.train.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * One schedule after the other, each of which counts its steps from its own start.
 *
 * @param schedulers at least one
 * @param milestones after how many steps the next one begins; one fewer than schedules, each above the one before
 */
public record SequentialLR(List<LRScheduler> schedulers, List<Long> milestones) implements LRScheduler {
    /** Copies the lists and checks that they fit. */
    public SequentialLR {
        schedulers = List.copyOf(schedulers);
        milestones = List.copyOf(milestones);
        if (schedulers.isEmpty() || milestones.size() != schedulers.size() - 1) {
            throw new IllegalArgumentException("expected one milestone fewer than schedulers, found "
                    + schedulers.size() + " schedulers and the milestones " + milestones);
        }
        List<Long> rising = new ArrayList<>(milestones);
        rising.add(0, 0L);
        for (int i = 1; i < rising.size(); i++) {
            if (rising.get(i) <= rising.get(i - 1)) {
                throw new IllegalArgumentException(
                        "expected milestones above 0, each above the one before, found " + milestones);
            }
        }
    }

    @Override
    public double lr(double base, long steps) {
        int present = 0;
        long start = 0;
        while (present < milestones.size() && milestones.get(present) <= steps) {
            start = milestones.get(present);
            present++;
        }
        return schedulers.get(present).lr(base, steps - start);
    }
}
