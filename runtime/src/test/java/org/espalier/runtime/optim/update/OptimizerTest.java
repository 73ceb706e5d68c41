package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Against PyTorch 1.13.1 in double precision: torch.optim with the same arguments, weights and gradients. */
class OptimizerTest {
    private static final double[][] GRADIENTS = {{0.1, -0.2, 0.3, 0}, {0.5, 0.25, -0.125, 1}, {-1, 0, 2, -0.5}};

    private static double[] afterThreeSteps(Optimizer optimizer, @Nullable Regularizer regularizer) {
        INDArray w = Nd4j.createFromArray(1.0, -2.0, 0.5, 0.0);
        INDArray g = Nd4j.createFromArray(0.0, 0.0, 0.0, 0.0);
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 4, regularizer)));
        for (double[] gradient : GRADIENTS) {
            g.assign(Nd4j.createFromArray(gradient));
            update.update(optimizer);
        }
        return w.toDoubleVector();
    }

    private static void assertClose(double[] found, double... expected) {
        assertThat(found).containsExactly(expected, within(1e-14));
    }

    @Test
    void adamDoesWhatPytorchDoes() {
        assertClose(
                afterThreeSteps(new Adam(0.1, 0.5, 0.9, 1e-8), null),
                0.8621053398248226,
                -1.967615275589009,
                0.2989649106876462,
                -0.09189365708060149);
    }

    @Test
    void adamWithL2IsPytorchsAdamWithWeightDecay() {
        assertClose(
                afterThreeSteps(new Adam(0.1), new Regularizer("ridge", new L2(0.1))),
                0.8210351101623968,
                -1.7794199188424524,
                0.2831545834313093,
                -0.0967853301734561);
    }

    @Test
    void sgdDoesWhatPytorchDoes() {
        assertClose(afterThreeSteps(new Sgd(0.1), null), 1.04, -2.005, 0.2825, -0.05);
        assertClose(afterThreeSteps(new Sgd(0.1, 0.9, 0, false), null), 0.9779, -1.9933, 0.24245, -0.14);
        assertClose(afterThreeSteps(new Sgd(0.1, 0.9, 0.5, false), null), 0.9754, -1.96955, 0.330575, -0.07);
    }

    @Test
    void nesterovWithL2IsPytorchsNesterovWithWeightDecay() {
        assertClose(
                afterThreeSteps(new Sgd(0.1, 0.9, 0, true), new Regularizer("ridge", new L2(0.1))),
                0.943831882,
                -1.841901264,
                0.0137695435,
                -0.17239);
    }

    @Test
    void theNormIsClippedAsPytorchDoesOverAllParametersBeforeThePenalties() {
        INDArray w = Nd4j.createFromArray(1.0, 2.0, 7.0);
        INDArray g = Nd4j.createFromArray(3.0, 4.0, 100.0);
        FusedUpdate<?> update = FusedUpdate.over(
                w,
                g,
                List.of(
                        new FusedUpdate.Tensor(0, 1, new Regularizer("lasso", new L1(0.5))),
                        new FusedUpdate.Tensor(1, 1, null),
                        new FusedUpdate.Tensor(2, 1, null)));
        update.frozen(2, true);
        Sgd sgd = new Sgd(1);
        sgd.clipNorm(1);

        update.update(sgd);

        assertClose(w.toDoubleVector(), 1 - 0.599999880000024 - 0.5, 2 - 0.799999840000032, 7);
    }

    @Test
    void valuesAreClippedOnBothSides() {
        INDArray w = Nd4j.createFromArray(0.0, 0.0, 0.0, 0.0);
        INDArray g = Nd4j.createFromArray(3.0, -4.0, 0.25, Double.NaN);
        Sgd sgd = new Sgd(1);
        sgd.clipValue(0.5);
        FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 4, null))).update(sgd);
        assertThat(w.toDoubleVector()).containsExactly(-0.5, 0.5, -0.25, Double.NaN);
    }

    @Test
    void theLearningRateMayChangeBetweenSteps() {
        INDArray w = Nd4j.createFromArray(1.0);
        INDArray g = Nd4j.createFromArray(1.0);
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 1, null)));
        Sgd sgd = new Sgd(0.25);
        update.update(sgd);
        sgd.lr(0.5);
        update.update(sgd);
        assertThat(w.getDouble(0)).isEqualTo(0.25);
        assertThat(sgd.lr()).isEqualTo(0.5);
    }

    @Test
    void aParameterCountsItsOwnSteps() {
        INDArray w = Nd4j.createFromArray(1.0, 1.0);
        INDArray g = Nd4j.createFromArray(0.3, 0.3);
        FusedUpdate<?> update =
                FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, 1, null), new FusedUpdate.Tensor(1, 1, null)));
        Adam adam = new Adam(0.1);
        update.frozen(1, true);
        update.update(adam);
        double afterOne = w.getDouble(0);
        update.update(adam);
        assertThat(w.getDouble(1)).isEqualTo(1);

        update.frozen(1, false);
        update.update(adam);

        assertThat(w.getDouble(1)).isEqualTo(afterOne);
        assertThat(update.steps(0)).isEqualTo(3);
        assertThat(update.steps(1)).isEqualTo(1);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Adam(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lr must be a finite number of at least 0, but is -1.0");
        assertThatThrownBy(() -> new Adam(1, 1, 0.9, 1e-8))
                .hasMessage("beta1 must be at least 0 and below 1, but is 1.0");
        assertThatThrownBy(() -> new Adam(1, 0.9, Double.NaN, 1e-8))
                .hasMessage("beta2 must be at least 0 and below 1, but is NaN");
        assertThatThrownBy(() -> new Sgd(1, 0, 0, true))
                .hasMessage("nesterov needs momentum above 0 and dampening 0, but they are 0.0 and 0.0");
        assertThatThrownBy(() -> new Sgd(1).clipNorm(0)).hasMessage("clipNorm must be above 0, but is 0.0");
        assertThatThrownBy(() -> new L1(-1))
                .hasMessage("lambda of l1 must be a finite number of at least 0, but is -1.0");
        assertThatThrownBy(() -> new L1(0).lambda(Double.NaN))
                .hasMessage("lambda of l1 must be a finite number of at least 0, but is NaN");
        assertThatThrownBy(() -> new L2(1).lambda(Double.POSITIVE_INFINITY))
                .hasMessage("lambda of l2 must be a finite number of at least 0, but is Infinity");
        assertThatThrownBy(() -> new Regularizer("elastic", new L1(1), new L2(2)).term("l3"))
                .hasMessage("regularizer 'elastic' has no term 'l3'; it has l1 and l2");
        assertThatThrownBy(() -> new Regularizer("elastic", new L1(1), new L2(1), new L1(2)))
                .hasMessage("regularizer 'elastic' has two terms l1; write one, with the sum of their λ");
    }
}
