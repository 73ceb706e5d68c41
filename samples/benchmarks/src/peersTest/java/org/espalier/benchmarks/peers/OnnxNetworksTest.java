package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.digits.Digits;
import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.networks.UnetSmall;
import org.espalier.benchmarks.networks.UnetTask;
import org.espalier.benchmarks.subject.Draw;
import org.espalier.runtime.Init;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** From the same weights, ONNX Runtime gives the same outputs. */
class OnnxNetworksTest {
    @Test
    void the_unet_once_its_normalizations_have_seen_something() {
        DataSet example = Dl4jTraining.drawing(32);
        try (UnetSmall net = UnetSmall.create(Init.seed(1))) {
            net.trainStep(example.getFeatures(), example.getLabels());
            try (OnnxInference peer = new OnnxInference(
                    OnnxNetworks.unet(Weights.of(net), 5, 4, 32), UnetTask.drawings(1, 32), 1, 3, 32, 32)) {
                float[] ours = floats(net.predict(example.getFeatures()));

                assertThat(Differences.largest(peer.output(), ours)).isLessThan(1e-5);
            }
        }
    }

    @Test
    void the_digits() {
        float[] image = Draw.pixels(1, 28 * 28);
        try (Digits net = Digits.create(Init.seed(1));
                OnnxInference peer = new OnnxInference(OnnxNetworks.digits(Weights.of(net)), image, 1, 1, 28, 28)) {
            float[] ours = floats(net.predict(Nd4j.createFromArray(image).reshape(1, 1, 28, 28)));

            assertThat(Differences.largest(peer.output(), ours)).isLessThan(1e-5);
        }
    }

    private static float[] floats(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
