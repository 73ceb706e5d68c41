package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every file that is refused leaves the network as it was: what it computes afterwards tells. */
class DamagedFileTest {
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

    private FileCopy checkpoint(DataType type, Optimizer optimizer) {
        Path file = folder.resolve("whole");
        try (TinyNetwork network = TinyNetwork.create(type, Init.seed(7), optimizer)) {
            train(network, 1, 3);
            network.optimizer().lr(3e-3);
            network.saveCheckpoint(file);
        }
        return FileCopy.of(file);
    }

    private FileCopy checkpoint() {
        return checkpoint(DataType.FLOAT, new Adam(1e-2));
    }

    /** Of two networks that are the same, one tries to read the file; then both train and must still be the same. */
    private void assertRefused(DataType type, FileCopy content, String message) {
        Path file = folder.resolve("damaged");
        content.write(file);
        try (TinyNetwork network = TinyNetwork.create(type, Init.seed(1), new Adam(1e-2));
                TinyNetwork twin = TinyNetwork.create(type, Init.seed(1), new Adam(1e-2))) {
            train(network, 1, 2);
            train(twin, 1, 2);

            assertThatThrownBy(() -> network.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContaining(message);

            assertThat(network.updates()).isEqualTo(2);
            assertThat(network.optimizer().lr()).isEqualTo(1e-2);
            train(network, 3, 5);
            train(twin, 3, 5);
            assertThat(everything(network)).isEqualTo(everything(twin));
        }
    }

    private void assertRefused(FileCopy content, String message) {
        assertRefused(DataType.FLOAT, content, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optimizer.lr | -5 | 'optimizer.lr' should be a finite number of at least 0, but is '-5'",
                "optimizer.lr | NaN | but is 'NaN'",
                "optimizer.lr | Infinity | but is 'Infinity'",
                "optimizer.lr | 1e999 | but is '1e999'",
                "optimizer.lr | 1e39 | 'optimizer.lr' should be a number that FLOAT, which the network computes in, can hold",
                "optimizer.lr | 1e-50 | can hold, but is '1e-50'",
                "optimizer.lr | 1f | but is '1f'",
                "optimizer.lr | 0x1p3 | but is '0x1p3'",
                "optimizer.lr | '' | but is ''",
                "updates | -1 | 'updates' should be a whole number from 0 to 9007199254740992, but is '-1'",
                "updates | 9223372036854775807 | but is '9223372036854775807'",
                "updates | 9223372036854775808 | but is '9223372036854775808'",
                "updates | 3.0 | but is '3.0'",
                "updates | 2 | optimizer:step:conv.weight should be from 1 to 2, the updates that the network had, but is 3",
                "random.seed | x | 'random.seed' should be a whole number, but is 'x'",
                "random.state | -1 | 'random.state' should be a whole number from 0 to 9223372036854775807, but is '-1'",
                "optimizer | Adam\u001b[2J | Adam\\u001b[2J in the file, Adam in TinyNetwork",
                "optimizer.eps | 1.0E-7 | eps is 1.0E-7 in the file, 1.0E-8 in TinyNetwork",
                "optimizer.amsgrad | true | amsgrad is true in the file, unknown in TinyNetwork",
            })
    void metadataOutOfItsRangeIsRefused(String key, String value, String message) {
        assertRefused(checkpoint().metadata(key, value), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"updates", "random.seed", "random.state", "optimizer", "optimizer.lr"})
    void missingMetadataIsRefused(String key) {
        assertRefused(
                checkpoint().without(key),
                "is no checkpoint: its metadata has no '" + key + "'; read it with load, or write it with"
                        + " saveCheckpoint");
    }

    @Test
    void aMissingSettingOfTheOptimizerIsRefused() {
        assertRefused(
                checkpoint().without("optimizer.betas"), "betas is missing in the file, (0.9, 0.999) in TinyNetwork");
    }

    @ParameterizedTest
    @ValueSource(longs = {-3, 0, Long.MIN_VALUE, Long.MAX_VALUE, 4})
    void stepsThatNoParameterCanHaveHadAreRefused(long steps) {
        assertRefused(
                checkpoint().whole("optimizer:step:conv.weight", steps),
                "is damaged: optimizer:step:conv.weight should be from 1 to 3, the updates that the network had, but is "
                        + steps);
    }

    @ParameterizedTest
    @CsvSource({
        "conv.weight, NaN, 'conv.weight [4, 1, 4, 4] F32 should have finite numbers, but has NaN at [0, 0, 1, 2]'",
        "conv.weight, Infinity, but has Infinity at",
        "logits.bias, -Infinity, but has -Infinity at",
        "bn.running_mean, NaN, but has NaN at",
        "bn.running_var, -1e-3, should have finite numbers of at least 0",
        "bn.running_var, Infinity, but has Infinity at",
        "optimizer:exp_avg:conv.weight, NaN, but has NaN at",
        "optimizer:exp_avg:conv.weight, Infinity, but has Infinity at",
        "optimizer:exp_avg_sq:conv.weight, NaN, but has NaN at",
        "optimizer:exp_avg_sq:conv.weight, -1e-9, should have numbers of at least 0",
    })
    void numbersThatTrainingCannotReachAreRefused(String tensor, double number, String message) {
        int index = tensor.endsWith("conv.weight") ? 6 : 1;
        assertRefused(checkpoint().number(tensor, index, number), message);
    }

    @Test
    void theSameHoldsInDoublePrecision() {
        FileCopy damaged = checkpoint(DataType.DOUBLE, new Adam(1e-2)).number("logits.weight", 64 + 3, Double.NaN);

        assertRefused(
                DataType.DOUBLE,
                damaged,
                "logits.weight [3, 64] F64 should have finite numbers, but has NaN at [1, 3]");
    }

    @Test
    void squaresMayHaveOverflowed() {
        Path file = folder.resolve("overflowed");
        checkpoint()
                .number("optimizer:exp_avg_sq:conv.weight", 3, Double.POSITIVE_INFINITY)
                .write(file);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.resume(file);
            assertThat(network.updates()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv.weight",
                "bn.running_var",
                "optimizer:exp_avg:conv.weight",
                "optimizer:exp_avg_sq:logits.bias",
                "optimizer:step:conv.weight",
            })
    void aMissingTensorIsRefused(String name) {
        // Without its steps, a parameter has numbers that belong to none.
        String named = name.equals("optimizer:step:conv.weight") ? "optimizer:exp_avg" : name;
        assertRefused(checkpoint().without(name), named);
    }

    @Test
    void tensorsOfAnotherTypeOrShapeAreRefused() {
        assertRefused(
                checkpoint()
                        .without("optimizer:exp_avg:conv.bias")
                        .with("optimizer:exp_avg:conv.bias", TensorType.F64, List.of(4L)),
                "it should have optimizer:exp_avg:conv.bias [4] F32, but has optimizer:exp_avg:conv.bias [4] F64");
        assertRefused(
                checkpoint()
                        .without("optimizer:exp_avg:conv.bias")
                        .with("optimizer:exp_avg:conv.bias", TensorType.F32, List.of(2L, 2L)),
                "but has optimizer:exp_avg:conv.bias [2, 2] F32");
        assertRefused(
                checkpoint()
                        .without("optimizer:step:conv.bias")
                        .with("optimizer:step:conv.bias", TensorType.I64, List.of(1L)),
                "but has optimizer:step:conv.bias [1] I64");
        assertRefused(
                checkpoint()
                        .without("optimizer:step:conv.bias")
                        .with("optimizer:step:conv.bias", TensorType.I32, List.of()),
                "but has optimizer:step:conv.bias [] I32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer:step:fc.weight", "optimizer:momentum_buffer:conv.bias", "optimizer:nonsense"})
    void numbersOfNoParameterAreRefused(String name) {
        assertRefused(
                checkpoint().with(name, TensorType.I64, List.of(), (byte) 1),
                "is damaged: " + name + " [] I64 belongs to no parameter that had steps");
    }

    static Stream<Arguments> otherOptimizers() {
        return Stream.of(
                arguments(new Adam(1e-2), new Sgd(0.1), "Adam in the file, SGD in TinyNetwork"),
                arguments(new Sgd(1e-2), new Adam(0.1), "SGD in the file, Adam in TinyNetwork"),
                // The numbers of these have the same names.
                arguments(new Adam(1e-2), new AdamW(0.1), "Adam in the file, AdamW in TinyNetwork"),
                arguments(
                        new Adam(1e-2, 0.5, 0.999, 1e-8),
                        new Adam(0.1),
                        "betas is (0.5, 0.999) in the file, (0.9, 0.999) in TinyNetwork"),
                arguments(
                        new AdamW(1e-2, 0.9, 0.999, 1e-8, 0.1),
                        new AdamW(0.1),
                        "weight_decay is 0.1 in the file, 0.01 in TinyNetwork"),
                arguments(
                        new Sgd(1e-2, 0.9, 0, false),
                        new Sgd(0.1, 0.8, 0.5, false),
                        "momentum is 0.9 in the file, 0.8 in TinyNetwork; dampening is 0.0 in the file, 0.5 in"
                                + " TinyNetwork"),
                arguments(
                        new Sgd(1e-2, 0.9, 0, false),
                        new Sgd(0.1, 0.9, 0, true),
                        "nesterov is false in the file, true in TinyNetwork"),
                arguments(
                        new RmsProp(1e-2),
                        new RmsProp(0.1, 0.99, 1e-8, 0.9, false),
                        "momentum is 0.0 in the file, 0.9 in TinyNetwork"),
                arguments(
                        new RmsProp(1e-2, 0.99, 1e-8, 0, true),
                        new RmsProp(0.1),
                        "centered is true in the file, false in TinyNetwork"),
                arguments(
                        new RmsProp(1e-2, 0.9, 1e-8, 0, false),
                        new RmsProp(0.1),
                        "alpha is 0.9 in the file, 0.99 in TinyNetwork"),
                arguments(
                        new Adagrad(1e-2, 0.1, 0, 1e-10),
                        new Adagrad(0.1),
                        "lr_decay is 0.1 in the file, 0.0 in TinyNetwork"),
                arguments(
                        new Adagrad(1e-2, 0, 0.5, 1e-10),
                        new Adagrad(0.1),
                        "initial_accumulator_value is 0.5 in the file, 0.0 in TinyNetwork"),
                arguments(
                        new Adagrad(1e-2),
                        new Adagrad(0.1, 0, 0, 1e-9),
                        "eps is 1.0E-10 in the file, 1.0E-9 in TinyNetwork"));
    }

    @ParameterizedTest
    @MethodSource("otherOptimizers")
    void aCheckpointOfAnotherOptimizerOrOtherSettingsIsRefused(Optimizer wrote, Optimizer reads, String difference) {
        Path file = folder.resolve("checkpoint");
        checkpoint(DataType.FLOAT, wrote).write(file);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.optimizer(reads);
            List<INDArray> before = everything(network);

            assertThatThrownBy(() -> network.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(file + ": was not written with this optimizer, " + reads + ": " + difference
                            + ". Give the network the file's optimizer before resume, or read the weights alone with"
                            + " load and have the optimizer start afresh");

            assertThat(network.optimizer().lr()).isEqualTo(0.1);
            assertThat(network.updates()).isZero();
            assertThat(everything(network)).isEqualTo(before);
        }
    }

    @Test
    void clippingMayBeAnotherAndTheLearningRateComesFromTheFile() {
        Path file = folder.resolve("checkpoint");
        checkpoint().write(file);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.optimizer().clipNorm(0.5);
            network.optimizer().clipValue(0.1);
            network.resume(file);
            assertThat(network.optimizer().lr()).isEqualTo(3e-3);
            assertThat(network.optimizer().clipNorm()).isEqualTo(0.5);
        }
    }

    @Test
    void weightsThatCouldNotBeReadAreNotWritten() throws Exception {
        Path file = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.save(file);
            byte[] before = Files.readAllBytes(file);
            network.parameters().get("logits.bias").value().putScalar(2, Float.NaN);

            assertThatThrownBy(() -> network.save(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(file + ": is not written, since it could not be read: logits.bias [3] F32 should have"
                            + " finite numbers, but has NaN at [2]");
            assertThatThrownBy(() -> network.saveCheckpoint(file)).isInstanceOf(WeightsFileException.class);
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(file);
            }
        }
    }

    @Test
    void loadLooksAtWeightsAlone() {
        Path file = folder.resolve("checkpoint");
        checkpoint()
                .metadata("optimizer.lr", "NaN")
                .whole("optimizer:step:conv.weight", -3)
                .write(file);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            network.load(file);
            assertThat(network.updates()).isZero();
        }
    }
}
