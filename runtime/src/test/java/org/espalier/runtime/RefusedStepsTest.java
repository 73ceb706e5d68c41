package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses, gradients and settings that cannot be learned from are refused, and leave no trace. */
class RefusedStepsTest {
    private static final Examples EXAMPLES = Examples.of(DataType.FLOAT, 4, 1);

    /** Does something that is refused between two steps; the network must end as if it had not. */
    private static void assertLeavesNoTrace(Consumer<TinyNetwork> refused) {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42));
                TinyNetwork untouched = TinyNetwork.create(Init.seed(42))) {
            network.eval();
            untouched.eval();
            network.trainStep(EXAMPLES.images(), EXAMPLES.labels());
            untouched.trainStep(EXAMPLES.images(), EXAMPLES.labels());

            refused.accept(network);

            assertThat(network.parameters().values())
                    .isEqualTo(untouched.parameters().values());
            // A step shows what the optimizer keeps.
            StepReport step = network.trainStep(EXAMPLES.images(), EXAMPLES.labels());
            assertThat(step).isEqualTo(untouched.trainStep(EXAMPLES.images(), EXAMPLES.labels()));
            assertThat(network.parameters().values())
                    .isEqualTo(untouched.parameters().values());
            assertThat(network.updates()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aGradientThatIsNotFinite(float broken) {
        assertLeavesNoTrace(network -> {
            network.forward(EXAMPLES.images());
            network.loss(EXAMPLES.labels());
            network.backward();
            network.parameters().get("logits.weight").gradient().putScalar(2, 5, broken);

            assertThatThrownBy(network::update)
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessage("the gradient by logits.weight[2, 5] of TinyNetwork is " + (double) broken
                            + ", so nothing was updated; the gradient is forgotten, and the next backward begins another"
                            + " one: go on with the next batch, or lower the learning rate");

            assertThat((Float)
                            network.parameters().get("logits.weight").gradient().getFloat(2, 5))
                    .isEqualTo((Float) broken);
            assertThatThrownBy(network::update).hasMessageStartingWith("update of TinyNetwork needs a gradient");
        });
    }

    @Test
    void aGradientThatIsNotFiniteAndWouldBeClipped() {
        assertLeavesNoTrace(network -> {
            network.optimizer().clipNorm(1);
            network.optimizer().clipValue(1);
            network.forward(EXAMPLES.images());
            network.loss(EXAMPLES.labels());
            network.backward();
            network.parameters().get("bn.bias").gradient().putScalar(3, Double.NaN);
            assertThatThrownBy(network::update)
                    .hasMessageStartingWith("the gradient by bn.bias[3] of TinyNetwork is NaN");
            network.optimizer().clipNorm(Double.POSITIVE_INFINITY);
            network.optimizer().clipValue(Double.POSITIVE_INFINITY);
        });
    }

    @Test
    void aGradientThatAStepMakesInfinite() {
        assertLeavesNoTrace(network -> {
            INDArray dLogits = network.forward(EXAMPLES.images()).dup().assign(3e38);
            network.backward(dLogits);
            assertThatThrownBy(network::update)
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessageContaining("the gradient by ");
        });
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aLossThatIsNotFinite(float broken) {
        assertLeavesNoTrace(network -> {
            INDArray images = EXAMPLES.images().dup();
            images.putScalar(0, broken);
            assertThatThrownBy(() -> network.trainStep(images, EXAMPLES.labels()))
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessage("the loss of TinyNetwork is NaN, so there is no backward and no update; go on with the"
                            + " next batch, or look for such numbers in this one and in the weights");
            assertThatThrownBy(network::update).hasMessageStartingWith("update of TinyNetwork needs a gradient");
        });
    }

    /** Its statistics are copied once, where the first of the two begins. */
    @Test
    void aRememberedStepGoesBackToWhereThatBegan() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            INDArray images = EXAMPLES.images().dup();
            images.putScalar(0, Float.NaN);
            INDArray mean = network.statistics().get("bn.running_mean");
            StepUndo undo = new StepUndo(network);

            assertThatThrownBy(() -> undo.remember(() -> {
                        mean.assign(3);
                        return network.trainStep(images, EXAMPLES.labels());
                    }))
                    .isInstanceOf(NonFiniteException.class);
            assertThat(mean).isEqualTo(mean.like());

            mean.assign(3);
            assertThatThrownBy(() -> network.trainStep(images, EXAMPLES.labels()))
                    .isInstanceOf(NonFiniteException.class);
            assertThat(mean).isEqualTo(mean.like().assign(3));
        }
    }

    @Test
    void aLossThatIsInfinite() {
        assertLeavesNoTrace(network -> {
            INDArray weight = network.parameters().get("logits.bias").value();
            double before = weight.getDouble(0);
            weight.putScalar(0, Double.NEGATIVE_INFINITY);
            INDArray labels = EXAMPLES.labels().dup().assign(0);
            assertThat(network.forward(EXAMPLES.images())).isNotNull();
            assertThat(network.loss(labels)).isInfinite();
            assertThatThrownBy(network::backward).hasMessageStartingWith("the loss of TinyNetwork is Infinity");
            weight.putScalar(0, before);
        });
    }

    @Test
    void aGradientOfWhatIsFrozenIsNotLookedAt() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            network.freeze("conv.*");
            network.forward(EXAMPLES.images());
            network.loss(EXAMPLES.labels());
            network.backward();
            network.parameters().get("conv.bias").gradient().putScalar(0, Double.NaN);
            network.update();
            assertThat(network.updates()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void runningStatisticsStayFinite(DataType type) {
        Examples examples = Examples.of(type, 4, 1);
        try (TinyNetwork network = TinyNetwork.create(type, Init.seed(42), new Sgd(0.1))) {
            network.trainStep(examples.images(), examples.labels());
            INDArray mean = network.statistics().get("bn.running_mean").dup();
            INDArray variance = network.statistics().get("bn.running_var").dup();
            INDArray images = examples.images().dup();
            images.putScalar(7, Double.NaN);

            assertThatThrownBy(() -> network.trainStep(images, examples.labels()))
                    .isInstanceOf(NonFiniteException.class);

            assertThat(network.statistics().get("bn.running_mean")).isEqualTo(mean);
            assertThat(network.statistics().get("bn.running_var")).isEqualTo(variance);
        }
    }

    /** The batch itself is finite, and so is what batch norm sees of it. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, 3e38f})
    void aStepThatIsRefusedBehindBatchNormLeavesItsRunningStatistics(float broken) {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            network.trainStep(EXAMPLES.images(), EXAMPLES.labels());
            INDArray mean = network.statistics().get("bn.running_mean").dup();
            INDArray variance = network.statistics().get("bn.running_var").dup();
            INDArray weight = network.parameters().get("logits.weight").value();
            INDArray before = weight.dup();
            weight.assign(broken);
            weight.putScalar(0, 0, 0);
            float[] broke = weight.ravel().toFloatVector();

            assertThatThrownBy(() -> network.trainStep(EXAMPLES.images(), EXAMPLES.labels()))
                    .isInstanceOf(NonFiniteException.class);

            assertThat(network.statistics().get("bn.running_mean")).isEqualTo(mean);
            assertThat(network.statistics().get("bn.running_var")).isEqualTo(variance);
            assertThat(weight.ravel().toFloatVector()).containsExactly(broke);
            assertThat(network.updates()).isEqualTo(1);
            weight.assign(before);
            INDArray labels = EXAMPLES.labels().dup().assign(1_000);
            assertThatThrownBy(() -> network.trainStep(EXAMPLES.images(), labels))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(network.statistics().get("bn.running_mean")).isEqualTo(mean);
            network.trainStep(EXAMPLES.images(), EXAMPLES.labels());
        }
    }

    @Test
    void settingsThatSinglePrecisionDoesNotHold() {
        assertThatThrownBy(() -> TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Adam(1e-3, 0.9, 0.999, 1e-50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the optimizer's eps is 1.0E-50, which is 0 in single"
                        + " precision; use a number from 1.4e-45 to 3.4e38, or a network of double precision");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            assertThatThrownBy(() -> network.optimizer(new AdamW(1e-3, 0.9, 0.999, 1e-8, 1e39)))
                    .hasMessageStartingWith(
                            "the optimizer's weight_decay is 1.0E39, which is infinite in single precision");
            assertThatThrownBy(() -> network.optimizer(new Sgd(1e-60)))
                    .hasMessageStartingWith("lr is 1.0E-60, which is 0 ");
            assertThatThrownBy(() -> network.optimizer(new Sgd(1, 1e-60, 0, false)))
                    .hasMessageStartingWith("the optimizer's momentum is ");
            assertThatThrownBy(() -> network.optimizer(new RmsProp(1, 0.9, 1e-60, 0, false)))
                    .hasMessageStartingWith("the optimizer's eps is ");
            assertThatThrownBy(() -> network.optimizer(new Adagrad(1, 0, 1e-60, 1e-8)))
                    .hasMessageStartingWith("the optimizer's initial_accumulator_value is ");
            network.optimizer(new Adam(1e-3, 0, 0, 0));
            network.trainStep(EXAMPLES.images(), EXAMPLES.labels());
        }
        try (TinyNetwork network =
                TinyNetwork.create(DataType.DOUBLE, Init.seed(42), new Adam(1e-3, 0.9, 0.999, 1e-50))) {
            Examples examples = Examples.of(DataType.DOUBLE, 4, 1);
            network.optimizer().lr(1e-60);
            network.trainStep(examples.images(), examples.labels());
        }
    }

    @Test
    void settingsThatChangeToWhatSinglePrecisionDoesNotHold() {
        assertLeavesNoTrace(network -> {
            double lr = network.optimizer().lr();
            network.optimizer().lr(1e-60);
            assertThatThrownBy(() -> network.trainStep(EXAMPLES.images(), EXAMPLES.labels()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("lr is 1.0E-60, which is 0 in single precision");
            network.optimizer().lr(lr);
            network.optimizer().clipNorm(1e-60);
            assertThatThrownBy(network::update).hasMessageStartingWith("clipNorm is 1.0E-60, which is 0 ");
            network.optimizer().clipNorm(1e60);
            network.optimizer().clipValue(1e-60);
            assertThatThrownBy(network::update).hasMessageStartingWith("clipValue is 1.0E-60, which is 0 ");
            network.optimizer().clipNorm(Double.POSITIVE_INFINITY);
            network.optimizer().clipValue(Double.POSITIVE_INFINITY);
            network.ridge.term("l2").lambda(1e60);
            assertThatThrownBy(network::update)
                    .hasMessageStartingWith(
                            "lambda of l2 in l2(0.001) is 1.0E60, which is infinite in single precision");
            network.ridge.term("l2").lambda(1e-3);
            network.zeroGradients();
        });
    }
}
