package org.espalier.runtime.data.table;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rows of a CSV file, in their order, of which only those of a batch are in memory. */
final class TableBatches implements Batches {
    private final Path csv;
    private final TableReader plan;
    private final int[] inputs;
    private final int target;
    private final int batchSize;
    private final int rows;

    private TableBatches(Path csv, TableReader plan, int[] inputs, int target, int batchSize, int rows) {
        this.csv = csv;
        this.plan = plan;
        this.inputs = inputs;
        this.target = target;
        this.batchSize = batchSize;
        this.rows = rows;
    }

    static TableBatches of(Path csv, TableReader plan, List<String> inputs, String target, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("expected a batch size of at least 1, found " + batchSize);
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("expected the name of an input column at least, found none");
        }
        try (CsvReader reader = new CsvReader(csv)) {
            TableReader.Fields fields = plan.fields(csv, reader.read().orElse(List.of()));
            int[] places = inputs.stream()
                    .mapToInt(name -> Table.place(csv, fields.header(), name))
                    .toArray();
            int targetPlace = Table.place(csv, fields.header(), target);
            int rows = 0;
            for (Optional<Table.Row> row = fields.next(reader); row.isPresent(); row = fields.next(reader)) {
                if (row.get().cells.length != fields.header().size()) {
                    throw new DataException(
                            csv,
                            fields.header().size() + " fields in line " + row.get().line + " as the header has",
                            row.get().cells.length + "");
                }
                for (int place : places) {
                    number(csv, row.get(), place);
                }
                target(csv, row.get(), targetPlace);
                rows = Math.incrementExact(rows);
            }
            if (rows == 0) {
                throw new DataException(csv, "lines of numbers below a header line", "none");
            }
            return new TableBatches(csv, plan, places, targetPlace, batchSize, rows);
        }
    }

    private static float number(Path csv, Table.Row row, int place) {
        float number = (float) row.cells[place];
        if (Float.isInfinite(number)) {
            throw Table.unfit(csv, row, place, DataType.FLOAT);
        }
        return number;
    }

    /** A target, which cannot be filled in where it is missing. */
    private static float target(Path csv, Table.Row row, int place) {
        float number = number(csv, row, place);
        if (Float.isNaN(number)) {
            throw new DataException(
                    csv,
                    "a target in line " + row.line + ", field " + (place + 1),
                    "a missing one; leave such lines out of the file");
        }
        return number;
    }

    @Override
    public int perEpoch() {
        return (rows - 1) / batchSize + 1;
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("expected an epoch counted from 1, found " + epoch);
        }
        return Epoch::new;
    }

    private final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final CsvReader reader = new CsvReader(csv);
        private final TableReader.Fields fields = plan.fields(csv, reader.read().orElse(List.of()));
        private int done;
        private @Nullable Batch last;

        @Override
        public boolean hasNext() {
            return done < rows;
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch's " + rows + " examples are used up");
            }
            Batch batch = empty(Math.min(batchSize, rows - done));
            FloatPointer input = new FloatPointer(batch.input().data().pointer());
            FloatPointer answer = new FloatPointer(batch.target().data().pointer());
            float[] numbers = new float[inputs.length];
            for (int slot = 0; slot < batch.size(); slot++) {
                Table.Row row = fields.next(reader)
                        .orElseThrow(() -> new DataException(csv, rows + " rows as when they were counted", "fewer"));
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = number(csv, row, inputs[i]);
                }
                input.position((long) slot * numbers.length).put(numbers, 0, numbers.length);
                answer.put(slot, target(csv, row, target));
            }
            done += batch.size();
            if (done == rows) {
                close();
            }
            return batch;
        }

        private Batch empty(int size) {
            Batch batch = last;
            if (batch == null
                    || batch.size() != size
                    || batch.input().wasClosed()
                    || batch.target().wasClosed()) {
                INDArray input = NdArrays.detached(DataType.FLOAT, size, inputs.length);
                batch = new Batch(input, NdArrays.detached(DataType.FLOAT, size));
                last = batch;
            }
            return batch;
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
