package com.example.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.runtime.Init;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ElasticNetTest {
    private static final double L1 = 0.05;
    private static final double L2 = 0.05;
    private static final int STEPS = 20_000;

    /**
     * The optimum of the elastic net, in which coordinate descent ends too, is where the gradient of the smooth part is
     * −λ₁ sgn(w) for a weight that is not 0, and at most λ₁ for one that is (Friedman, Hastie and Tibshirani, 2010).
     */
    @Test
    void trainingEndsWhereTheOptimalityConditionsHold() {
        Measurements training = Measurements.read(ChooseMeasurements.DATA).training();
        INDArray inputs = training.inputs().castTo(DataType.DOUBLE);
        INDArray labels = training.labels().castTo(DataType.DOUBLE).reshape(training.size(), 1);
        try (ElasticNet net = ElasticNet.create(Init.seed(1))) {
            for (int i = 0; i < STEPS; i++) {
                net.trainStep(inputs, labels);
            }
            INDArray w = net.parameters().get("fit.weight").value();
            double b = net.parameters().get("fit.bias").value().getDouble(0);

            INDArray residual = inputs.mmul(w.transpose()).add(b).sub(labels);
            INDArray slope = inputs.transpose().mmul(residual).mul(2.0 / training.size());

            int zeros = 0;
            for (int j = 0; j < 30; j++) {
                double weight = w.getDouble(j);
                double smooth = slope.getDouble(j) + L2 * weight;
                if (weight == 0) {
                    zeros++;
                    assertThat(Math.abs(smooth)).as(Measurements.NAMES.get(j)).isLessThanOrEqualTo(L1 + 1e-4);
                } else {
                    assertThat(smooth).as(Measurements.NAMES.get(j)).isCloseTo(-L1 * Math.signum(weight), within(1e-4));
                }
            }
            assertThat(zeros).as("measurements without effect").isBetween(5, 25);
            assertThat(residual.sumNumber().doubleValue()).isCloseTo(0, within(1e-6));
        }
    }
}
