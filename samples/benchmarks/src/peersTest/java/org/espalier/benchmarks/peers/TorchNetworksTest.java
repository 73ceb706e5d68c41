package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.example.digits.Digits;
import java.util.List;
import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.networks.Lstm;
import org.espalier.benchmarks.networks.Mlp;
import org.espalier.benchmarks.networks.MobileNetV2;
import org.espalier.benchmarks.networks.Perceptron;
import org.espalier.benchmarks.networks.ResNet18;
import org.espalier.benchmarks.networks.TrainingSubject;
import org.espalier.benchmarks.networks.Transformer;
import org.espalier.benchmarks.networks.UnetSmall;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** From the same weights, libtorch's networks have the same losses and come to the same weights. */
class TorchNetworksTest {
    private static final int STEPS = 3;

    /**
     * Limit of the difference of MobileNetV2's second loss, after a step that lets it fall by 0.3: rounding decides on
     * which side of a kink of ReLU6 numbers lie. PyTorch's own modes differ by 0.005 there, and by more in each step.
     */
    private static final double SENSITIVE = 0.02;

    @Test
    void the_unet() {
        DataSet example = Dl4jTraining.drawing(32);
        try (UnetSmall net = UnetSmall.create(Init.seed(1))) {
            TorchUnet peer = new TorchUnet(Weights.of(net), 5, 4, false);
            TorchTraining training = TorchTraining.unet(peer, 32, Recipe.UNET);
            for (int step = 0; step < STEPS; step++) {
                double loss = net.trainStep(example.getFeatures(), example.getLabels())
                        .total();
                training.step();

                assertThat(training.lastLoss()).isCloseTo(loss, within(1e-5));
            }
            assertSameWeights(net, peer);
        }
    }

    @Test
    void the_small_network() {
        DataSet example = Dl4jTraining.features();
        try (Mlp net = Mlp.create(Init.seed(1))) {
            TorchMlp peer = new TorchMlp(Weights.of(net));
            TorchTraining training = TorchTraining.mlp(peer, Recipe.MLP);
            for (int step = 0; step < STEPS; step++) {
                double loss = net.trainStep(example.getFeatures(), example.getLabels())
                        .total();
                training.step();

                assertThat(training.lastLoss()).isCloseTo(loss, within(1e-5));
            }
            assertSameWeights(net, peer);
        }
    }

    @Test
    void the_digits_without_dropout() {
        List<Batch> batches = DigitsTask.epoch().subList(0, 1);
        INDArray images = batches.get(0).input();
        INDArray labels = batches.get(0).target();
        try (Digits net = Digits.create(Init.seed(1))) {
            net.eval();
            TorchDigits peer = new TorchDigits(Weights.of(net));
            peer.eval();
            TorchTraining training = TorchTraining.digits(peer, batches);
            for (int step = 0; step < STEPS; step++) {
                double loss = net.trainStep(images, labels).dataLoss();
                training.step();

                assertThat(training.lastLoss()).isCloseTo(loss, within(1e-4));
            }
            assertSameWeights(net, peer);
        }
    }

    @Test
    void the_resnet() {
        assertSameSteps(ClassifierTask.RESNET18, ResNet18::create, 1e-3);
    }

    @Test
    void the_mobilenet() {
        assertSameSteps(ClassifierTask.MOBILENETV2, MobileNetV2::create, SENSITIVE);
    }

    @Test
    void the_transformer() {
        assertSameSteps(ClassifierTask.TRANSFORMER, Transformer::create, 1e-3);
    }

    @Test
    void the_lstm() {
        assertSameSteps(ClassifierTask.LSTM, Lstm::create, 1e-3);
    }

    @Test
    void the_perceptron() {
        assertSameSteps(ClassifierTask.PERCEPTRON, Perceptron::create, 1e-3);
    }

    private static <N extends Network & Supervised> void assertSameSteps(
            ClassifierTask task, TrainingSubject.Maker<N> maker, double tolerance) {
        INDArray labels = Nd4j.createFromArray(task.labels());
        try (N net = maker.make(Init.seed(1))) {
            TorchNetwork peer = TorchClassifiers.of(task, Weights.of(net));
            assertThat(Differences.largest(
                            new TorchInference(task, Weights.of(net)).output(),
                            net.predict(task.tensor()).dup('c').data().asFloat()))
                    .isLessThan(1e-4);
            TorchTraining training = TorchTraining.classifier(task, peer);
            for (int step = 0; step < 2; step++) {
                double loss = net.trainStep(task.tensor(), labels).dataLoss();
                training.step();

                assertThat(training.lastLoss()).isCloseTo(loss, within(tolerance));
            }
        }
    }

    private static void assertSameWeights(Network net, TorchNetwork peer) {
        assertThat(peer.names()).hasSize(net.parameters().size());
        for (Parameter parameter : net.parameters()) {
            // Adam goes as far where the gradient is nearly 0 as elsewhere, and there its sign is a matter of rounding.
            assertThat(Differences.mean(
                            peer.numbers(parameter.name()),
                            parameter.value().dup('c').data().asFloat()))
                    .as(parameter.name())
                    .isLessThan(1e-5);
        }
    }
}
