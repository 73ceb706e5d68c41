package org.espalier.runtime.kernel.loss;

import java.util.ArrayList;
import java.util.List;

/** The data losses of a network that has several, as they are computed one after the other. */
public final class DataLosses {
    private final List<LossEntry> entries = new ArrayList<>();

    /** None yet. */
    public DataLosses() {}

    /**
     * Adds one.
     *
     * @param value with its weight
     */
    public void add(String name, double weight, double value) {
        entries.add(new LossEntry(name, weight, value));
    }

    /** Returns them, in the order in which they were added. */
    public List<LossEntry> entries() {
        return List.copyOf(entries);
    }

    /** Returns the sum of several. */
    public static double sum(List<LossEntry> entries) {
        double sum = 0;
        for (LossEntry entry : entries) {
            sum += entry.value();
        }
        return sum;
    }

    /** Adds up the losses of two batches, one by one; none are as many zeros as the others are. */
    public static List<LossEntry> sum(List<LossEntry> some, List<LossEntry> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return some.isEmpty() ? others : some;
        }
        List<LossEntry> sums = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            sums.add(some.get(i).plus(others.get(i)));
        }
        return List.copyOf(sums);
    }
}
