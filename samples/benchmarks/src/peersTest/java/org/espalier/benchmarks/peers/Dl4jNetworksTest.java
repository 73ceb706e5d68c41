package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.example.digits.Digits;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.networks.Mlp;
import org.espalier.benchmarks.networks.UnetSmall;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** From the same weights, Deeplearning4j's networks have the same losses or outputs. */
class Dl4jNetworksTest {
    @Test
    void the_unet_paints_the_same_before_and_after_a_step() {
        DataSet example = Dl4jTraining.drawing(32);
        try (UnetSmall net = UnetSmall.create(Init.seed(1))) {
            ComputationGraph peer = Dl4jUnet.of(Weights.of(net), 5, 4, false);
            float[] before = outputInTraining(peer, example.getFeatures());

            assertThat(Differences.largest(before, floats(net.forward(example.getFeatures()))))
                    .isLessThan(1e-4);

            net.loss(example.getLabels());
            net.backward();
            net.update();
            peer.fit(example);
            float[] after = outputInTraining(peer, example.getFeatures());

            assertThat(Differences.mean(after, before)).isGreaterThan(1e-2);
            assertThat(Differences.mean(after, floats(net.forward(example.getFeatures()))))
                    .isLessThan(1e-3);
        }
    }

    @Test
    void the_small_network() {
        DataSet example = Dl4jTraining.features();
        try (Mlp net = Mlp.create(Init.seed(1))) {
            MultiLayerNetwork peer = Dl4jNetworks.mlp(Weights.of(net));
            for (int step = 0; step < 3; step++) {
                double loss = net.trainStep(example.getFeatures(), example.getLabels())
                        .total();
                peer.fit(example);

                assertThat(peer.score()).isCloseTo(loss, within(1e-5));
            }
        }
    }

    @Test
    void the_digits_without_dropout() {
        Batch batch = DigitsTask.epoch().get(0);
        try (Digits net = Digits.create(Init.seed(1))) {
            net.eval();
            MultiLayerNetwork peer = Dl4jNetworks.digits(Weights.of(net));
            double theirs = peer.score(Dl4jTraining.digits(batch), false);

            assertThat(theirs)
                    .isCloseTo(net.trainStep(batch.input(), batch.target()).total(), within(1e-4));
        }
    }

    private static float[] outputInTraining(ComputationGraph network, INDArray input) {
        return floats(network.outputSingle(true, input));
    }

    private static float[] floats(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
