package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkTest {
    @Test
    void itLearnsABatchByHeart() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            network.ridge.term("l2").lambda(0);
            network.elastic.terms().forEach(penalty -> penalty.lambda(0));
            Examples examples = Examples.of(DataType.FLOAT, 6, 1);

            double first =
                    network.trainStep(examples.images(), examples.labels()).dataLoss();
            double last = first;
            for (int step = 0; step < 200; step++) {
                last = network.trainStep(examples.images(), examples.labels()).dataLoss();
            }

            assertThat(first).isGreaterThan(0.5);
            assertThat(last).isLessThan(0.1 * first);
            assertThat(network.predict(examples.images()).argMax(1).toIntVector())
                    .containsExactly(examples.labels().toIntVector());
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsToTheBitAfterTwentySteps() {
        assertThat(weightsAfterTwentySteps(7)).isEqualTo(weightsAfterTwentySteps(7));
        assertThat(weightsAfterTwentySteps(7)).isNotEqualTo(weightsAfterTwentySteps(8));
    }

    private static float[] weightsAfterTwentySteps(long seed) {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(seed))) {
            for (int step = 0; step < 20; step++) {
                Examples examples = Examples.of(DataType.FLOAT, 1 + step % 5, step);
                network.trainStep(examples.images(), examples.labels());
            }
            return network.parameters().values().toFloatVector();
        }
    }

    @Test
    void theLedgerNamesEachTermAndSumsToTheTotal() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            double[] conv =
                    network.parameters().get("conv.weight").value().ravel().toDoubleVector();
            double[] logits =
                    network.parameters().get("logits.weight").value().ravel().toDoubleVector();
            Examples examples = Examples.of(DataType.FLOAT, 6, 1);

            StepReport report = network.trainStep(examples.images(), examples.labels());

            assertThat(report.ledger())
                    .extracting(LedgerEntry::name)
                    .containsExactly("elastic:l1", "elastic:l2", "l2(0.001):l2");
            assertThat(report.ledger().get(0).value()).isCloseTo(1e-2 * absolute(conv), within(1e-7));
            assertThat(report.ledger().get(1).value()).isCloseTo(0.5e-1 * squares(conv), within(1e-7));
            assertThat(report.ledger().get(2).value()).isCloseTo(0.5e-3 * squares(logits), within(1e-7));
            double sum = report.dataLoss()
                    + report.ledger().stream().mapToDouble(LedgerEntry::value).sum();
            assertThat(report.total()).isCloseTo(sum, within(1e-12));
            assertThat(report.penalty()).isGreaterThan(0);
        }
    }

    @Test
    void aLambdaIsChangedByNamesAndUnknownOnesAreToldWhatThereIs() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            network.regularizer("elastic").term("l1").lambda(0);
            network.regularizer("l2(0.001)").term("l2").lambda(0.5);

            assertThat(network.elastic.terms().get(0).lambda()).isZero();
            assertThat(network.penalties().get(0).value()).isZero();
            assertThat(network.ridge.terms().get(0).lambda()).isEqualTo(0.5);
            assertThat(network.regularizers()).containsExactly(network.elastic, network.ridge);
            assertThatThrownBy(() -> network.regularizer("elastik"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("TinyNetwork has no regularizer 'elastik'; there are elastic, l2(0.001)");
            assertThatThrownBy(() -> network.regularizer("elastic").term("l3"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("regularizer 'elastic' has no term 'l3'; it has l1 and l2");
        }
    }

    @Test
    void penaltiesCanBeReadWithoutAnUpdate() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 6, 1);
            List<LedgerEntry> before = network.penalties();

            StepReport report = network.trainStep(examples.images(), examples.labels());

            assertThat(report.ledger()).isEqualTo(before);
            assertThat(network.penalties()).isNotEqualTo(before);
        }
    }

    @Test
    void severalBackwardsAddUpUntilAnUpdate() {
        try (TinyNetwork network = TinyNetwork.create(DataType.DOUBLE, Init.seed(42), new Sgd(0.1))) {
            Examples one = Examples.of(DataType.DOUBLE, 4, 1);
            Examples two = Examples.of(DataType.DOUBLE, 3, 2);
            network.eval();
            double[] first = gradientOf(network, one);
            double[] second = gradientOf(network, two);

            network.forward(one.images());
            double firstLoss = network.loss(one.labels());
            network.backward();
            network.forward(two.images());
            double secondLoss = network.loss(two.labels());
            network.backward();

            double[] both = network.parameters().gradients().toDoubleVector();
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isCloseTo(first[i] + second[i], within(1e-14));
            }
            assertThat(network.update().dataLoss()).isEqualTo(firstLoss + secondLoss);
        }
    }

    private static double[] gradientOf(TinyNetwork network, Examples examples) {
        network.forward(examples.images());
        network.loss(examples.labels());
        network.backward();
        double[] gradient = network.parameters().gradients().toDoubleVector();
        network.zeroGradients();
        assertThat(network.parameters().gradients().toDoubleVector()).containsOnly(0.0);
        return gradient;
    }

    @Test
    void backwardFromAGradientByTheOutputDoesWhatBackwardFromTheLossDoes() {
        try (TinyNetwork network = TinyNetwork.create(DataType.DOUBLE, Init.seed(42), new Sgd(0.1))) {
            network.eval();
            Examples examples = Examples.of(DataType.DOUBLE, 2, 1);
            double[] expected = gradientOf(network, examples);

            double[][] probabilities =
                    softmax(network.forward(examples.images()).toDoubleMatrix());
            int[] labels = examples.labels().toIntVector();
            for (int n = 0; n < 2; n++) {
                probabilities[n][labels[n]] -= 1;
            }
            network.backward(Nd4j.create(probabilities).div(2));

            double[] found = network.parameters().gradients().toDoubleVector();
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-12));
            }
            assertThat(network.update(3.5).dataLoss()).isEqualTo(3.5);
        }
    }

    private static double[][] softmax(double[][] rows) {
        for (double[] row : rows) {
            double sum = 0;
            for (int c = 0; c < row.length; c++) {
                row[c] = Math.exp(row[c]);
                sum += row[c];
            }
            for (int c = 0; c < row.length; c++) {
                row[c] /= sum;
            }
        }
        return rows;
    }

    @Test
    void anUpdateNeedsABackwardSinceTheLastOne() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            assertThatThrownBy(network::update)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("update of TinyNetwork needs a gradient; call backward after the last update");
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            network.trainStep(examples.images(), examples.labels());
            assertThatThrownBy(network::update).isInstanceOf(IllegalStateException.class);
            network.forward(examples.images());
            network.loss(examples.labels());
            network.backward();
            network.zeroGradients();
            assertThatThrownBy(network::update).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void stepsOutOfOrderAreRefused() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            assertThatThrownBy(() -> network.loss(examples.labels()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("loss of TinyNetwork needs a forward of its own; call forward first, and once for"
                            + " each backward");
            network.forward(examples.images());
            assertThatThrownBy(network::backward)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("backward of TinyNetwork needs a loss; call loss after forward, or give backward a"
                            + " gradient");
            network.loss(examples.labels());
            network.backward();
            assertThatThrownBy(network::backward).isInstanceOf(IllegalStateException.class);
            INDArray gradient = Nd4j.zeros(DataType.FLOAT, 2, 3);
            assertThatThrownBy(() -> network.backward(gradient)).isInstanceOf(IllegalStateException.class);
            network.forward(examples.images());
            network.backward(gradient);
            assertThatThrownBy(() -> network.backward(gradient)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void wrongArraysAreRefusedWithWhatWasExpectedAndFound() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            assertThatThrownBy(() -> network.forward(Nd4j.zeros(DataType.DOUBLE, 2, 8, 8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input 'image' of TinyNetwork must be [batch, 1, 8, 8] FLOAT, but is [2, 8, 8]"
                            + " DOUBLE");
            network.forward(Nd4j.zeros(DataType.FLOAT, 2, 1, 8, 8));
            assertThatThrownBy(() -> network.loss(Nd4j.zeros(DataType.INT32, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("labels 'label' of TinyNetwork must be class indices [2], one for each sample of the"
                            + " last forward, but are [3]");
            assertThatThrownBy(() -> network.backward(Nd4j.zeros(DataType.FLOAT, 2, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gradient by 'logits' of TinyNetwork must be [2, 3] FLOAT, but is [2, 4] FLOAT");
        }
    }

    @Test
    void anArrayWithGapsGivesWhatItsCopyGives() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            INDArray images = Examples.of(DataType.FLOAT, 2, 1).images();
            INDArray gaps = images.permute(0, 1, 3, 2).dup('c').permute(0, 1, 3, 2);

            assertThat(network.predict(gaps)).isEqualTo(network.predict(images));
        }
    }

    @Test
    void aPredictionLeavesModeAndStatisticsAloneAndBelongsToTheCaller() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 3, 1);
            INDArray mean = network.statistics().get("bn.running_mean").dup();

            INDArray predicted = network.predict(examples.images());
            float[] copy = predicted.ravel().toFloatVector();
            network.predict(Examples.of(DataType.FLOAT, 3, 2).images());

            assertThat(predicted.ravel().toFloatVector()).isEqualTo(copy);
            assertThat(network.isTraining()).isTrue();
            assertThat(network.statistics().get("bn.running_mean")).isEqualTo(mean);
            network.forward(examples.images());
            assertThat(network.statistics().get("bn.running_mean")).isNotEqualTo(mean);
        }
    }

    @Test
    void aSmallerBatchNeedsNoMoreMemoryAndGivesTheSameNumbers() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42));
                TinyNetwork fresh = TinyNetwork.create(Init.seed(42))) {
            INDArray two = Examples.of(DataType.FLOAT, 2, 3).images();
            INDArray expected = fresh.predict(two);

            network.predict(Examples.of(DataType.FLOAT, 9, 1).images());
            long peak = network.peakBytes();

            assertThat(network.predict(two)).isEqualTo(expected);
            assertThat(network.peakBytes()).isEqualTo(peak);
            network.predict(Examples.of(DataType.FLOAT, 10, 1).images());
            assertThat(network.peakBytes()).isGreaterThan(peak);
        }
    }

    @Test
    void peakMemoryCountsParametersTwiceTheArenaAndTheOptimizer() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 5, 1);
            network.trainStep(examples.images(), examples.labels());

            long numbers = 2 * TinyNetwork.PARAMETERS + 8 + 5 * TinyNetwork.PER_SAMPLE + TinyNetwork.FIXED;
            long adam = 2 * TinyNetwork.PARAMETERS;
            assertThat(network.peakBytes()).isEqualTo(4 * (numbers + adam) + network.workspace.bytes());
        }
    }

    /** An array that was handed out may be written at any time: from then on updates must look at every row. */
    @Test
    void theNormOfAGradientHandsNothingOut() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Parameter table = network.parameters().get("logits.weight");
            TableGradient gradient = table.tableGradient();
            INDArray one = Nd4j.createFromArray(new int[][] {{1}});
            Kernels.embeddingBackwardWeight(one, Nd4j.ones(DataType.FLOAT, 1, 1, 64), gradient, -1, false);

            assertThat(table.gradientNorm()).isEqualTo(8);
            assertThat(gradient.isWhole()).isFalse();

            assertThat(table.gradient().sumNumber().doubleValue()).isEqualTo(64);
            assertThat(gradient.isWhole()).isTrue();
        }
    }

    @Test
    void aFrozenParameterStaysAndHasNoPenalty() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 5, 1);
            INDArray conv = network.parameters().get("conv.weight").value().dup();
            INDArray logits = network.parameters().get("logits.weight").value().dup();

            network.freeze("conv.*");
            StepReport report = network.trainStep(examples.images(), examples.labels());

            assertThat(network.parameters().get("conv.weight").isFrozen()).isTrue();
            assertThat(network.parameters().get("conv.weight").value()).isEqualTo(conv);
            assertThat(network.parameters().get("logits.weight").value()).isNotEqualTo(logits);
            assertThat(report.ledger().get(0)).isEqualTo(new LedgerEntry("elastic", "l1", 0));

            network.unfreeze("**");
            network.trainStep(examples.images(), examples.labels());
            assertThat(network.parameters().get("conv.weight").value()).isNotEqualTo(conv);
        }
    }

    @Test
    void aPatternThatMatchesNothingListsWhatThereIs() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            assertThatThrownBy(() -> network.freeze("encoder.**"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no parameter of TinyNetwork matches 'encoder.**'; there are [conv.weight, conv.bias,"
                            + " bn.weight, bn.bias, logits.weight, logits.bias]");
        }
    }

    @Test
    void aClosedNetworkSaysSo() {
        TinyNetwork network = TinyNetwork.create(Init.seed(42));
        INDArray images = Examples.of(DataType.FLOAT, 2, 1).images();
        network.forward(images);
        INDArray values = network.parameters().values();
        float first = values.getFloat(0);
        network.close();
        network.close();

        // What was given out lives on.
        assertThat(values.wasClosed()).isFalse();
        assertThat(values.getFloat(0)).isEqualTo(first);
        assertThatThrownBy(() -> network.forward(images))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("TinyNetwork is closed");
        assertThatThrownBy(() -> network.predict(images)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(network::parameters).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(network::update).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(network::penalties).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStepSharedByTwoThreadsIsNoticed() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            CompletableFuture.runAsync(() -> network.forward(examples.images())).join();

            assertThatThrownBy(() -> network.loss(examples.labels()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching(
                            "the last step of TinyNetwork was begun by thread '.*', so thread '.*' cannot go on"
                                    + " with it; call forward, loss, backward and update in one thread");
        }
    }

    @Test
    void predictionsOfTwoThreadsAtOnceAreNoticed() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            INDArray images = Examples.of(DataType.FLOAT, 2, 1).images();
            network.evaluating(() -> assertThatThrownBy(() -> CompletableFuture.runAsync(() -> network.predict(images))
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class));
            assertThat(network.predict(images).shape()).containsExactly(2, 3);
        }
    }

    private static double absolute(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }

    private static double squares(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }
}
