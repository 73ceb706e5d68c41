package org.espalier.runtime.data.npy;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.api.buffer.DataType;

/** The rows of two NPY files. */
final class NpyDataset implements Dataset {
    private final NpyFile inputs;
    private final NpyFile targets;

    NpyDataset(NpyFile inputs, NpyFile targets) {
        long rows = inputs.header().sizes()[0];
        if (rows != targets.header().sizes()[0]) {
            throw new IllegalArgumentException("expected a target for each input, found " + rows + " inputs in "
                    + inputs.path() + " and " + targets.header().sizes()[0] + " targets in " + targets.path());
        }
        if (rows > Integer.MAX_VALUE) {
            throw new DataException(inputs.path(), "at most " + Integer.MAX_VALUE + " rows", String.valueOf(rows));
        }
        if (inputs.header().type() == DataType.BOOL) {
            throw new DataException(inputs.path(), "numbers that are inputs", "bool; astype('float32') makes them so");
        }
        this.inputs = inputs;
        this.targets = targets;
    }

    @Override
    public int size() {
        return (int) inputs.header().sizes()[0];
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
