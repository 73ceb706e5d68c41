package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.espalier.weights.TensorFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Single layers in another mode than their network, compared with PyTorch. */
class LayerModesTest {
    private static final double EXACT = 1e-12;

    private TensorFile pytorch;

    @BeforeEach
    void open() throws URISyntaxException {
        pytorch = TensorFile.open(
                Path.of(Objects.requireNonNull(LayerModesTest.class.getResource("pytorch/modes.safetensors"))
                        .toURI()));
    }

    @AfterEach
    void close() {
        pytorch.close();
    }

    private double[] numbers(String name) {
        DoubleBuffer numbers = pytorch.read(name).asDoubleBuffer();
        double[] array = new double[numbers.remaining()];
        numbers.get(array);
        return array;
    }

    private INDArray rows(String name, int columns) {
        double[] numbers = numbers(name);
        return Nd4j.createFromArray(numbers).reshape('c', numbers.length / columns, columns);
    }

    private ModesNetwork network(double drop) {
        ModesNetwork network = new ModesNetwork(Init.seed(1), drop);
        network.parameters().forEach(parameter -> put(parameter.value(), "init." + parameter.name()));
        network.statistics().forEach((name, statistic) -> put(statistic, "init." + name));
        return network;
    }

    private void put(INDArray array, String name) {
        array.assign(Nd4j.createFromArray(numbers(name)).reshape(array.shape()));
    }

    private List<Double> train(ModesNetwork network) {
        List<Double> losses = new ArrayList<>();
        for (int batch = 1; batch <= 3; batch++) {
            losses.add(network.trainStep(rows("x" + batch, 4), rows("t" + batch, 3))
                    .dataLoss());
        }
        return losses;
    }

    /** Takes three steps, predicts, and compares everything with what PyTorch has. */
    private void compare(String name, Consumer<ModesNetwork> before, Consumer<ModesNetwork> after) {
        try (ModesNetwork network = network(0)) {
            before.accept(network);
            List<Double> losses = train(network);
            after.accept(network);
            INDArray y = network.predict(rows("x1", 4));

            assertThat(losses.stream().mapToDouble(loss -> loss).toArray())
                    .containsExactly(numbers(name + ".losses"), within(EXACT));
            assertThat(y.ravel().toDoubleVector()).containsExactly(numbers(name + ".y"), within(EXACT));
            network.parameters()
                    .forEach(parameter -> assertThat(parameter.value().ravel().toDoubleVector())
                            .as(parameter.name())
                            .containsExactly(numbers(name + "." + parameter.name()), within(EXACT)));
            network.statistics()
                    .forEach((path, statistic) -> assertThat(statistic.toDoubleVector())
                            .as(path)
                            .containsExactly(numbers(name + "." + path), within(EXACT)));
        }
    }

    private static void nothing(ModesNetwork network) {
        assertThat(network.isTraining()).isTrue();
    }

    @Test
    void layersFollowTheNetworkInTheBeginning() {
        compare("all_training", LayerModesTest::nothing, LayerModesTest::nothing);
    }

    @Test
    void oneInEvaluationModeNormalizesByItsStatisticsAndLeavesThemAsTheyAre() {
        compare("first_eval", network -> network.eval("first"), LayerModesTest::nothing);
        compare(
                "first_eval",
                network -> {
                    network.eval("f*");
                    // A trainer does so too.
                    network.train();
                },
                LayerModesTest::nothing);
        assertThat(numbers("first_eval.first.running_mean")).isEqualTo(numbers("init.first.running_mean"));
    }

    @Test
    void statisticsOfAFrozenPartMoveUnlessItIsInEvaluationMode() {
        compare("frozen_training", network -> network.freeze("first.**"), LayerModesTest::nothing);
        compare(
                "frozen_eval",
                network -> {
                    network.freeze("first.**");
                    network.eval("first");
                },
                LayerModesTest::nothing);
        assertThat(numbers("frozen_training.first.running_mean")).isNotEqualTo(numbers("init.first.running_mean"));
        assertThat(numbers("frozen_eval.first.running_mean")).isEqualTo(numbers("init.first.running_mean"));
        assertThat(numbers("frozen_eval.first.weight")).isEqualTo(numbers("init.first.weight"));
    }

