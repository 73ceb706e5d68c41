package org.espalier.benchmarks.networks;

import java.util.List;
import java.util.function.Consumer;

/**
 * Batches that are gone through again and again, a step some of them: an epoch in one step would take too long.
 *
 * @param <B> what a batch is
 */
public final class Portions<B> {
    private final List<B> batches;
    private final int perStep;
    private int next;

    private Portions(List<B> batches, int perStep) {
        this.batches = List.copyOf(batches);
        this.perStep = perStep;
    }

    /** One batch, which is every step's. */
    public static <B> Portions<B> of(B batch) {
        return new Portions<>(List.of(batch), 1);
    }

    /** An epoch's batches in {@link DigitsTask#STEPS} steps, or a step of all if there are fewer. */
    public static <B> Portions<B> ofEpoch(List<B> batches) {
        return new Portions<>(batches, Math.max(1, batches.size() / DigitsTask.STEPS));
    }

    /** Does something with each batch of the next step. */
    public void next(Consumer<B> action) {
        for (int i = 0; i < perStep; i++) {
            action.accept(batches.get(next));
            next = (next + 1) % batches.size();
        }
    }

    /** Batches of a step. */
    public int perStep() {
        return perStep;
    }
}
