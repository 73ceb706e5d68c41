package org.espalier.benchmarks.networks;

import com.example.digits.Digits;
import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A generated network in training: {@code trainStep} for each of a step's batches.
 *
 * @param <N> the network
 */
public final class TrainingSubject<N extends Network & Supervised> implements Subject {
    private static final long SEED = 42;

    private final N network;
    private final Portions<Batch> batches;
    private final double amount;

    private TrainingSubject(N network, Portions<Batch> batches, double amount) {
        this.network = network;
        this.batches = batches;
        this.amount = amount;
    }

    /** A U-Net for pictures of this size. */
    public static <N extends Network & Supervised> Subject unet(Maker<N> maker, int batch, int size, double amount) {
        long[] shape = {batch, 3, size, size};
        INDArray drawings = Nd4j.createFromArray(UnetTask.drawings(batch, size)).reshape(shape);
        INDArray colours = Nd4j.createFromArray(UnetTask.colours(batch, size)).reshape(shape);
        return new TrainingSubject<>(maker.make(Init.seed(SEED)), Portions.of(new Batch(drawings, colours)), amount);
    }

    /** The small network. */
    public static Subject mlp() {
        INDArray features = Nd4j.createFromArray(MlpTask.features()).reshape(MlpTask.BATCH, MlpTask.FEATURES);
        INDArray answers = Nd4j.createFromArray(MlpTask.answers()).reshape(MlpTask.BATCH, 1);
        return new TrainingSubject<>(Mlp.create(Init.seed(SEED)), Portions.of(new Batch(features, answers)), 0);
    }

    /** The digits sample: a part of an epoch. */
    public static Subject digits() {
        Portions<Batch> batches = Portions.ofEpoch(DigitsTask.epoch());
        return new TrainingSubject<>(
                Digits.create(Init.seed(SEED)), batches, (double) batches.perStep() * DigitsTask.BATCH);
    }

    /** A network that puts a batch into classes. */
    public static <N extends Network & Supervised> Subject classifier(Maker<N> maker, ClassifierTask task) {
        Batch batch = new Batch(task.tensor(), Nd4j.createFromArray(task.labels()));
        return new TrainingSubject<>(maker.make(Init.seed(SEED)), Portions.of(batch), 0);
    }

    @Override
    public void step() {
        batches.next(batch -> network.trainStep(batch.input(), batch.target()));
    }

    @Override
    public double amount() {
        return amount;
    }

    @Override
    public String build() {
        return Natives.nd4j();
    }

    @Override
    public void close() {
        network.close();
    }

    /** {@code UnetGenerator::create}. */
    @FunctionalInterface
    public interface Maker<N> {
        /** Makes a network. */
        N make(Init init);
    }
}
