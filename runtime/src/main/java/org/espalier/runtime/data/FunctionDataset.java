package org.espalier.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.Shapes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Examples that a function of the user's gives. */
final class FunctionDataset implements Dataset {
    private final int size;
    private final IntFunction<Batch> examples;
    private @Nullable Batch first;

    FunctionDataset(int size, IntFunction<Batch> examples) {
        if (size < 1) {
            throw new IllegalArgumentException("expected at least one example, found " + size);
        }
        this.size = size;
        this.examples = examples;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Batch empty(int count) {
        return first().rows(count);
    }

    private synchronized Batch first() {
        Batch present = first;
        if (present == null) {
            Batch given = examples.apply(0);
            Batch.requireNumbers(given.inputs(), given.targets());
            requireOne(0, given);
            present = given.copy();
            first = present;
        }
        return present;
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        Batch given = examples.apply(example);
        requireOne(example, given);
        copy("input", example, given.inputs(), batch.inputs(), slot);
        copy("target", example, given.targets(), batch.targets(), slot);
    }

    private static void copy(String name, int example, List<INDArray> given, List<INDArray> batch, int slot) {
        if (given.size() != batch.size()) {
            throw new IllegalArgumentException("expected " + batch.size() + " " + name + "s of example " + example
                    + " as of example 0, found " + given.size());
        }
        for (int i = 0; i < batch.size(); i++) {
            copy(name, example, given.get(i), batch.get(i), slot);
        }
    }

    private static void requireOne(int example, Batch given) {
        if (given.size() != 1) {
            throw new IllegalArgumentException("expected example " + example
                    + " as a batch of one, its first axis of size 1, found a batch of " + given.size());
        }
    }

    private static void copy(String name, int example, INDArray given, INDArray batch, int slot) {
        long[] expected = batch.shape().clone();
        expected[0] = 1;
        if (given.dataType() != batch.dataType() || !Arrays.equals(given.shape(), expected)) {
            throw new IllegalArgumentException("expected the " + name + " of example " + example + " to be "
                    + Arrays.toString(expected) + " " + batch.dataType() + " as that of example 0, found "
                    + Arrays.toString(given.shape()) + " " + given.dataType());
        }
        Batch.copyRow(Shapes.isContiguous(given) ? given : NdArrays.detachedCopy(given), 0, batch, slot);
    }
}
