package org.espalier.runtime.data;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batches copied row by row from two arrays. */
final class ArrayBatches implements Batches {
    private final INDArray inputs;
    private final INDArray targets;
    private final int batchSize;
    private final long seed;
    private final int perEpoch;

    ArrayBatches(INDArray inputs, INDArray targets, int batchSize, long seed) {
        requireRows("inputs", inputs);
        requireRows("targets", targets);
        int examples = new Batch(inputs, targets).size();
        this.perEpoch = BatchIterator.batches(examples, batchSize);
        if (!isInput(inputs.dataType())) {
            throw new IllegalArgumentException("expected inputs of type FLOAT or DOUBLE, or INT or LONG of whole "
                    + "numbers, found " + inputs.dataType() + "; castTo makes them so");
        }
        if (!isNumber(targets.dataType())) {
            throw new IllegalArgumentException("expected targets that are numbers, found " + targets.dataType());
        }
        this.inputs = NdArrays.detachedCopy(inputs);
        this.targets = NdArrays.detachedCopy(targets);
        this.batchSize = batchSize;
        this.seed = seed;
    }

    @Override
    public int perEpoch() {
        return perEpoch;
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        int[] order = new EpochOrder(seed, epoch).order(Math.toIntExact(inputs.size(0)));
        return () -> new BatchIterator(order, batchSize) {
            private @Nullable Batch last;

            @Override
            Batch empty(int count) {
                Batch batch = last;
                if (batch == null || batch.isClosed() || batch.size() != count) {
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

    private static void requireRows(String name, INDArray array) {
        if (array.wasClosed()) {
            throw new IllegalArgumentException("expected " + name + " [examples, …], found an array that was closed");
        }
        if (array.rank() == 0) {
            throw new IllegalArgumentException("expected " + name + " [examples, …], found a single number");
        }
    }

    /** Tells whether a network may take it. */
    private static boolean isInput(DataType type) {
        return type == DataType.FLOAT || type == DataType.DOUBLE || type == DataType.INT32 || type == DataType.INT64;
    }

    /** Tells whether a loss takes it: class indices may be of any type of number. */
    private static boolean isNumber(DataType type) {
        return type.isNumerical() || type == DataType.BOOL;
    }

    private static INDArray rows(INDArray like, int count) {
        long[] shape = like.shape();
        shape = Arrays.copyOf(shape, shape.length);
        shape[0] = count;
        return NdArrays.detached(like.dataType(), shape);
    }

    private static void copyRow(INDArray from, int fromRow, INDArray to, int toRow) {
        long bytes = from.length() / from.size(0) * from.dataType().width();
        Pointer source = row(from, fromRow * bytes);
        Pointer.memcpy(row(to, toRow * bytes), source, bytes);
    }

    private static Pointer row(INDArray array, long start) {
        return new BytePointer(array.data().pointer())
                .getPointer(array.offset() * array.dataType().width() + start);
    }
}
