package org.espalier.runtime.data.npy;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Dataset;

/** The rows of two NPY files. */
final class NpyDataset implements Dataset {
    private final NpyFile inputs;
    private final NpyFile targets;

    NpyDataset(NpyFile inputs, NpyFile targets) {
        long rows = inputs.rows();
        if (rows != targets.rows()) {
            throw new IllegalArgumentException("expected a target for each input, found " + rows + " inputs in "
                    + inputs.path() + " and " + targets.rows() + " targets in " + targets.path());
        }
        if (rows > Integer.MAX_VALUE) {
            throw new DataException(inputs.path(), "at most " + Integer.MAX_VALUE + " rows", String.valueOf(rows));
        }
        if (inputs.isOfTruths()) {
            throw new DataException(inputs.path(), "numbers that are inputs", "bool; astype('float32') makes them so");
        }
        this.inputs = inputs;
        this.targets = targets;
    }

    @Override
    public int size() {
        return (int) inputs.rows();
    }

    @Override
    public Batch empty(int count) {
        return new Batch(inputs.empty(count), targets.empty(count));
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        inputs.read(example, batch.input(), slot);
        targets.read(example, batch.target(), slot);
    }
}
