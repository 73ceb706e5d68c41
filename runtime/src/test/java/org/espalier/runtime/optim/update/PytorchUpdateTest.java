package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.runtime.pytorch.PytorchFixtures;
import org.espalier.runtime.pytorch.UpdateCase;
import org.espalier.runtime.pytorch.UpdateCase.Trajectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Five steps of the fused update go where PyTorch's go, with the same penalties and the same state on the way. */
class PytorchUpdateTest {
    /**
     * PyTorch's own single precision strays from its double precision by up to 6.4e-7 of an element's greatest
     * magnitude in the five steps of these cases; this runtime rounds in another order.
     */
    private static final double SINGLE = 2e-6;

    private static final double DOUBLE = 1e-12;

    /**
     * Of the greatest penalty on the way. Penalties are stored with the digits of single precision, in which this
     * runtime also adds up each block, and like weights they may come near 0 by cancellation.
     */
    private static final double PENALTY = 1e-6;

    static Stream<UpdateCase> cases() {
        return PytorchFixtures.updates().stream().filter(UpdateRun::understands);
    }

    @Test
    void everyOptimizerAndPenaltyThatExistsIsCompared() {
        assertThat(cases().map(UpdateCase::toString))
                .contains(
                        "sgd.json: l1",
                        "sgd-nesterov.json: weight_decay",
                        "adam.json: elastic net",
                        "clipping.json: adam, clip norm 0.5, l1",
                        "nonfinite.json: sgd, clip value",
                        "schedules.json: adam, both",
                        "adamw.json: l1",
                        "rmsprop-momentum.json: elastic net",
                        "rmsprop-centered.json: l2",
                        "adagrad-lr-decay.json: weight_decay",
                        "decay.json: rmsprop, decay",
                        "proximal.json: adamw, elastic net",
                        "proximal.json: sgd-momentum, group lasso",
                        "adam.json: l2_norm",
                        "rmsprop.json: group lasso",
                        "adagrad.json: orthogonal",
                        "transposed.json: sgd, proximal group lasso",
                        "transposed.json: adam, orthogonal",
                        "max-norm.json: adam, l2 and max_norm");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void singlePrecisionFollowsPytorch(UpdateCase expected) {
        UpdateRun run = new UpdateRun(expected, DataType.FLOAT);
        for (int step = 0; step < UpdateRun.STEPS; step++) {
            Map<String, Double> penalties = run.step(step);
            for (Trajectory parameter : expected.parameters()) {
                double greatest = Arrays.stream(parameter.penalties())
                        .filter(Double::isFinite)
                        .map(Math::abs)
                        .max()
                        .orElse(0);
                double penalty = parameter.penalties()[step];
                assertNear(
                        "penalty of " + parameter.name() + " before step " + (step + 1),
                        penalties.get(parameter.name()),
                        penalty,
                        PENALTY * greatest);
                double[] weights = run.weights(parameter);
                for (int i = 0; i < weights.length; i++) {
                    assertNear(
                            parameter.name() + "[" + i + "] after step " + (step + 1),
                            weights[i],
                            parameter.weights().get(step)[i],
                            SINGLE * parameter.scale(i, expected.optimizer().lr()[0]));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void doublePrecisionEndsWherePytorchDoes(UpdateCase expected) {
        UpdateRun run = new UpdateRun(expected, DataType.DOUBLE);
        run.allSteps();
        for (Trajectory parameter : expected.parameters()) {
            double[] weights = run.weights(parameter);
            for (int i = 0; i < weights.length; i++) {
                assertNear(
                        parameter.name() + "[" + i + "]",
                        weights[i],
                        parameter.last()[i],
                        DOUBLE * parameter.scale(i, expected.optimizer().lr()[0]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatTheOptimizerKeepsHasTheNamesAndNumbersOfPytorch(UpdateCase expected) throws IOException {
        UpdateRun run = new UpdateRun(expected, DataType.FLOAT);
        run.allSteps();
        for (Trajectory parameter : expected.parameters()) {
            for (Map.Entry<String, float[]> state : parameter.state().entrySet()) {
                List<Float> kept = run.state(parameter, state.getKey());
                for (int i = 0; i < kept.size(); i++) {
                    float number = state.getValue()[i];
                    // What adds up gradients of either sign cancels; what adds up their squares does not.
                    double floor = state.getKey().endsWith("sq") ? 0 : 1e-7;
                    assertNear(state.getKey() + "[" + i + "]", kept.get(i), number, floor + SINGLE * Math.abs(number));
                }
            }
        }
    }

    /** Zero must be met exactly, as must NaN and the infinities. */
    private static void assertNear(String what, double actual, double expected, double tolerance) {
        boolean same = actual == expected || (Double.isNaN(actual) && Double.isNaN(expected));
        assertThat(same || (expected != 0 && Math.abs(actual - expected) <= tolerance))
                .as("%s is %s, in PyTorch %s, tolerance %s", what, actual, expected, tolerance)
                .isTrue();
    }
}
