package org.espalier.spark;

import java.util.Iterator;
import java.util.Random;
import java.util.stream.IntStream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Examples of three classes, six numbers each, which a network can tell apart. */
final class Flowers {
    private Flowers() {}

    static float[] measurements(int example) {
        Random random = new Random(1_000 + example);
        float[] numbers = new float[6];
        for (int i = 0; i < 6; i++) {
            numbers[i] = (float) (random.nextGaussian() + (i % 3 == kind(example) ? 1.5 : 0));
        }
        return numbers;
    }

    static int kind(int example) {
        return example % 3;
    }

    static Dataset of(int count) {
        float[][] inputs =
                IntStream.range(0, count).mapToObj(Flowers::measurements).toArray(float[][]::new);
        int[] kinds = IntStream.range(0, count).map(Flowers::kind).toArray();
        return Dataset.of(Nd4j.create(inputs), Nd4j.createFromArray(kinds));
    }

    /** The batches that a cluster learns from, as one machine has them. */
    static Batches here(Dataset examples, SparkBatches there) {
        return new Batches() {
            @Override
            public int perEpoch() {
                return there.perEpoch();
            }

            @Override
            public Iterable<Batch> epoch(int epoch) {
                Iterator<Batch> numbers = there.epoch(epoch).iterator();
                return () -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return numbers.hasNext();
                    }

                    @Override
                    public Batch next() {
                        INDArray next = numbers.next().input();
                        return examples.select(next.toIntVector()).all();
                    }
                };
            }
        };
    }
}
