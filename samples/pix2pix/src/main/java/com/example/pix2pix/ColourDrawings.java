package com.example.pix2pix;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.ContactSheet;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.data.ImagePair;
import org.espalier.runtime.data.PairedImages;
import org.espalier.runtime.data.augment.Augmentation;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains two painters on 640 line drawings and their coloured originals, one by the distance of its colours alone and
 * one against a discriminator as well, then lets both colour 64 drawings they have not seen.
 */
public final class ColourDrawings {
    private static final int SIZE = 64;
    private static final int BATCH = 8;
    private static final int EPOCHS = 22;
    private static final long SEED = 42;

    private ColourDrawings() {}

    /** Prints how far the paintings are from the truth, and where to look at them. */
    public static void main(String[] args) {
        Path data = Path.of("src", "main", "data", "openmoji");
        Path demo = Path.of("target", "demo");
        PairedImages train = PairedImages.read(data.resolve("train"), SIZE, SIZE);
        PairedImages test = PairedImages.read(data.resolve("test"), SIZE, SIZE);
        Batches batches = train.batches(BATCH, Augmentation.none().withFlips().withJitter(8), SEED);

        INDArray byDistance = trainByDistance(batches, test, demo);
        INDArray adversarially = trainAgainstDiscriminator(batches, test, demo);

        compare(test, train.targets(), byDistance, adversarially);
        Path sheet = demo.resolve("contact-sheet.png");
        draw(test, byDistance, adversarially, sheet);
        System.out.println("Drawing, painted by L1, by L1 and GAN, truth  " + sheet.toAbsolutePath());
        System.out.println("Losses of each epoch, and weights             " + demo.toAbsolutePath());
    }

    /** As pix2pix does: the rate of the .net for the first half, then down to 0 in a straight line. */
    static double rate(double initial, int epoch, int epochs) {
        return initial * Math.min(1, 2 - 2 * (epoch - 1.0) / epochs);
    }

    private static INDArray trainByDistance(Batches batches, PairedImages test, Path demo) {
        System.out.println("Training with L1Loss alone");
        try (UnetGenerator net = UnetGenerator.create(Init.seed(SEED))) {
            double initial = net.optimizer().lr();
            Trainer.of(net, batches)
                    .epochs(EPOCHS)
                    .learningRate(epoch -> rate(initial, epoch, EPOCHS))
                    .ledger(demo.resolve("l1.csv"))
                    .weights(demo.resolve("l1.safetensors"))
                    .progress(Progress.console())
                    .run();
            // Without dropout and with the running statistics. The paper keeps both as in training and paints one
            // drawing at a time, which comes out a little worse here.
            return net.predict(test.sources());
        }
    }

    private static INDArray trainAgainstDiscriminator(Batches batches, PairedImages test, Path demo) {
        System.out.println("Training with L1Loss against a discriminator");
        try (AdversarialPainter painter = new AdversarialPainter(SEED)) {
            painter.train(batches, EPOCHS, demo, Progress.console());
            return painter.paint(test.sources());
        }
    }

    private static void compare(PairedImages test, INDArray known, INDArray byDistance, INDArray adversarially) {
        INDArray truth = test.targets();
        INDArray meanColour = known.mean(true, 0, 2, 3).broadcast(truth.shape());
        Map<String, INDArray> paintings = new LinkedHashMap<>();
        paintings.put("painted, L1 alone", byDistance);
        paintings.put("painted, L1 and GAN", adversarially);
        paintings.put("the drawing as it is", test.sources());
        paintings.put("the mean colour all over", meanColour);
        paintings.put("the truth", truth);
        System.out.println(test.size() + " drawings not trained on: mean absolute error of pixels in [-1, 1], and mean"
                + " chroma in CIELAB");
        paintings.forEach((name, pictures) ->
                System.out.printf("  %-26s%.3f  %5.1f%n", name, error(pictures, truth), Chroma.mean(pictures)));
    }

    static double error(INDArray guess, INDArray truth) {
        return guess.sub(truth).ameanNumber().doubleValue();
    }

    /** Sets drawing, both paintings and truth side by side. */
    private static void draw(PairedImages test, INDArray byDistance, INDArray adversarially, Path file) {
        ContactSheet sheet = new ContactSheet("drawing", "L1", "L1+GAN", "truth");
        for (int i = 0; i < test.size(); i++) {
            ImagePair pair = test.pairs().get(i);
            sheet.row(pair.source(), Image.of(byDistance.slice(i)), Image.of(adversarially.slice(i)), pair.target());
        }
        sheet.write(file, 4);
    }
}
