package org.espalier.benchmarks.networks;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.espalier.benchmarks.subject.Draw;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of a network that puts things into classes: noise, since time does not depend on what is to be seen.
 *
 * @param benchmark the name of its benchmark
 * @param batch samples of a step
 * @param classes that there are
 * @param vocabulary how many tokens there are; 0 where samples are no texts
 * @param sample the shape of a sample
 */
public record ClassifierTask(String benchmark, int batch, int classes, int vocabulary, List<Long> sample) {
    /** Pictures of 224 x 224 pixels. */
    public static final ClassifierTask RESNET18 = new ClassifierTask("resnet18", 8, 1_000, 0, List.of(3L, 224L, 224L));

    /** Pictures of 224 x 224 pixels. */
    public static final ClassifierTask MOBILENETV2 =
            new ClassifierTask("mobilenetv2", 8, 1_000, 0, List.of(3L, 224L, 224L));

    /** Texts of 64 tokens. */
    public static final ClassifierTask TRANSFORMER = new ClassifierTask("transformer", 16, 10, 1_000, List.of(64L));

    /** Sequences of 64 steps. */
    public static final ClassifierTask LSTM = new ClassifierTask("lstm", 32, 10, 0, List.of(64L, 128L));

    /** Rows of numbers, for layers that are nothing but matrix products. */
    public static final ClassifierTask PERCEPTRON = new ClassifierTask("perceptron", 128, 10, 0, List.of(784L));

    /** Every one. */
    public static final List<ClassifierTask> ALL = List.of(RESNET18, MOBILENETV2, TRANSFORMER, LSTM, PERCEPTRON);

    private static final int SEED = 11;

    /** Copies the shape. */
    public ClassifierTask {
        sample = List.copyOf(sample);
    }

    /** Tells whether the input is tokens, whole numbers below the size of the vocabulary. */
    public boolean hasTokens() {
        return vocabulary > 0;
    }

    /** The input's shape, {@code [batch, …]}. */
    public long[] shape() {
        return LongStream.concat(LongStream.of(batch), sample.stream().mapToLong(Long::longValue))
                .toArray();
    }

    /** The input's numbers. */
    public float[] input() {
        int count = Math.toIntExact(Arrays.stream(shape()).reduce(1, Math::multiplyExact));
        return hasTokens() ? wholes(count, vocabulary) : Draw.pixels(SEED, count);
    }

    /** The input as Espalier's networks take it. */
    public INDArray tensor() {
        INDArray numbers = Nd4j.createFromArray(input()).reshape(shape());
        return hasTokens() ? numbers.castTo(DataType.INT32) : numbers;
    }

    /** The class of each sample. */
    public float[] labels() {
        return wholes(batch, classes);
    }

    private static float[] wholes(int count, int bound) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextInt(bound);
        }
        return numbers;
    }
}
