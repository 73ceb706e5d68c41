package org.espalier.runtime.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches copied row by row from two arrays. */
final class ArrayBatches implements Batches {
    private final INDArray inputs;
    private final INDArray targets;
    private final int batchSize;
    private final long seed;
    private final int perEpoch;

    ArrayBatches(INDArray inputs, INDArray targets, int batchSize, long seed) {
        int examples = new Batch(inputs, targets).size();
        this.perEpoch = BatchIterator.batches(examples, batchSize);
        this.inputs = contiguous("inputs", inputs);
        this.targets = contiguous("targets", targets);
        this.batchSize = batchSize;
        this.seed = seed;
    }

    @Override
    public int perEpoch() {
        return perEpoch;
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        int[] order = new Shuffle(seed, epoch).order(Math.toIntExact(inputs.size(0)));
        return () -> new BatchIterator(order, batchSize) {
            private @Nullable Batch last;

            @Override
            Batch empty(int count) {
                Batch batch = last;
                if (batch == null || batch.size() != count) {
                    batch = new Batch(rows(inputs, count), rows(targets, count));
                    last = batch;
                }
                return batch;
            }

            @Override
            void fill(Batch batch, int slot, int example) {
                copyRow(inputs, example, batch.input(), slot);
                copyRow(targets, example, batch.target(), slot);
            }
        };
    }

    private static INDArray contiguous(String name, INDArray array) {
        if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "expected " + name + " of type FLOAT or DOUBLE, found " + array.dataType());
        }
        return array.dup('c');
    }

    private static INDArray rows(INDArray like, int count) {
        long[] shape = like.shape();
        shape = Arrays.copyOf(shape, shape.length);
        shape[0] = count;
        return Nd4j.createUninitialized(like.dataType(), shape, 'c');
    }

    private static void copyRow(INDArray from, int fromRow, INDArray to, int toRow) {
        int length = Math.toIntExact(from.length() / from.size(0));
        int start = Math.multiplyExact(fromRow, length);
        if (from.dataType() == DataType.FLOAT) {
            to.data().asNioFloat().put(toRow * length, from.data().asNioFloat(), start, length);
        } else {
            to.data().asNioDouble().put(toRow * length, from.data().asNioDouble(), start, length);
        }
    }
}
