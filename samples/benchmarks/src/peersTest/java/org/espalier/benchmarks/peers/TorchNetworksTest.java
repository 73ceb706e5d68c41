package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.networks.UnetSmall;
import org.espalier.benchmarks.networks.UnetTask;
import org.espalier.runtime.Init;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From the same weights, libtorch's networks have the same losses and come to the same weights. */
class TorchNetworksTest {
    @Test
    void the_unet() {
        INDArray drawings = Nd4j.createFromArray(UnetTask.drawings(1, 32)).reshape(1, 3, 32, 32);
        INDArray colours = Nd4j.createFromArray(UnetTask.colours(1, 32)).reshape(1, 3, 32, 32);
        try (UnetSmall net = UnetSmall.create(Init.seed(1))) {
            TorchUnet peer = new TorchUnet(Weights.of(net), 5, 4, false);
            TorchTraining training = TorchTraining.unet(peer, 32, true);
            for (int step = 0; step < 3; step++) {
                double loss = net.trainStep(drawings, colours).total();
                training.step();

                assertThat(training.lastLoss()).isCloseTo(loss, within(1e-5));
            }
            assertThat(peer.names()).hasSize(net.parameters().size());
            for (Parameter parameter : net.parameters()) {
                float[] ours = parameter.value().dup('c').data().asFloat();
                // Adam takes steps of 2e-4 whatever the gradient is; where it is nearly 0, its sign is a matter of
                // rounding.
                assertThat(Differences.mean(peer.numbers(parameter.name()), ours))
                        .as(parameter.name())
                        .isLessThan(1e-5);
            }
        }
    }
}
