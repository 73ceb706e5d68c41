package com.example.pix2pix;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.LedgerCsv;
import org.espalier.runtime.train.MeanReport;
import org.espalier.runtime.train.Progress;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the networks of gan.net against each other: the whole of pix2pix, epoch by epoch. */
public final class AdversarialPainter implements AutoCloseable {
    private static final String EPOCHS_DONE = "epochs";

    private final AdversarialGenerator generator;
    private final PatchDiscriminator discriminator;
    private final Adversarial gan;
    /** The rate of gan.net, before a checkpoint brings that of its epoch. */
    private final double initialRate;

    /**
     * Makes both networks.
     *
     * @param seed of their weights
     */
    public AdversarialPainter(long seed) {
        generator = AdversarialGenerator.create(Init.seed(seed));
        discriminator = PatchDiscriminator.create(Init.seed(seed + 1));
        initialRate = generator.optimizer().lr();
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
     * @param folder gets ledgers of both networks, weights and checkpoint after each epoch
     */
    public void train(Batches batches, int epochs, Path folder, Progress progress) {
        Path checkpoint = folder.resolve("gan.checkpoint");
        int done = Files.exists(checkpoint)
                ? Integer.parseInt(gan.resume(checkpoint).get(EPOCHS_DONE))
                : 0;
        LedgerCsv generatorLedger = new LedgerCsv(folder.resolve("gan-generator.csv"));
        LedgerCsv discriminatorLedger = new LedgerCsv(folder.resolve("gan-discriminator.csv"));
        progress.begin("training", (long) Math.max(0, epochs - done) * batches.perEpoch());
        for (int epoch = done + 1; epoch <= epochs; epoch++) {
            double rate = ColourDrawings.rate(initialRate, epoch, epochs);
            generator.optimizer().lr(rate);
            discriminator.optimizer().lr(rate);
            MeanReport made = new MeanReport();
            MeanReport judged = new MeanReport();
            for (Batch batch : batches.epoch(epoch)) {
                Adversarial.Reports reports = gan.step(batch.input(), batch.target());
                made.add(reports.generator(), batch.size());
                judged.add(reports.discriminator(), batch.size());
                progress.step(String.format(
                        Locale.ROOT,
                        "epoch %d/%d, generator %.4g, discriminator %.3g",
                        epoch,
                        epochs,
                        made.mean().total(),
                        judged.mean().total()));
            }
            generatorLedger.write(epoch, made.mean());
            discriminatorLedger.write(epoch, judged.mean());
            generator.save(folder.resolve("gan.safetensors"));
            gan.saveCheckpoint(checkpoint, Map.of(EPOCHS_DONE, String.valueOf(epoch)));
        }
        progress.end();
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
