package org.espalier.runtime.data;

import java.util.Objects;

/** Some examples of another data set. */
final class Subset implements Dataset {
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
