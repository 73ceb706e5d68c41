package com.example.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Random;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Idx;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.train.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ImagineDigitsTest {
    private static final INDArray DIGITS = Idx.images(ImagineDigits.DATA.resolve("t10k-images-idx3-ubyte.gz"));

    @TempDir
    private Path folder;

    @Test
    void anEpochLowersTheLossOfDigitsThatItHasNotSeen() {
        try (Autoencoder net = Autoencoder.create(Init.seed(1))) {
            INDArray unseen = digits(1000, 1500);
            double before = ImagineDigits.loss(net, unseen);

            train(net, digits(0, 1000));

            // Half black and half white, log 2 for each of 784 pixels.
            assertThat(before).isCloseTo(784 * Math.log(2), within(5.0));
            assertThat(ImagineDigits.loss(net, unseen)).isLessThan(280);
        }
    }

    @Test
    void theLedgerHasBothLossesAndThePenalty() {
        try (Autoencoder net = Autoencoder.create(Init.seed(1))) {
            StepReport report = train(net, digits(0, 64));

            assertThat(report.losses()).extracting(LossEntry::name).containsExactly("BCEWithLogitsLoss", "Divergence");
            assertThat(report.dataLoss())
                    .isCloseTo(
                            report.losses().stream()
                                    .mapToDouble(LossEntry::value)
                                    .sum(),
                            within(1e-9));
            assertThat(report.ledger()).extracting(LedgerEntry::term).containsExactly("l2");
            assertThat(folder.resolve("ledger.csv")).content().contains("Divergence");
        }
    }

    @Test
    void theSameSeedGivesTheSameNetworkToTheBit() {
        try (Autoencoder first = Autoencoder.create(Init.seed(1));
                Autoencoder second = Autoencoder.create(Init.seed(1))) {
            train(first, digits(0, 128));
            train(second, digits(0, 128));

            assertThat(first.parameters().values())
                    .isEqualTo(second.parameters().values());
        }
    }

    @Test
    void noiseChangesWhatADigitBecomesButNotItsMean() {
        try (Autoencoder net = Autoencoder.create(Init.seed(1))) {
            train(net, digits(0, 640));
            INDArray digit = digits(0, 1);

            INDArray still = net.predict(digit, Nd4j.zeros(DataType.FLOAT, 1, ImagineDigits.CODE));
            INDArray again = net.predict(digit, Nd4j.zeros(DataType.FLOAT, 1, ImagineDigits.CODE));
            INDArray moved = net.predict(digit, Nd4j.ones(DataType.FLOAT, 1, ImagineDigits.CODE));

            assertThat(again).isEqualTo(still);
            assertThat(moved.sub(still).amaxNumber().doubleValue()).isGreaterThan(1e-3);
        }
    }

    @Test
    void whatIsImaginedIsDrawnByTheWeightsOfTheAutoencoder() {
        try (Autoencoder net = Autoencoder.create(Init.seed(1))) {
            INDArray before = ImagineDigits.imagine(net, 4, new Random(1));
            train(net, digits(0, 640));
            INDArray after = ImagineDigits.imagine(net, 4, new Random(1));

            assertThat(after.shape()).containsExactly(4, 1, 28, 28);
            assertThat(before.meanNumber().doubleValue()).isCloseTo(0.5, within(0.05));
            assertThat(after.meanNumber().doubleValue())
                    .isCloseTo(DIGITS.meanNumber().doubleValue(), within(0.05));
        }
    }

    @Test
    void thePictureHasSixtyRowsInFiveBlocks() {
        try (Autoencoder net = Autoencoder.create(Init.seed(1))) {
            Path file = folder.resolve("digits.png");

            ImagineDigits.draw(net, digits(0, 60), file);

            Image sheet = Image.read(file);
            assertThat(sheet.height()).isGreaterThan(12 * 56).isLessThan(12 * 56 + 150);
            assertThat(sheet.width()).isGreaterThan(15 * 56).isLessThan(15 * 56 + 250);
        }
    }

    private StepReport train(Autoencoder net, INDArray digits) {
        return ImagineDigits.train(
                net, ImagineDigits.batches(digits), 1, folder.resolve("ledger.csv"), Progress.silent());
    }

    private static INDArray digits(int from, int to) {
        return DIGITS.get(NDArrayIndex.interval(from, to)).dup();
    }
}
