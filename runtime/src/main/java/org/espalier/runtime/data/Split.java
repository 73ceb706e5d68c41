package org.espalier.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Takes parts of data sets. */
final class Split {
    private Split() {}

    /** Examples of each class, in the order of the classes. */
    static Collection<int[]> byClass(Dataset dataset) {
        Map<Double, List<Integer>> classes = new TreeMap<>();
        Batch one = dataset.empty(1);
        if (one.target().length() != 1) {
            throw new IllegalArgumentException("expected targets of one number, the class, to split by; found targets "
                    + Arrays.toString(one.target().shape()) + "; split takes no account of them");
        }
        for (int example = 0; example < dataset.size(); example++) {
            dataset.read(example, one, 0);
            classes.computeIfAbsent(one.target().getDouble(0), number -> new ArrayList<>())
                    .add(example);
        }
        return classes.values().stream()
                .map(examples -> examples.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /**
     * Cuts each group for itself.
     *
     * <p>What is too much or too little by rounding in one group is made up for in the next, so that the parts' sizes
     * are right too.
     */
    static List<Dataset> of(Dataset dataset, Collection<int[]> groups, long seed, double... shares) {
        requireShares(shares);
        List<List<Integer>> parts = Stream.generate(() -> (List<Integer>) new ArrayList<Integer>())
                .limit(shares.length)
                .toList();
        EpochOrder chance = new EpochOrder(seed, 1);
        long before = 0;
        for (int[] group : groups) {
            int[] order = chance.order(group.length);
            double end = 0;
            long from = 0;
            for (int part = 0; part < shares.length; part++) {
                end += shares[part];
                long to = part == shares.length - 1
                        ? group.length
                        : Math.min(group.length, Math.round(end * (before + group.length)) - Math.round(end * before));
                for (long i = from; i < to; i++) {
                    parts.get(part).add(group[order[(int) i]]);
                }
                from = Math.max(from, to);
            }
            before += group.length;
        }
        return parts.stream().map(examples -> part(dataset, examples, shares)).toList();
    }

    private static Dataset part(Dataset dataset, List<Integer> examples, double... shares) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("expected an example in each part, found none in one of "
                    + Arrays.toString(shares) + " of " + dataset.size() + " examples");
        }
        return dataset.select(
                examples.stream().mapToInt(Integer::intValue).sorted().toArray());
    }

    private static void requireShares(double... shares) {
        double sum = Arrays.stream(shares).sum();
        if (Arrays.stream(shares).anyMatch(share -> !(share > 0)) || Math.abs(sum - 1) > 1e-6) {
            throw new IllegalArgumentException(
                    "expected positive shares of 1 in all, such as 0.8, 0.2, found " + Arrays.toString(shares));
        }
    }

    /** Some examples of another data set. */
    static final class Subset implements Dataset {
        private final Dataset whole;
        private final int[] examples;

        Subset(Dataset whole, int[] examples) {
            if (examples.length == 0) {
                throw new IllegalArgumentException("expected at least one example, found none");
            }
            for (int example : examples) {
                if (example < 0 || example >= whole.size()) {
                    throw new IllegalArgumentException(
                            "expected examples within 0 to " + (whole.size() - 1) + ", found " + example);
                }
            }
            this.whole = whole;
            this.examples = examples.clone();
        }

        @Override
        public int size() {
            return examples.length;
        }

        @Override
        public Batch empty(int count) {
            return whole.empty(count);
        }

        @Override
        public void read(int example, Batch batch, int slot) {
            whole.read(examples[Objects.checkIndex(example, examples.length)], batch, slot);
        }
    }
}
