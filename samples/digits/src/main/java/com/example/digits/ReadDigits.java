package com.example.digits;

import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Idx;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.Validation;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.schedule.LinearLR;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the network of digits.net on 8,000 handwritten digits and tests it on 2,000 it has not seen. */
public final class ReadDigits {
    private static final int BATCH = 64;
    private static final int EPOCHS = 12;
    private static final long SEED = 42;

    private ReadDigits() {}

    /** Prints the share of test digits that were told right, and where the weights are. */
    public static void main(String[] args) {
        Path data = Path.of("src", "main", "data", "mnist10k");
        Path weights = Path.of("target", "demo", "digits.safetensors");
        Batches training = digits(data, "train");
        Batches test = digits(data, "t10k");

        try (Digits net = Digits.create(Init.seed(SEED))) {
            Trainer.of(net, training)
                    .epochs(EPOCHS)
                    // Falls in a straight line: large steps find the place, small ones settle there.
                    .schedule(new LinearLR(1, 1.0 / EPOCHS, EPOCHS - 1))
                    .weights(weights)
                    .progress(Progress.console())
                    .run();
            System.out.printf("Test accuracy %.2f %%%n", 100 * accuracy(net, test));
            System.out.println("Weights       " + weights.toAbsolutePath());
        }
    }

    /** The digits of both files with this prefix. */
    static Batches digits(Path data, String prefix) {
        INDArray images = Idx.images(data.resolve(prefix + "-images-idx3-ubyte.gz"));
        INDArray labels = Idx.labels(data.resolve(prefix + "-labels-idx1-ubyte.gz"));
        return Batches.of(images, labels, BATCH, SEED);
    }

    /** The share of digits whose largest logit is that of their label. */
    static double accuracy(Digits net, Batches digits) {
        Accuracy accuracy = new Accuracy();
        new Validation(digits, List.of(accuracy)).of(net);
        return accuracy.value();
    }
}
