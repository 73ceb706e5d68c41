package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.runtime.optim.optimizer.Adadelta;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Adamax;
import org.espalier.runtime.optim.optimizer.Lion;
import org.espalier.runtime.optim.optimizer.NAdam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RAdam;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Rprop;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.weights.LoadOptions;
import org.espalier.weights.LoadReport;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WeightsFileTest {
    @TempDir
    private Path folder;

    private static void train(TinyNetwork network, int firstStep, int lastStep) {
        for (int step = firstStep; step <= lastStep; step++) {
            Examples examples = Examples.of(network.dataType(), 4, step);
            network.trainStep(examples.images(), examples.labels());
        }
    }

    private static List<INDArray> everything(TinyNetwork network) {
        List<INDArray> tensors = new ArrayList<>();
        tensors.add(network.parameters().values().dup());
        network.statistics().values().forEach(statistic -> tensors.add(statistic.dup()));
        return tensors;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void whatWasSavedComesBackToTheBit(DataType type) {
        Path file = folder.resolve("deep/er/tiny.safetensors");
        try (TinyNetwork trained = TinyNetwork.create(type, Init.seed(1), new Adam(1e-2));
                TinyNetwork other = TinyNetwork.create(type, Init.seed(2), new Adam(1e-2))) {
            train(trained, 1, 3);
            trained.save(file);

            other.load(file);

            assertThat(everything(other)).isEqualTo(everything(trained));
            try (TinyNetwork fresh = TinyNetwork.create(type, Init.from(file), new Adam(1e-2))) {
                assertThat(everything(fresh)).isEqualTo(everything(trained));
            }
        }
    }

    @Test
    void notesGoWithTheWeightsInEveryFile() {
        Path weights = folder.resolve("tiny.safetensors");
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1));
                TinyNetwork other = TinyNetwork.create(Init.seed(2))) {
            network.note("normalization", "mean 1; std 2");
            network.save(weights);
            train(network, 1, 1);
            network.note("classes", "cat, dog");
            network.saveCheckpoint(checkpoint);
            other.note("own", "forgotten");

            other.load(weights);
            assertThat(other.notes()).containsOnly(Map.entry("normalization", "mean 1; std 2"));
            other.resume(checkpoint);
            assertThat(other.note("classes")).isEqualTo("cat, dog");
            try (TinyNetwork fresh = TinyNetwork.create(Init.from(checkpoint))) {
                assertThat(fresh.notes()).isEqualTo(network.notes());
            }
            assertThatThrownBy(() -> other.note("lost"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("TinyNetwork has no note 'lost'; there are [normalization, classes]. A note is set by"
                            + " note(name, text) before the weights are saved");
        }
    }

    @Test
    void theFileNamesItsNetworkAndEveryTensorByItsPath() {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
        }
        try (TensorFile saved = TensorFile.open(file)) {
            assertThat(saved.metadata())
                    .containsEntry("format", "espalier")
                    .containsEntry("network", "org.espalier.runtime.TinyNetwork");
            assertThat(saved.tensors())
                    .extracting(Object::toString)
                    .containsExactly(
                            "conv.weight [4, 1, 4, 4] F32",
                            "conv.bias [4] F32",
                            "bn.weight [4] F32",
                            "bn.bias [4] F32",
                            "logits.weight [3, 64] F32",
                            "logits.bias [3] F32",
                            "bn.running_mean [4] F32",
                            "bn.running_var [4] F32");
        }
    }

    @Test
    void savingReplacesTheFileAndLeavesNothingElseBehind() throws IOException {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            byte[] before = Files.readAllBytes(file);
            train(network, 1, 1);
            network.save(file);
            assertThat(Files.readAllBytes(file)).hasSameSizeAs(before).isNotEqualTo(before);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileThatCannotBeWrittenSaysSo() throws IOException {
        Path occupied = Files.createFile(folder.resolve("occupied"));
        Path file = occupied.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            assertThatThrownBy(() -> network.save(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageStartingWith(file + ": cannot be written: ");
        }
    }

    @Test
    void aFileOfAnotherNetworkIsRefusedWithEveryDifferenceAndChangesNothing() {
        Path file = folder.resolve("other.safetensors");
        try (OtherNetwork other = new OtherNetwork();
                TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            other.save(file);
            List<INDArray> before = everything(network);

            assertThatThrownBy(() -> network.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(file + """
                            : does not fit org.espalier.runtime.TinyNetwork; it was written by \
                            org.espalier.runtime.WeightsFileTest$OtherNetwork
                              expected conv.bias [4] F32, found [5] F32
                              missing conv.weight [4, 1, 4, 4] F32
                              missing bn.weight [4] F32
                              missing bn.bias [4] F32
                              missing logits.weight [3, 64] F32
                              missing logits.bias [3] F32
                              missing bn.running_mean [4] F32
                              missing bn.running_var [4] F32
                              and 2 more""");
            assertThat(everything(network)).isEqualTo(before);
            assertThatThrownBy(() -> TinyNetwork.create(Init.from(file))).isInstanceOf(WeightsFileException.class);
        }
    }

    @Test
    void anUnexpectedTensorIsComparedWithTheMissingOnes() {
        Path file = folder.resolve("other.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1));
                OtherNetwork other = new OtherNetwork()) {
            network.save(file);
            assertThatThrownBy(() -> other.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("unexpected conv.weight [4, 1, 4, 4] F32 (for conv1.weight?)");
        }
    }

    @Test
    void weightsOfAnotherPrecisionAreConverted() {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork doubles = TinyNetwork.create(DataType.DOUBLE, Init.seed(1), new Adam(1e-2));
                TinyNetwork floats = TinyNetwork.create(Init.seed(2))) {
            doubles.save(file);

            floats.load(file);

            assertThat(floats.parameters().values())
                    .isEqualTo(doubles.parameters().values().castTo(DataType.FLOAT));
        }
    }

    @Test
    void aNumberThatTheNetworksPrecisionCannotHoldIsRefusedAndChangesNothing() {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork doubles = TinyNetwork.create(DataType.DOUBLE, Init.seed(1), new Adam(1e-2));
                TinyNetwork floats = TinyNetwork.create(Init.seed(2))) {
            doubles.save(file);
            FileCopy.of(file).number("logits.bias", 1, 1e39).write(file);
            List<INDArray> before = everything(floats);

            assertThatThrownBy(() -> floats.load(file, LoadOptions.whatFits()))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageEndingWith("logits.bias [3] F32 should have finite numbers, but has Infinity at [1]");
            assertThat(everything(floats)).isEqualTo(before);
        }
    }

    @Test
    void weightsOfEveryFormatThatPytorchWritesAreRead() throws URISyntaxException {
        INDArray ready = Nd4j.createFromArray(1f, -2f, 0f, 3f);
        for (String type : List.of("float64", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int64", "int8")) {
            try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
                LoadReport report =
                        network.load(resource("pytorch/tiny." + type + ".safetensors"), LoadOptions.whatFits());

                assertThat(report.fitting())
                        .extracting(match -> match.expected().name())
                        .containsExactly("conv.bias");
                assertThat(network.parameters().get("conv.bias").value())
                        .as(type)
                        .isEqualTo(ready);
            }
        }
    }

    @Test
    void whatFitsIsTakenAndTheRestIsReported() {
        Path file = folder.resolve("other.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            FileCopy.of(file)
                    .without("bn.bias")
                    .without("conv.bias")
                    .with("conv.bias", TensorType.F32, List.of(5L))
                    .with("epoch", TensorType.I64, List.of(), (byte) 3)
                    .number("logits.bias", 2, 42)
                    .write(file);
            List<INDArray> before = everything(network);

            LoadReport foreseen = network.compare(file, LoadOptions.whatFits());
            assertThat(everything(network)).isEqualTo(before);

            assertThat(network.load(file, LoadOptions.whatFits())).isEqualTo(foreseen);
            assertThat(network.parameters().get("logits.bias").value().getDouble(2))
                    .isEqualTo(42);
            assertThat(foreseen.isExact()).isFalse();
            assertThat(foreseen.differences())
                    .containsExactly(
                            "expected conv.bias [4] F32, found [5] F32",
                            "missing bn.bias [4] F32",
                            "unexpected epoch [] I64");
            assertThatThrownBy(() -> network.load(file)).hasMessageContaining("missing bn.bias [4] F32");
        }
    }

    @Test
    void otherNamesAreReadByAMapping() {
        Path file = folder.resolve("other.safetensors");
        NameMapping names = NameMapping.of("module.features.0.* -> conv.*", "module.** -> **");
        try (TinyNetwork trained = TinyNetwork.create(Init.seed(1));
                TinyNetwork network = TinyNetwork.create(Init.seed(2))) {
            trained.save(file);
            FileCopy.of(file)
                    .renamed(name -> "module." + name.replace("conv.", "features.0."))
                    .write(file);
            assertThatThrownBy(() -> network.load(file)).isInstanceOf(WeightsFileException.class);

            LoadReport report = network.load(file, LoadOptions.strict().renamedBy(names));

            assertThat(report.isExact()).isTrue();
            assertThat(everything(network)).isEqualTo(everything(trained));
        }
    }

    @Test
    void twoTensorsCannotHaveOneName() {
        Path file = folder.resolve("other.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(2))) {
            network.save(file);
            List<INDArray> before = everything(network);

            assertThatThrownBy(() -> network.load(
                            file, LoadOptions.whatFits().renamedBy(NameMapping.of("conv.bias -> bn.bias"))))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(file + ": both conv.bias [4] F32 and bn.bias [4] F32 are called bn.bias in the network;"
                            + " the mapping must give them different names");
            assertThat(everything(network)).isEqualTo(before);
        }
    }

    @Test
    void noTruncatedFileIsReadAndNoneChangesTheNetwork() throws IOException {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            byte[] whole = Files.readAllBytes(file);
            List<INDArray> before = everything(network);
            for (int length = 0; length < whole.length; length += 37) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> network.load(file))
                        .isInstanceOf(WeightsFileException.class)
                        .hasMessageStartingWith(file + ": is ");
            }
            assertThat(everything(network)).isEqualTo(before);
        }
    }

    @Test
    void weightsThatPytorchSavedWithBatchNormAreReadAndComputeTheSame() throws URISyntaxException {
        try (TinyNetwork network = TinyNetwork.create(Init.from(resource("pytorch/tiny.weights.safetensors")));
                TensorFile expected = TensorFile.open(resource("pytorch/tiny.expected.safetensors"))) {
            INDArray logits = network.predict(floats(expected, "image", 2, 1, 8, 8));

            assertThat(logits.equalsWithEps(floats(expected, "logits", 2, 3), 1e-6))
                    .as("%s", logits)
                    .isTrue();
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(WeightsFileTest.class.getResource(name)).toURI());
    }

    private static INDArray floats(TensorFile file, String name, long... shape) {
        FloatBuffer numbers = file.read(name).asFloatBuffer();
        float[] array = new float[numbers.remaining()];
        numbers.get(array);
        return Nd4j.createFromArray(array).reshape('c', shape);
    }

    @Test
    void aCountOfBatchesIsPassedOverOnlyWhereTheNetworkHasARunningMean() {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            FileCopy.of(file)
                    .with("bn.num_batches_tracked", TensorType.I64, List.of(), (byte) 3)
                    .with("other.num_batches_tracked", TensorType.I64, List.of(), (byte) 3)
                    .write(file);
            assertThatThrownBy(() -> network.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageEndingWith("TinyNetwork\n  unexpected other.num_batches_tracked [] I64");

            network.save(file);
            FileCopy.of(file)
                    .with("bn.num_batches_tracked", TensorType.I64, List.of(2L), (byte) 3)
                    .write(file);
            assertThatThrownBy(() -> network.load(file))
                    .hasMessageEndingWith("TinyNetwork\n  unexpected bn.num_batches_tracked [2] I64");
        }
    }

    @Test
    @Timeout(60)
    void aHundredThousandUnexpectedNamesAreCountedAndTheFirstAreNamed() {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            FileCopy copy = FileCopy.of(file);
            for (int i = 0; i < 100_000; i++) {
                copy.with("conv.weights.of.another.network." + i, TensorType.U8, List.of(0L));
            }
            copy.write(file);

            assertThatThrownBy(() -> network.load(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("\n  unexpected conv.weights.of.another.network.0 [0] U8\n")
                    .hasMessageEndingWith("\n  and 99992 more");
        }
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                new Adam(1e-2),
                new AdamW(1e-2),
                new Sgd(1e-2, 0.9, 0.5, false),
                new Sgd(1e-2, 0.9, 0, true),
                new Sgd(1e-2),
                new RmsProp(1e-2, 0.9, 1e-8, 0.5, true),
                new Adagrad(1e-2, 0.1, 0.5, 1e-10),
                new Adam(1e-2).amsgrad().maximize(),
                new Adadelta(1),
                new Adamax(1e-2),
                new NAdam(1e-2),
                new RAdam(1e-2, 0.8, 0.7, 1e-8, 0.1),
                new Rprop(1e-3),
                new Lion(1e-3, 0.9, 0.99, 0.1));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void trainingResumedFromACheckpointGoesOnAsIfItHadNotStopped(DataType type) {
        List<Optimizer> first = optimizers().toList();
        List<Optimizer> second = optimizers().toList();
        for (int i = 0; i < first.size(); i++) {
            Path file = folder.resolve("checkpoint" + i);
            try (TinyNetwork through = TinyNetwork.create(type, Init.seed(1), first.get(i));
                    TinyNetwork resumed = TinyNetwork.create(type, Init.seed(2), second.get(i))) {
                through.freeze("bn.weight");
                resumed.freeze("bn.weight");
                train(through, 1, 5);
                through.optimizer().lr(5e-3);
                through.saveCheckpoint(file);
                train(through, 6, 10);

                resumed.resume(file);
                train(resumed, 6, 10);

                assertThat(resumed.optimizer().lr()).isEqualTo(5e-3);
                assertThat(resumed.updates()).isEqualTo(10);
                assertThat(everything(resumed)).isEqualTo(everything(through));
            }
        }
    }

    @Test
    void aCheckpointIsAWeightsFileTooButNotTheOtherWayRound() {
        Path checkpoint = folder.resolve("checkpoint");
        Path weights = folder.resolve("weights");
        try (TinyNetwork trained = TinyNetwork.create(Init.seed(1));
                TinyNetwork network = TinyNetwork.create(Init.seed(2))) {
            train(trained, 1, 2);
            trained.saveCheckpoint(checkpoint);
            trained.save(weights);

            network.load(checkpoint);
            assertThat(everything(network)).isEqualTo(everything(trained));
            assertThatThrownBy(() -> network.resume(weights))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(weights + ": is no checkpoint: its metadata has no 'updates'; read it with load,"
                            + " or write it with saveCheckpoint");
        }
    }

    @Test
    void aCheckpointOfAnotherOptimizerIsRefused() {
        Path file = folder.resolve("checkpoint");
        try (TinyNetwork sgd = TinyNetwork.create(DataType.FLOAT, Init.seed(1), new Sgd(0.1, 0.9, 0, false));
                TinyNetwork adam = TinyNetwork.create(Init.seed(2))) {
            train(sgd, 1, 1);
            sgd.saveCheckpoint(file);
            List<INDArray> before = everything(adam);

            assertThatThrownBy(() -> adam.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(file + ": was not written with this optimizer, Adam(lr=0.01, betas=(0.9, 0.999),"
                            + " eps=1.0E-8): SGD in the file, Adam in TinyNetwork. Give the network the file's"
                            + " optimizer before resume, or read the weights alone with load and have the optimizer"
                            + " start afresh");
            assertThat(everything(adam)).isEqualTo(before);
        }
    }

    @Test
    void noCheckpointIsMadeWhileGradientsWait() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            network.forward(examples.images());
            network.loss(examples.labels());
            network.backward();
            assertThatThrownBy(() -> network.saveCheckpoint(folder.resolve("checkpoint")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("gradients of TinyNetwork wait for an update; save checkpoints after update or"
                            + " zeroGradients");
        }
    }

    /** Shares some names with {@link TinyNetwork}. */
    private static final class OtherNetwork extends Network {
        OtherNetwork() {
            super(DataType.FLOAT, 3 * 16 + 5, Init.seed(1));
            parameter("conv1.weight", uniform(1), 3, 1, 4, 4);
            parameter("conv.bias", uniform(1), 5);
            statistic("norm.running_mean", 0, 3);
            stepMemory(0, 0);
            declared();
        }

        @Override
        protected void allocate(Memory memory) {
            throw new AssertionError("nothing is computed");
        }
    }
}
