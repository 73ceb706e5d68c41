package org.espalier.runtime.data;

import java.util.Random;

/** The order and the chances of an epoch: a function of the seed and the epoch's number alone. */
final class EpochOrder {
    /** 2⁶⁴ divided by the golden ratio, SplitMix64's increment. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long start;
    private final Random random;

    EpochOrder(long seed, int epoch) {
        requireEpoch(epoch);
        start = mixed(seed + epoch * GOLDEN);
        random = new Random(start);
    }

    static void requireEpoch(int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("expected an epoch counted from 1, found " + epoch);
        }
    }

    /** The numbers 0 to count - 1, each order as likely as any other (Fisher and Yates). */
    int[] order(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The chances of a batch of the epoch, counted from 0. */
    Random ofBatch(int number) {
        return new Random(mixed(start + (number + 1) * GOLDEN));
    }

    /** SplitMix64's finalizer: java.util.Random begins alike for neighbouring seeds. */
    private static long mixed(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
