package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.jspecify.annotations.Nullable;

/**
 * Result of one partition's part of a step, or a slice of it.
 *
 * @param partition whose it is
 * @param packed what is to be summed; null if the partition had no examples, or was refused
 * @param report losses and penalties, times its share; in one slice only
 * @param steps of each parameter, after local steps; in one slice only
 * @param rest what was not sent; null if nothing is kept
 * @param refusal why there is nothing
 */
record Outcome(
        int partition,
        @Nullable Packed packed,
        @Nullable StepReport report,
        List<Long> steps,
        @Nullable Packed rest,
        @Nullable Refusal refusal)
        implements Serializable {
    /**
     * Refusal of numbers, which is no failure of the task: it would be refused again, on every machine.
     *
     * @param subject that is not finite, or null if the examples themselves do not fit
     */
    record Refusal(@Nullable String subject, double value, String message) implements Serializable {
        static Refusal of(RuntimeException refused) {
            String message = String.valueOf(refused.getMessage());
            return refused instanceof NonFiniteException infinite
                    ? new Refusal(infinite.subject(), infinite.value(), message)
                    : new Refusal(null, 0, message);
        }

        RuntimeException exception(String network, int partition) {
            return subject == null
                    ? new IllegalArgumentException("in partition " + partition + " " + message)
                    : new NonFiniteException(
                            subject,
                            network,
                            value,
                            ", in partition " + partition + "; no weight, statistic or optimizer has changed");
        }
    }

    static Outcome nothing(int partition) {
        return new Outcome(partition, null, null, List.of(), null, null);
    }

    Outcome withoutRest() {
        return new Outcome(partition, packed, report, steps, null, refusal);
    }

    Outcome withoutNumbers() {
        return new Outcome(partition, null, report, steps, null, refusal);
    }

    /**
     * The same as it is sent.
     *
     * @param exact place from which on numbers are sent as they are
     */
    Outcome packed(Compression compression, int exact) {
        return packed == null || compression.keepsRest()
                ? withoutRest()
                : slice(0, compression.pack(packed.unpack(), 0, packed.length(), exact));
    }

    /**
     * Cuts what is to be summed into slices; all else is in the first one.
     *
     * @param count of them
     * @param exact place from which on numbers are sent as they are
     */
    List<Outcome> slices(int count, Compression compression, int exact) {
        if (packed == null) {
            return List.of(slice(0, null));
        }
        float[] numbers = packed.unpack();
        List<Outcome> slices = new ArrayList<>();
        for (int slice = 0; slice < count; slice++) {
            int from = start(slice, count, numbers.length);
            int to = start(slice + 1, count, numbers.length);
            slices.add(slice(slice, compression.pack(numbers, from, to, exact)));
        }
        return slices;
    }

    /** The first number of a slice. */
    static int start(int slice, int count, int length) {
        return (int) ((long) length * slice / count);
    }

    private Outcome slice(int slice, @Nullable Packed part) {
        return slice == 0
                ? new Outcome(partition, part, report, steps, null, refusal)
                : new Outcome(partition, part, null, List.of(), null, null);
    }
}
