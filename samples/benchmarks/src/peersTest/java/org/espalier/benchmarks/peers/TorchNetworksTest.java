package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.example.digits.Digits;
import java.util.List;
import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.networks.Mlp;
import org.espalier.benchmarks.networks.UnetSmall;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.data.Batch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** From the same weights, libtorch's networks have the same losses and come to the same weights. */
class TorchNetworksTest {
    private static final int STEPS = 3;

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
