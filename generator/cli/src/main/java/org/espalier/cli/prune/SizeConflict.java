package org.espalier.cli.prune;

import java.util.List;

/** Thrown where sizes cannot be written as they should be: channels are to be kept, and sizes counted again. */
final class SizeConflict extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<SizeDemand> demands;
    private final boolean equal;

    /**
     * @param demands the sizes
     * @param equal whether they need to be equal, as opposed to what they are
     */
    SizeConflict(String reason, List<SizeDemand> demands, boolean equal) {
        super(reason);
        this.demands = List.copyOf(demands);
        this.equal = equal;
    }

    /** Keeps channels until there is no such conflict; false if there are none to keep. */
    boolean resolve(PrunePlan plan) {
        boolean kept = false;
        String reason = String.valueOf(getMessage());
        int most = demands.stream().mapToInt(SizeDemand::now).max().orElse(0);
        for (SizeDemand demand : demands) {
            int size = demand.value().shape().axis(demand.axis());
            int missing = equal ? Math.min(most, size) - demand.now() : size - demand.now();
            for (int i = 0; i < size && missing > 0; i++) {
                if (plan.isRemoved(demand.value(), demand.axis(), i)) {
                    plan.units().keep(plan.units().group(demand.value(), demand.axis(), i), reason);
                    missing--;
                    kept = true;
                }
            }
        }
        return kept;
    }
}
