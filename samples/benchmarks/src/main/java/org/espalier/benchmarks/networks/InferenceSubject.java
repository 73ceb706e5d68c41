package org.espalier.benchmarks.networks;

import com.example.digits.Digits;
import org.espalier.benchmarks.subject.Draw;
import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A generated network in use: one step is one call of {@code predict}.
 *
 * @param <N> the network
 */
public final class InferenceSubject<N extends Network & Supervised> implements Subject {
    private final N network;
    private final INDArray input;

    private InferenceSubject(N network, INDArray input) {
        this.network = network;
        this.input = input;
    }

    /** U-Net-256 for one picture. */
    public static Subject unet() {
        return new InferenceSubject<>(
                Unet256.create(Init.seed(42)),
                Nd4j.createFromArray(UnetTask.drawings(1, 256)).reshape(1, 3, 256, 256));
    }

    /** The digits sample for one picture. */
    public static Subject digits() {
        return new InferenceSubject<>(
                Digits.create(Init.seed(42)),
                Nd4j.createFromArray(Draw.pixels(8, 28 * 28)).reshape(1, 1, 28, 28));
    }

    /** A network that puts a batch into classes. */
    public static <N extends Network & Supervised> Subject classifier(
            TrainingSubject.Maker<N> maker, ClassifierTask task) {
        return new InferenceSubject<>(maker.make(Init.seed(42)), task.tensor());
    }

    @Override
    public void step() {
        network.predict(input);
    }

    @Override
    public String build() {
        return Natives.nd4j();
    }

    @Override
    public void close() {
        network.close();
    }
}
