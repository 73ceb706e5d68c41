package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The generator of pix2pix, written in a {@code .net}, compiled and run, does what PyTorch's does: forward, backward,
 * and three steps of Adam with L1 and L2. {@code runtime/src/test/python/unet_fixture.py} says what PyTorch ran.
 */
class PytorchUnetTest {
    private static final int STEPS = 3;

    private enum Precision {
        FLOAT32("float32", 1e-5, 1e-3),
        /** PyTorch ran in double precision; what it gave is stored rounded to single, which is up to 6e-8 off. */
        FLOAT64("float64", 1e-7, 1e-8);

        private final PytorchUnet.Classes classes;
        private final double tolerance;
        private final double lossPercent;

        Precision(String word, double tolerance, double lossPercent) {
            this.classes = new PytorchUnet.Classes(word);
            this.tolerance = tolerance;
            this.lossPercent = lossPercent;
        }
    }

    @ParameterizedTest(name = "{0}, {2}")
    @CsvSource({
        "Pix2pix, pix2pix, FLOAT32",
        "Pix2pix, pix2pix, FLOAT64",
        "LeakyInPlace, leaky-in-place, FLOAT32",
        "LeakyInPlace, leaky-in-place, FLOAT64",
        "LeakyOutOfPlace, leaky-out-of-place, FLOAT32",
        "LeakyOutOfPlace, leaky-out-of-place, FLOAT64",
        "InstanceNormed, instance-norm, FLOAT32",
        "InstanceNormed, instance-norm, FLOAT64"
    })
    void outputAndGradientsArePytorchs(String name, String fixture, Precision precision) {
        try (PytorchUnet unet = precision.classes.create(name, fixture)) {
            INDArray output = unet.supervised().forward(unet.expected("drawing"));
            unet.assertSame("output", output, precision.tolerance, 0);

            double loss = unet.supervised().loss(unet.expected("colours"));
            assertClose(loss, unet.expected("losses").getDouble(0, 0), precision);

            unet.supervised().backward();
            for (Parameter parameter : unet.network().parameters()) {
                // A bias in front of a norm has no gradient but rounding, so numbers as small as that are not compared.
                unet.assertSame("gradient/" + parameter.name(), parameter.gradient(), precision.tolerance, 1e-2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void threeTrainingStepsEndWherePytorchsDo(Precision precision) {
        try (PytorchUnet unet = precision.classes.create("Pix2pix", "pix2pix")) {
            INDArray losses = unet.expected("losses");
            for (int step = 0; step < STEPS; step++) {
                StepReport report = unet.supervised().trainStep(unet.expected("drawing"), unet.expected("colours"));
                Map<String, Double> ledger = new HashMap<>();
                report.ledger().forEach(entry -> ledger.put(entry.name(), entry.value()));
                assertClose(report.dataLoss(), losses.getDouble(step, 0), precision);
                assertClose(ledger.get("elastic:l1"), losses.getDouble(step, 1), precision);
                assertClose(ledger.get("elastic:l2"), losses.getDouble(step, 2), precision);
                assertClose(report.total(), losses.getDouble(step, 3), precision);
            }
            unet.state().forEach((path, array) -> unet.assertSame("final/" + path, array, precision.tolerance, 0));
            unet.assertSame("prediction", unet.supervised().predict(unet.expected("drawing")), precision.tolerance, 0);
        }
    }

    @Test
    void weightsThatPytorchWroteAreLoaded() {
        try (PytorchUnet unet = Precision.FLOAT32.classes.create("Pix2pix", "pix2pix")) {
            unet.state().values().forEach(array -> array.assign(7));
            unet.network().load(unet.weights());
            INDArray output = unet.supervised().forward(unet.expected("drawing"));
            unet.assertSame("output", output, Precision.FLOAT32.tolerance, 0);
        }
    }

    private static void assertClose(double actual, double expected, Precision precision) {
        assertThat(actual).isCloseTo(expected, Percentage.withPercentage(precision.lossPercent));
    }
}
