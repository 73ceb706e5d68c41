package com.example.autoencoder;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.ContactSheet;
import org.espalier.runtime.data.Idx;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.train.LedgerCsv;
import org.espalier.runtime.train.MeanReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.schedule.CosineAnnealingLR;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Trains the networks of autoencoder.net on 8,000 handwritten digits, rebuilds others, and draws new ones. */
public final class ImagineDigits {
    /** The sample of digits ships them. */
    static final Path DATA = Path.of("..", "digits", "src", "main", "data", "mnist10k");

    /** Numbers in the code of a digit; autoencoder.net has the same. */
    static final int CODE = 12;

    private static final int BATCH = 64;
    private static final int EPOCHS = 25;
    private static final int SHOWN = 60;
    private static final long SEED = 42;

    private ImagineDigits() {}

    /** Prints how well digits are rebuilt that it has not seen, and where to look at them. */
    public static void main(String[] args) {
        INDArray training = Idx.images(DATA.resolve("train-images-idx3-ubyte.gz"));
        INDArray test = Idx.images(DATA.resolve("t10k-images-idx3-ubyte.gz"));
        Path demo = Path.of("target", "demo");

        try (Autoencoder net = Autoencoder.create(Init.seed(SEED))) {
            StepReport last =
                    train(net, batches(training), EPOCHS, demo.resolve("autoencoder.csv"), Progress.console());
            net.save(demo.resolve("autoencoder.safetensors"));

            System.out.println("The last epoch, nats for each digit");
            for (LossEntry loss : last.losses()) {
                System.out.printf("  %-30s%6.1f%n", loss.name(), loss.value());
            }
            System.out.printf("%,d digits not trained on, nats for each%n", test.size(0));
            System.out.printf("  %-30s%6.1f%n", "autoencoder", loss(net, test));
            System.out.printf("  %-30s%6.1f%n", "the mean digit for each", loss(training.mean(true, 0), test));
            Path sheet = demo.resolve("digits.png");
            draw(net, test, sheet);
            System.out.println("Digit, rebuilt, and one that nobody wrote  " + sheet.toAbsolutePath());
            System.out.println("Losses of each epoch, and weights          " + demo.toAbsolutePath());
        }
    }

    /** Digits, and the noise for each of them in the place of a target: the same whenever an epoch is asked for. */
    static Batches batches(INDArray digits) {
        return Batches.of(digits, Nd4j.zeros(digits.size(0)), BATCH, SEED)
                .map((batch, random) -> new Batch(batch.input(), noise(batch.size(), random)), SEED);
    }

    /**
     * The loop of {@code Trainer}, for a network of two inputs.
     *
     * @param ledger gets the losses of each epoch
     * @return the mean report of the last epoch
     */
    static StepReport train(Autoencoder net, Batches batches, int epochs, Path ledger, Progress progress) {
        LRScheduler schedule = new CosineAnnealingLR(epochs);
        LedgerCsv csv = new LedgerCsv(ledger);
        double initialRate = net.optimizer().lr();
        progress.begin("training", (long) epochs * batches.perEpoch());
        MeanReport mean = new MeanReport();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            net.optimizer().lr(schedule.lr(initialRate, epoch - 1));
            mean = new MeanReport();
            for (Batch batch : batches.epoch(epoch)) {
                StepReport step = net.trainStep(batch.input(), batch.target());
                mean.add(step, batch.size());
                progress.step(String.format(
                        Locale.ROOT,
                        "epoch %d/%d, loss %.4g",
                        epoch,
                        epochs,
                        mean.mean().total()));
            }
            csv.write(epoch, mean.mean());
        }
        progress.end();
        return mean.mean();
    }

    /** The loss of the autoencoder, the bound on −log p of a digit. */
    static double loss(Autoencoder net, INDArray digits) {
        net.forward(digits, noise((int) digits.size(0), new Random(SEED)));
        return net.loss();
    }

    /** The loss where every digit is rebuilt as the same picture, which needs no code. */
    private static double loss(INDArray picture, INDArray digits) {
        INDArray white = Transforms.log(picture.add(1e-6));
        INDArray black = Transforms.log(picture.rsub(1).add(1e-6));
        INDArray meanDigit = digits.mean(true, 0);
        return -meanDigit
                .mul(white)
                .add(meanDigit.rsub(1).mul(black))
                .sumNumber()
                .doubleValue();
    }

    /** Sets digits, what became of them, and digits that are drawn from codes of noise, side by side. */
    static void draw(Autoencoder net, INDArray digits, Path file) {
        // Without noise a digit's code is the mean.
        INDArray rebuilt = net.predict(digits, Nd4j.zeros(DataType.FLOAT, digits.size(0), CODE));
        INDArray imagined = imagine(net, SHOWN, new Random(SEED));
        ContactSheet sheet = new ContactSheet("digit", "rebuilt", "imagined");
        for (int i = 0; i < SHOWN; i++) {
            sheet.row(image(digits, i), image(rebuilt, i), image(imagined, i));
        }
        sheet.write(file, 5);
    }

    /** Digits by codes that are drawn from N(0, 1), [count, 1, 28, 28]. */
    static INDArray imagine(Autoencoder net, int count, RandomGenerator random) {
        try (DigitPainter painter = DigitPainter.create(Init.seed(0))) {
            painter.parameters()
                    .forEach(own ->
                            own.value().assign(net.parameters().get(own.name()).value()));
            return painter.predict(noise(count, random));
        }
    }

    private static INDArray noise(int count, RandomGenerator random) {
        INDArray noise = Nd4j.create(DataType.FLOAT, count, CODE);
        for (long i = 0; i < noise.length(); i++) {
            noise.putScalar(i, random.nextGaussian());
        }
        return noise;
    }

    private static Image image(INDArray digits, int place) {
        return Image.of(digits.slice(place).mul(2).sub(1)).resized(56, 56);
    }
}
