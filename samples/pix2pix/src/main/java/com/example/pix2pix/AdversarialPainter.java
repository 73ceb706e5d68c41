package com.example.pix2pix;

import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the networks of gan.net against each other: the whole of pix2pix. */
public final class AdversarialPainter implements AutoCloseable {
    private final AdversarialGenerator generator;
    private final PatchDiscriminator discriminator;
    private final Adversarial gan;

    /**
     * Makes both networks.
     *
     * @param seed of their weights
     */
    public AdversarialPainter(long seed) {
        generator = AdversarialGenerator.create(Init.seed(seed));
        discriminator = PatchDiscriminator.create(Init.seed(seed + 1));
        gan = new Adversarial(
                new Adversarial.Generator(generator, generator, generator::backwardWith),
                new Adversarial.Discriminator(
                        discriminator,
                        discriminator::forward,
                        discriminator::loss,
                        discriminator::backward,
                        discriminator::dPicture),
                2); // The discriminator learns from half of its loss, the generator from all of it.
    }

    /**
     * Trains, or goes on from the checkpoint that an earlier run left in the folder.
     *
     * @param epochs how often it sees every pair, in all runs together
     * @param folder gets the ledger, weights and checkpoint after each epoch
     */
    public void train(Batches batches, int epochs, Path folder, Progress progress) {
        double initial = generator.optimizer().lr();
        Trainer.of(gan, batches)
                .epochs(epochs)
                .learningRate(epoch -> ColourDrawings.rate(initial, epoch, epochs))
                .ledger(folder.resolve("gan.csv"))
                .weights(folder.resolve("gan.safetensors"))
                .checkpoint(folder.resolve("gan.checkpoint"))
                .progress(progress)
                .run();
    }

    /** Paints drawings [batch, 3, 64, 64]. */
    public INDArray paint(INDArray drawings) {
        return generator.predict(drawings);
    }

    @Override
    public void close() {
        generator.close();
        discriminator.close();
    }
}