    @Test
    void oneInTrainingModeNormalizesByTheBatchInPredictionsToo() {
        compare("second_training", LayerModesTest::nothing, network -> network.train("second"));
        compare("second_training", LayerModesTest::nothing, network -> {
            network.eval();
            network.train("second");
        });
    }

    @Test
    void followingAgainTakesAModeBack() {
        compare(
                "all_training",
                network -> {
                    network.eval("**");
                    network.follow("**");
                },
                network -> {
                    network.train("*");
                    network.follow("*");
                });
    }

    @Test
    void aBackwardHasTheModeOfItsForward() {
        try (ModesNetwork network = network(0);
                ModesNetwork other = network(0)) {
            for (ModesNetwork each : List.of(network, other)) {
                each.forward(rows("x1", 4));
                if (each == other) {
                    each.eval("**");
                }
                each.loss(rows("t1", 3));
                each.backward();
            }
            assertThat(other.parameters().gradients())
                    .isEqualTo(network.parameters().gradients());
        }
    }

    @Test
    void dropoutInEvaluationModeLeavesNormalizationsInIt() {
        try (ModesNetwork network = network(0.5)) {
            INDArray x = rows("x1", 4);
            INDArray plain = network.predict(x);
            Map<String, INDArray> statistics = network.statistics();
            List<INDArray> before =
                    statistics.values().stream().map(INDArray::dup).toList();
            network.dropoutInEval(true);
            network.seedRandom(3);

            int dropped = 0;
            for (int call = 0; call < 50; call++) {
                INDArray y = network.predict(x);
                for (int i = 0; i < y.length(); i++) {
                    boolean drops = y.getDouble(i) == 0;
                    assertThat(y.getDouble(i) + 0.0).isEqualTo(drops ? 0 : 2 * plain.getDouble(i));
                    dropped += drops ? 1 : 0;
                }
            }

            // Five standard deviations of 900 draws.
            assertThat(dropped).isBetween(450 - 75, 450 + 75);
            assertThat(statistics.values()).containsExactlyElementsOf(before);
            network.seedRandom(9);
            INDArray drawn = network.predict(x);
            network.seedRandom(9);
            assertThat(network.predict(x)).isEqualTo(drawn);
            network.dropoutInEval(false);
            assertThat(network.predict(x)).isEqualTo(plain);
        }
    }

    @Test
    void aViewDrawsForItselfAndMayNotTrainLayers() {
        try (ModesNetwork network = network(0.5);
                ModesNetwork view = new ModesNetwork(Init.sharing(network), 0.5)) {
            INDArray plain = network.predict(rows("x1", 4));
            view.dropoutInEval(true);

            assertThat(view.predict(rows("x1", 4))).isNotEqualTo(plain);
            assertThat(network.predict(rows("x1", 4))).isEqualTo(plain);
            assertThatThrownBy(() -> view.train("first"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("train of ModesNetwork needs the network itself");
            network.train("first");
            assertThat(network.predict(rows("x1", 4))).isNotEqualTo(plain);
        }
    }

    @Test
    void aPatternThatMatchesNoLayerIsRefused() {
        try (ModesNetwork network = network(0)) {
            assertThatThrownBy(() -> network.eval("third"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no normalization with running statistics of ModesNetwork matches 'third'; there are"
                            + " [first, second]");
        }
    }

    @Test
    void oneWhoseTensorsAreNoObjectHasAModeOfItsOwnToo() {
        INDArray images = Examples.of(DataType.FLOAT, 4, 1).images();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
            INDArray mean = network.statistics().get("bn.running_mean");
            INDArray inUse = network.predict(images);
            INDArray before = mean.dup();
            network.train("bn");
            INDArray byBatch = network.predict(images);
            assertThat(byBatch).isNotEqualTo(inUse);
            assertThat(mean).isNotEqualTo(before);

            network.follow("bn");
            mean.assign(before);
            network.dropoutInEval(true);
            assertThat(network.predict(images).shape()).isEqualTo(inUse.shape());
            assertThat(mean).isEqualTo(before);
        }
    }
}
