package com.example.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ReadDigitsTest {
    private static final Path DATA = Path.of("src", "main", "data", "mnist10k");

    @TempDir
    private Path folder;

    @Test
    void theNetworkHasTheParametersOfItsLayers() {
        try (Digits net = Digits.create(Init.seed(1))) {
            long conv1 = 16 * 5 * 5 + 16;
            long conv2 = 32 * 16 * 5 * 5 + 32;
            long hidden = 32 * 7 * 7 * 128 + 128;
            long answer = 128 * 10 + 10;
            assertThat(net.parameterCount()).isEqualTo(conv1 + conv2 + hidden + answer);
        }
    }

    @Test
    void twentyStepsHalveTheLossAndTeachMostDigits() throws IOException {
        try (Digits net = Digits.create(Init.seed(1))) {
            List<StepReport> reports = train(net, 20);

            assertThat(reports.get(19).dataLoss())
                    .isLessThan(0.5 * reports.get(0).dataLoss());
            assertThat(ReadDigits.accuracy(net, ReadDigits.digits(DATA, "t10k")))
                    .isGreaterThan(0.7);
        }
    }

    @Test
    void theLossIsTheDataLossAndHalfTheSumOfSquaredWeights() throws IOException {
        try (Digits net = Digits.create(Init.seed(1))) {
            double squares = 0;
            for (String layer : List.of("conv1", "conv2", "hidden", "answer")) {
                double norm = net.parameters()
                        .get(layer + ".weight")
                        .value()
                        .norm2Number()
                        .doubleValue();
                squares += norm * norm;
            }

            StepReport report = train(net, 1).get(0);

            assertThat(report.ledger()).extracting(LedgerEntry::term).containsOnly("l2");
            assertThat(report.penalty()).isCloseTo(0.5 * 1e-4 * squares, within(1e-6));
            assertThat(report.total()).isCloseTo(report.dataLoss() + report.penalty(), within(1e-12));
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsToTheBit() throws IOException {
        try (Digits first = Digits.create(Init.seed(7));
                Digits second = Digits.create(Init.seed(7));
                Digits other = Digits.create(Init.seed(8))) {
            train(first, 20);
            train(second, 20);
            train(other, 20);

            assertThat(values(second)).isEqualTo(values(first));
            assertThat(values(other)).isNotEqualTo(values(first));
        }
    }

    @Test
    void weightsComeBackFromTheirFile() throws IOException {
        Path file = folder.resolve("digits.safetensors");
        try (Digits trained = Digits.create(Init.seed(1));
                Digits loaded = Digits.create(Init.seed(2))) {
            train(trained, 3);
            trained.save(file);

            loaded.load(file);

            INDArray image = Nd4j.rand(5, 1, 28, 28);
            assertThat(loaded.predict(image)).isEqualTo(trained.predict(image));
        }
    }

    @Test
    void aWeightsFileCutOffIsRefusedAndLeavesTheNetworkAsItWas() throws IOException {
        Path file = folder.resolve("digits.safetensors");
        try (Digits net = Digits.create(Init.seed(1))) {
            net.save(file);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            train(net, 1);
            float[] before = values(net);

            assertThatThrownBy(() -> net.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining(file.toString());

            assertThat(values(net)).isEqualTo(before);
        }
    }

    @Test
    void picturesOfAnotherSizeAreRefused() {
        try (Digits net = Digits.create(Init.seed(1))) {
            assertThatThrownBy(() -> net.predict(Nd4j.zeros(2, 1, 27, 28)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[2, 1, 27, 28]")
                    .hasMessageContaining("28, 28]");
        }
    }

    @Test
    void aLabelThatIsNoDigitIsRefused() {
        try (Digits net = Digits.create(Init.seed(1))) {
            assertThatThrownBy(() -> net.trainStep(Nd4j.zeros(1, 1, 28, 28), Nd4j.createFromArray(10f)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("10");
        }
    }

    @Test
    void missingDigitsAreNamed() {
        assertThatThrownBy(() -> ReadDigits.digits(folder, "train"))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(folder.resolve("train-images-idx3-ubyte.gz") + ": expected an IDX file")
                .hasMessageEndingWith("found nothing there");
    }

    private static List<StepReport> train(Digits net, int steps) {
        Batches batches = ReadDigits.digits(DATA, "t10k");
        List<StepReport> reports = new ArrayList<>();
        for (Batch batch : batches.epoch(1)) {
            if (reports.size() < steps) {
                reports.add(net.trainStep(batch.input(), batch.target()));
            }
        }
        return reports;
    }

    private static float[] values(Digits net) {
        return net.parameters().values().dup().data().asFloat();
    }
}
