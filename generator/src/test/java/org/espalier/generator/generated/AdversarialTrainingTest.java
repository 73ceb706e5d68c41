package org.espalier.generator.generated;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trains a painter and a critic of {@code gan.net} against each other, beside PyTorch. */
class AdversarialTrainingTest {
    private static final Path FIXTURE =
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "gan.json");
    private static final int STEPS = 2;

    private final Map<String, Object> tensors =
            PytorchNumbers.map(Fixtures.of(FIXTURE, "pix2pix").get("tensors"));
    private final INDArray drawing = Fixtures.array(tensors, "drawing");
    private final INDArray photo = Fixtures.array(tensors, "photo");

    @Test
    void lossesGradientsAndWeightsArePytorchs() {
        try (CompiledNetwork painter = Adversaries.painter();
                CompiledNetwork critic = Adversaries.critic()) {
            read("painter", painter.network());
            read("critic", critic.network());

            for (int step = 0; step < STEPS; step++) {
                INDArray picture = (INDArray) painter.invoke("forward", drawing);
                INDArray real = Nd4j.ones(DataType.DOUBLE, photo.size(0), 1, 4, 4);
                INDArray fake = Nd4j.zeros(DataType.DOUBLE, photo.size(0), 1, 4, 4);

                // The critic learns from both; its losses and gradients add up until the update.
                critic.invoke("forward", drawing, photo);
                critic.invoke("loss", real);
                critic.invoke("backward");
                critic.invoke("forward", drawing, picture);
                critic.invoke("loss", fake);
                critic.invoke("backward");
                StepReport judged = critic.network().update();

                // The painter learns what the critic, which does not learn from it, takes for real.
                critic.network().freeze("**");
                critic.invoke("forward", drawing, picture);
                double half = (double) critic.invoke("loss", real);
                critic.invoke("backward");
                critic.network().unfreeze("**");
                double close = (double) painter.invoke("loss", photo);
                painter.invoke("backwardWith", ((INDArray) critic.invoke("dPicture")).mul(2));

                check(step, "critic", judged.dataLoss());
                check(step, "fooled", 2 * half);
                check(step, "close", close);
                int place = 0;
                for (Parameter parameter : painter.network().parameters()) {
                    Fixtures.assertSame(tensors, "step" + step + "/gradient" + place++, parameter.gradient());
                }
                painter.network().update();
            }

            compare("painter", painter.network());
            compare("critic", critic.network());
        }
    }

    private void read(String name, Network network) {
        int place = 0;
        for (Parameter parameter : network.parameters()) {
            parameter.value().assign(Fixtures.array(tensors, name + "/initial" + place++));
        }
    }

    private void compare(String name, Network network) {
        int place = 0;
        for (Parameter parameter : network.parameters()) {
            Fixtures.assertSame(tensors, name + "/final" + place++, parameter.value());
        }
    }

    private void check(int step, String name, double found) {
        String tensor = "step" + step + "/" + name;
        Fixtures.assertSame(
                tensor, CompiledGradients.numbers(Fixtures.array(tensors, tensor)), Fixtures.TOLERANCE, found);
    }
}
