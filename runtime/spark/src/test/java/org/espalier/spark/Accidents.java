package org.espalier.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.spark.nets.Plain;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network whose copies meet with accidents: they wait in the middle of a step to be killed, or work slowly, when a
 * file says so.
 *
 * @param folder of these files, which every process sees
 */
record Accidents(String folder) implements SparkModel<Plain> {
    static final String DEATH = "death";
    static final String SLOWNESS = "slowness";
    static final String VICTIM = "victim";

    @Override
    public Plain create() {
        return Plain.create(Init.seed(0));
    }

    @Override
    public INDArray forward(Plain network, Batch batch) {
        return network.forward(batch.input());
    }

    @Override
    public double loss(Plain network, Batch batch) {
        double loss = network.loss(batch.target());
        try {
            if (Files.deleteIfExists(Path.of(folder, SLOWNESS))) {
                TimeUnit.SECONDS.sleep(3);
            }
            if (Files.deleteIfExists(Path.of(folder, DEATH))) {
                Path written = Files.writeString(
                        Path.of(folder, "writing"), "" + ProcessHandle.current().pid());
                Files.move(written, Path.of(folder, VICTIM));
                TimeUnit.SECONDS.sleep(100);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return loss;
    }

    @Override
    public void backward(Plain network) {
        network.backward();
    }

    /** Lets an accident happen to the next copy that comes by. */
    void prepare(String what) {
        try {
            Files.createFile(Path.of(folder, what));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
