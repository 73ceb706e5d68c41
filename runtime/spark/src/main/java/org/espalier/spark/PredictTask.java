package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange.Standing;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predicts for the examples of a partition, batch by batch. */
record PredictTask<N extends Network>(
        String owner, SparkModel<N> model, ExampleFields fields, int batchSize, Broadcast<Standing> standing)
        implements Serializable {

    /**
     * Predicts for each.
     *
     * @param example what is predicted for
     * @param result of what was there and the output
     */
    <T, R> Iterator<R> over(Iterator<T> there, Function<T, Example> example, BiFunction<T, float[], R> result) {
        NetworkCopies.Copy<N> copy = NetworkCopies.take(owner, model);
        // At the end of the task, not of the iterator: whoever asks may not ask for all.
        TaskCompletionListener atEnd = context -> NetworkCopies.giveBack(owner, copy);
        TaskContext.get().addTaskCompletionListener(atEnd);
        copy.exchange.begin(standing.value(), 0);
        copy.network.eval();
        return new Predictions<>(there, example, result, copy.network);
    }

    private final class Predictions<T, R> implements Iterator<R> {
        private final Iterator<T> there;
        private final Function<T, Example> example;
        private final BiFunction<T, float[], R> result;
        private final N network;
        private final Deque<R> ready = new ArrayDeque<>();

        Predictions(Iterator<T> there, Function<T, Example> example, BiFunction<T, float[], R> result, N network) {
            this.there = there;
            this.example = example;
            this.result = result;
            this.network = network;
        }

        @Override
        public boolean hasNext() {
            if (ready.isEmpty() && there.hasNext()) {
                predict();
            }
            return !ready.isEmpty();
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException("every example of the partition has its prediction");
            }
            return ready.pop();
        }

        private void predict() {
            List<T> taken = new ArrayList<>();
            while (taken.size() < batchSize && there.hasNext()) {
                taken.add(there.next());
            }
            int count = taken.size();
            Shard shard = new Shard(0, fields, taken.stream().map(example).toList());
            Batch batch = shard.batch(IntStream.range(0, count).toArray(), 0, count);
            try {
                INDArray output = model.forward(network, batch);
                float[] numbers =
                        output.castTo(DataType.FLOAT).reshape(output.length()).toFloatVector();
                int each = numbers.length / count;
                for (int i = 0; i < count; i++) {
                    float[] own = new float[each];
                    System.arraycopy(numbers, i * each, own, 0, each);
                    ready.add(result.apply(taken.get(i), own));
                }
            } finally {
                Shard.close(batch);
            }
        }
    }
}
