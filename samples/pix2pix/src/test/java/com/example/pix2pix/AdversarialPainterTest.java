package com.example.pix2pix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.PairedImages;
import org.espalier.runtime.data.augment.Augmentation;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.TrainingException;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class AdversarialPainterTest {
    private static PairedImages pairs;
    private static Batches batches;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readPairs() {
        pairs = PairedImages.read(Path.of("src", "main", "data", "openmoji", "test"), 64, 64);
        batches = pairs.batches(16, Augmentation.none().withFlips().withJitter(8), 42);
    }

    @Test
    void aResumedRunEndsWithTheBitsOfAnUninterruptedOne() throws IOException {
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        try (AdversarialPainter painter = new AdversarialPainter(1)) {
            painter.train(batches, 2, whole, Progress.silent());
        }
        try (AdversarialPainter painter = new AdversarialPainter(1)) {
            stopWithinAnEpoch(painter, stopped);
        }
        try (AdversarialPainter painter = new AdversarialPainter(5)) {
            painter.train(batches, 2, stopped, Progress.silent());
        }

        String discriminator = "gan.checkpoint.discriminator-" + 2 * batches.perEpoch();
        for (String file : List.of("gan.safetensors", "gan.checkpoint", discriminator, "gan.csv")) {
            assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
        try (Stream<Path> files = Files.list(stopped)) {
            assertThat(files.filter(file -> file.toString().contains("discriminator-")))
                    .hasSize(1);
        }
    }

    private static void stopWithinAnEpoch(AdversarialPainter painter, Path folder) {
        Progress failing = new Progress() {
            private int batch;

            @Override
            public void begin(String task, long steps) {}

            @Override
            public void step(String message) {
                if (++batch > batches.perEpoch() + 1) {
                    throw new IllegalStateException("stopped");
                }
            }

            @Override
            public void end() {}
        };
        assertThatThrownBy(() -> painter.train(batches, 2, folder, failing))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("epoch 2, batch 2 of 4: stopped");
    }

    @Test
    void theDiscriminatorLearnsAgainAfterTheGeneratorHasLearntFromIt() {
        try (AdversarialGenerator generator = AdversarialGenerator.create(Init.seed(1));
                PatchDiscriminator discriminator = PatchDiscriminator.create(Init.seed(2))) {
            discriminator.freeze("stages.0.**");
            float[] before = values(discriminator);
            Batch batch = batches.epoch(1).iterator().next();

            Adversarial.Reports reports = gan(generator, discriminator).step(batch.input(), batch.target());

            assertThat(discriminator.parameters().stream()
                            .filter(Parameter::isFrozen)
                            .map(Parameter::name))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("stages.0."));
            assertThat(values(discriminator)).isNotEqualTo(before);
            assertThat(reports.generator().losses())
                    .extracting(LossEntry::name)
                    .containsExactly("supervised", "adversarial");
            assertThat(reports.discriminator().dataLoss()).isBetween(0.3, 2.0);
        }
    }

    @Test
    void aDamagedCheckpointLeavesBothNetworksAsTheyWere() throws IOException {
        Path file = folder.resolve("gan.checkpoint");
        try (AdversarialGenerator generator = AdversarialGenerator.create(Init.seed(1));
                PatchDiscriminator discriminator = PatchDiscriminator.create(Init.seed(2));
                AdversarialGenerator other = AdversarialGenerator.create(Init.seed(3));
                PatchDiscriminator otherDiscriminator = PatchDiscriminator.create(Init.seed(4))) {
            gan(generator, discriminator).saveCheckpoint(file, Map.of("epochs", "7"));
            float[] before = values(other);
            float[] discriminatorBefore = values(otherDiscriminator);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] = 0x7f; // the last number becomes NaN
            bytes[bytes.length - 2] = (byte) 0xff;
            Files.write(folder.resolve("damaged"), bytes);
            Files.move(folder.resolve("damaged"), file, StandardCopyOption.REPLACE_EXISTING);

            Adversarial gan = gan(other, otherDiscriminator);
            assertThatThrownBy(() -> gan.resume(file)).isInstanceOf(WeightsFileException.class);

            assertThat(values(other)).isEqualTo(before);
            assertThat(values(otherDiscriminator)).isEqualTo(discriminatorBefore);
        }
    }

    @Test
    void aCheckpointOfOneNetworkIsRefused() {
        Path file = folder.resolve("one.checkpoint");
        try (AdversarialGenerator generator = AdversarialGenerator.create(Init.seed(1));
                PatchDiscriminator discriminator = PatchDiscriminator.create(Init.seed(2))) {
            generator.saveCheckpoint(file);

            Adversarial gan = gan(generator, discriminator);
            assertThatThrownBy(() -> gan.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("does not say where the discriminator's is");
        }
    }

    @Test
    void chromaIsThatOfCielab() {
        // L*a*b* of sRGB red is 53.24, 80.09, 67.20; greys have none.
        assertThat(Chroma.of(1, -1, -1)).isCloseTo(104.55, within(0.01));
        assertThat(Chroma.of(0.2, 0.2, 0.2)).isCloseTo(0, within(0.01));
        INDArray drawings = pairs.sources();
        assertThat(Chroma.mean(drawings)).isLessThan(Chroma.mean(pairs.targets()));
    }

    private static Adversarial gan(AdversarialGenerator generator, PatchDiscriminator discriminator) {
        return new Adversarial(
                new Adversarial.Generator(generator, generator, generator::backwardWith),
                new Adversarial.Discriminator(
                        discriminator,
                        discriminator::forward,
                        discriminator::loss,
                        discriminator::backward,
                        discriminator::dPicture),
                2);
    }

    private static float[] values(Network network) {
        return network.parameters().values().dup().data().asFloat();
    }
}
