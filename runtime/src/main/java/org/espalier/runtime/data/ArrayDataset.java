package org.espalier.runtime.data;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rows of arrays. */
final class ArrayDataset implements Dataset {
    private final Batch all;

    ArrayDataset(List<INDArray> inputs, List<INDArray> targets) {
        Batch.requireNumbers(inputs, targets);
        Batch given = new Batch(inputs, targets);
        if (given.size() < 1) {
            throw new IllegalArgumentException("expected at least one example, found none");
        }
        all = given.copy();
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public Batch empty(int count) {
        return all.rows(count);
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        all.copyExample(example, batch, slot);
    }
}
