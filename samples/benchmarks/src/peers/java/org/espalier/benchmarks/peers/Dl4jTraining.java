package org.espalier.benchmarks.peers;

import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.networks.MlpTask;
import org.espalier.benchmarks.networks.Portions;
import org.espalier.benchmarks.networks.UnetTask;
import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A network of Deeplearning4j in training: {@code fit} for each of a step's batches. */
final class Dl4jTraining implements Subject {
    private final Consumer<DataSet> fit;
    private final Portions<DataSet> batches;
    private final double amount;

    private Dl4jTraining(Consumer<DataSet> fit, Portions<DataSet> batches, double amount) {
        this.fit = fit;
        this.batches = batches;
        this.amount = amount;
    }

    /** The U-Net of unet.net. */
    static Dl4jTraining unet(ComputationGraph network, int size) {
        return new Dl4jTraining(network::fit, Portions.of(drawing(size)), 0);
    }

    /** A drawing and what it should become. */
    static DataSet drawing(int size) {
        return new DataSet(
                Nd4j.createFromArray(UnetTask.drawings(1, size)).reshape(1, 3, size, size),
                Nd4j.createFromArray(UnetTask.colours(1, size)).reshape(1, 3, size, size));
    }

    /** The small network. */
    static Dl4jTraining mlp(MultiLayerNetwork network) {
        return new Dl4jTraining(network::fit, Portions.of(features()), 0);
    }

    /** Creates the batch that the small network is trained on. */
    static DataSet features() {
        return new DataSet(
                Nd4j.createFromArray(MlpTask.features()).reshape(MlpTask.BATCH, MlpTask.FEATURES),
                Nd4j.createFromArray(MlpTask.answers()).reshape(MlpTask.BATCH, 1));
    }

    /** The digits sample. */
    static Dl4jTraining digits(MultiLayerNetwork network, List<Batch> batches) {
        Portions<DataSet> portions =
                Portions.ofEpoch(batches.stream().map(Dl4jTraining::digits).toList());
        return new Dl4jTraining(network::fit, portions, (double) portions.perStep() * DigitsTask.BATCH);
    }

    /** A batch with one column for each digit, as Deeplearning4j wants it. */
    static DataSet digits(Batch batch) {
        INDArray columns = Nd4j.zeros(batch.size(), 10);
        for (int i = 0; i < batch.size(); i++) {
            columns.putScalar(i, batch.target().getInt(i), 1);
        }
        return new DataSet(batch.input(), columns);
    }

    @Override
    public void step() {
        batches.next(fit);
    }

    @Override
    public double amount() {
        return amount;
    }

    @Override
    public String build() {
        return Natives.nd4j();
    }
}
