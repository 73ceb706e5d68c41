package com.example.pix2pix;

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
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.ImagePair;
import org.espalier.runtime.data.PairedImages;
import org.espalier.runtime.data.augment.Augmentation;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ColourDrawingsTest {
    private static final Path DATA = Path.of("src", "main", "data", "openmoji");

    private static PairedImages test;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readTestPairs() throws IOException {
        test = PairedImages.read(DATA.resolve("test"), 64, 64);
    }

    @Test
    void trainingAndTestDrawingsAreDifferentOnes() throws IOException {
        PairedImages train = PairedImages.read(DATA.resolve("train"), 64, 64);

        assertThat(train.size()).isEqualTo(640);
        assertThat(test.size()).isEqualTo(64);
        assertThat(test.pairs())
                .extracting(ImagePair::name)
                .doesNotContainAnyElementsOf(
                        train.pairs().stream().map(ImagePair::name).toList());
    }

    @Test
    void theLicenseOfThePicturesStandsBesideThem() throws IOException {
        assertThat(Files.readString(DATA.resolve("LICENSE.txt")))
                .startsWith("All emojis designed by OpenMoji, the open-source emoji and icon project.\n"
                        + "License: CC BY-SA 4.0\n");
    }

    @Test
    void theNetworkHasTheParametersOfTheUNetWithSixLevels() {
        int n = 32;
        long down = 16L * (3 * n + n * 2 * n + 2 * n * 4 * n + 4 * n * 8 * n + 2 * 8 * n * 8 * n);
        long up = 16L * (8 * n * 8 * n + 16 * n * 8 * n + 16 * n * 4 * n + 8 * n * 2 * n + 4 * n * n + 2 * n * 3);
        long downNorms = 2L * (2 * n + 4 * n + 8 * n + 8 * n);
        long upNorms = 2L * (8 * n + 8 * n + 4 * n + 2 * n + n);
        long bias = 3;
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            assertThat(net.parameterCount()).isEqualTo(down + up + downNorms + upNorms + bias);
        }
    }

    @Test
    void namesInTheNetFileAreThePathsOfTheParameters() {
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            assertThat(net.parameters().stream().map(Parameter::name))
                    .startsWith("unet.downconv.weight", "unet.submodule.downconv.weight")
                    .contains("unet.submodule.submodule.submodule.submodule.submodule.upnorm.bias")
                    .endsWith("unet.upconv.weight", "unet.upconv.bias");
        }
    }

    @Test
    void aFewStepsLowerTheLoss() {
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            List<StepReport> reports = train(net, 6);

            assertThat(reports.get(5).dataLoss())
                    .isLessThan(0.8 * reports.get(0).dataLoss());
        }
    }

    @Test
    void theLossIsTheDataLossAndTheElasticPenaltyOfTheConvolutionWeights() {
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            double sum = 0;
            double squares = 0;
            for (Parameter parameter : net.parameters()) {
                if (parameter.value().rank() == 4) {
                    double norm = parameter.value().norm2Number().doubleValue();
                    sum += parameter.value().norm1Number().doubleValue();
                    squares += norm * norm;
                }
            }

            StepReport report = train(net, 1).get(0);

            assertThat(report.ledger()).extracting(LedgerEntry::name).containsExactly("elastic:l1", "elastic:l2");
            assertThat(report.ledger().get(0).value()).isCloseTo(1e-7 * sum, within(1e-5));
            assertThat(report.ledger().get(1).value()).isCloseTo(0.5 * 1e-5 * squares, within(1e-5));
            assertThat(report.total()).isCloseTo(report.dataLoss() + report.penalty(), within(1e-12));
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsToTheBit() {
        try (UnetGenerator first = UnetGenerator.create(Init.seed(7));
                UnetGenerator second = UnetGenerator.create(Init.seed(7))) {
            train(first, 20);
            train(second, 20);

            assertThat(second.parameters().values())
                    .isEqualTo(first.parameters().values());
            assertThat(Arrays.equals(values(second), values(first))).isTrue();
        }
    }

    @Test
    void weightsComeBackFromTheirFile() throws IOException {
        Path file = folder.resolve("unet.safetensors");
        try (UnetGenerator trained = UnetGenerator.create(Init.seed(1));
                UnetGenerator loaded = UnetGenerator.create(Init.seed(2))) {
            train(trained, 2);
            trained.save(file);

            loaded.load(file);

            INDArray drawings = test.sources();
            assertThat(Arrays.equals(
                            loaded.predict(drawings).data().asFloat(),
                            trained.predict(drawings).data().asFloat()))
                    .isTrue();
        }
    }

    @Test
    void aWeightsFileCutOffIsRefusedAndLeavesTheNetworkAsItWas() throws IOException {
        Path file = folder.resolve("unet.safetensors");
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            net.save(file);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
            train(net, 1);
            float[] before = values(net);

            assertThatThrownBy(() -> net.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining(file.toString());

            assertThat(Arrays.equals(values(net), before)).isTrue();
        }
    }

    @Test
    void drawingsOfAnotherSizeAreRefused() {
        try (UnetGenerator net = UnetGenerator.create(Init.seed(1))) {
            assertThatThrownBy(() -> net.predict(Nd4j.zeros(1, 3, 128, 128)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3, 64, 64]")
                    .hasMessageContaining("[1, 3, 128, 128]");
        }
    }

    @Test
    void aFolderOfPicturesOfAnotherSizeIsRefusedWithTheFileNamed() {
        assertThatThrownBy(() -> PairedImages.read(DATA.resolve("test"), 256, 256))
                .isInstanceOf(DataException.class)
                .hasMessage(DATA.resolve("test").resolve("1F32B.png")
                        + ": expected a picture of 512 x 256 pixels (width x height), found 128 x 64");
    }

    @Test
    void aMissingFolderIsNamed() {
        Path missing = DATA.resolve("validation");

        assertThatThrownBy(() -> PairedImages.read(missing, 64, 64))
                .isInstanceOf(DataException.class)
                .hasMessage(missing + ": expected a folder of PNG files, found nothing there");
    }

    @Test
    void aTruncatedPictureAndOneThatIsNoneAreNamed() throws IOException {
        Path picture = folder.resolve("1F34E.png");
        byte[] whole = Files.readAllBytes(DATA.resolve("test").resolve("1F34E.png"));

        Files.write(picture, Arrays.copyOf(whole, 1_000));
        assertThatThrownBy(() -> PairedImages.read(folder, 64, 64))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(picture + ": expected a whole PNG file, found its first 1000 bytes only");

        Files.writeString(picture, "<svg></svg>");
        assertThatThrownBy(() -> PairedImages.read(folder, 64, 64))
                .isInstanceOf(DataException.class)
                .hasMessage(picture + ": expected a PNG file, found a file that begins with \"<svg></svg>\"");
    }

    /** Steps on the test pairs, which are few and so quickly read. */
    private static List<StepReport> train(UnetGenerator net, int steps) {
        Batches batches = test.batches(4, Augmentation.none().withFlips().withJitter(8), 42);
        List<StepReport> reports = new ArrayList<>();
        for (int epoch = 1; reports.size() < steps; epoch++) {
            for (Batch batch : batches.epoch(epoch)) {
                if (reports.size() < steps) {
                    reports.add(net.trainStep(batch.input(), batch.target()));
                }
            }
        }
        return reports;
    }

    private static float[] values(UnetGenerator net) {
        return net.parameters().values().dup().data().asFloat();
    }
}
