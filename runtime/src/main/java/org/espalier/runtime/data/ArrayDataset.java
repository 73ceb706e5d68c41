package org.espalier.runtime.data;

import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rows of two arrays. */
final class ArrayDataset implements Dataset {
    private final Batch all;

    ArrayDataset(INDArray inputs, INDArray targets) {
        Batch.requireNumbers(inputs, targets);
        if (new Batch(inputs, targets).size() < 1) {
            throw new IllegalArgumentException("expected at least one example, found none");
        }
        all = new Batch(NdArrays.detachedCopy(inputs), NdArrays.detachedCopy(targets));
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public Batch empty(int count) {
        return new Batch(Batch.rows(all.input(), count), Batch.rows(all.target(), count));
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        Batch.copyRow(all.input(), example, batch.input(), slot);
        Batch.copyRow(all.target(), example, batch.target(), slot);
    }
}
