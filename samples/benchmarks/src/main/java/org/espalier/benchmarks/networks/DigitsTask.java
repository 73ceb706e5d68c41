package org.espalier.benchmarks.networks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Idx;

/** Training data of the digits sample, cut into batches beforehand. */
public final class DigitsTask {
    /** Samples of a step. */
    public static final int BATCH = 64;

    /** An epoch's 125 batches are measured in so many steps. */
    public static final int STEPS = 5;

    private static final Path DATA = Path.of("..", "digits", "src", "main", "data", "mnist10k");

    private DigitsTask() {}

    /** One epoch, the same for all: images {@code [batch, 1, 28, 28]}, and their digits {@code [batch]}. */
    public static List<Batch> epoch() {
        Batches batches = Batches.of(
                Idx.images(DATA.resolve("train-images-idx3-ubyte.gz")),
                Idx.labels(DATA.resolve("train-labels-idx1-ubyte.gz")),
                BATCH,
                7);
        List<Batch> epoch = new ArrayList<>();
        for (Batch batch : batches.epoch(1)) {
            epoch.add(new Batch(batch.input().dup('c'), batch.target().dup('c')));
        }
        return epoch;
    }
}
