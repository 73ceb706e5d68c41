package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.storage.Outliving;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Arrays that a network gave out, or was given, whatever becomes of either. They are so large that reading one whose
 * memory was freed ends the process.
 */
// Workspaces are opened for what opening and closing them does.
@SuppressWarnings("try")
class MemoryTest {
    private static final int SAMPLES = 100_000;
    private static final int FEATURES = 50_000;

    /** An array that a network gives out, when it had a step of one of two sizes. */
    private interface Given {
        INDArray by(WideNetwork network);
    }

    private static Stream<Arguments> given() {
        return Stream.of(
                Arguments.of("output of forward", true, (Given) network -> network.forward(noise(SAMPLES, 4, 1))),
                Arguments.of("output asked for", true, (Given) WideNetwork::y),
                Arguments.of(
                        "row of an output", true, (Given) network -> network.y().getRow(SAMPLES - 1)),
                Arguments.of("prediction", true, (Given) network -> network.predict(noise(SAMPLES, 4, 1))),
                Arguments.of("gradient by an input", true, (Given) WideNetwork::dX),
                Arguments.of("gradient that backward returns", true, (Given) network -> {
                    network.forward(noise(SAMPLES, 4, 1));
                    return network.backward(noise(SAMPLES, 4, 2));
                }),
                Arguments.of(
                        "parameter", false, (Given) network -> weight(network).value()),
                Arguments.of("part of a parameter", false, (Given)
                        network -> weight(network).value().getRow(3)),
                Arguments.of(
                        "gradient", false, (Given) network -> weight(network).gradient()),
                Arguments.of("all parameters", false, (Given)
                        network -> network.parameters().values()),
                Arguments.of("reshaped parameters", false, (Given)
                        network -> network.parameters().values().reshape(2, -1).getRow(1)),
                Arguments.of("all gradients", false, (Given)
                        network -> network.parameters().gradients()),
                Arguments.of("statistic", false, (Given)
                        network -> network.statistics().get("norm.running_var")));
    }

    private static Parameter weight(Network network) {
        return network.parameters().get("layer.weight");
    }

    private static WideNetwork trained(boolean manySamples) {
        WideNetwork network = manySamples ? new WideNetwork(4, 4) : new WideNetwork(FEATURES, 4);
        int batch = manySamples ? SAMPLES : 3;
        network.forward(noise(batch, manySamples ? 4 : FEATURES, 1));
        network.loss(noise(batch, 4, 2));
        network.backward();
        return network;
    }

    private static INDArray noise(int rows, int columns, long seed) {
        float[] numbers = new float[rows * columns];
        int random = (int) seed;
        for (int i = 0; i < numbers.length; i++) {
            random = 1_664_525 * random + 1_013_904_223;
            numbers[i] = (random >> 8) * 0x1.0p-23f;
        }
        return Nd4j.create(numbers, new long[] {rows, columns}, 'c');
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("given")
    void anArrayOutlivesItsNetwork(String name, boolean manySamples, Given given) {
        WideNetwork network = trained(manySamples);
        INDArray array = given.by(network);
        INDArray copy = array.dup();

        network.close();
        reuseMemory();

        assertThat(array.equalsWithEps(copy, 0)).isTrue();
        array.assign(7);
        assertThat(array.minNumber().doubleValue()).isEqualTo(7);
    }

    /** Selects the given arrays that a network computes, rather than those that it has. */
    private static Stream<Arguments> computed() {
        return given().filter(arguments -> arguments.get()[1].equals(true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("computed")
    void anArrayKeepsItsNumbersWhenThereIsALargerBatch(String name, boolean manySamples, Given given) {
        try (WideNetwork network = trained(manySamples)) {
            INDArray array = given.by(network);
            float[] before = array.ravel().toFloatVector();

            network.forward(noise(3 * SAMPLES, 4, 3));
            network.backward(noise(3 * SAMPLES, 4, 4));
            network.y();
            network.dX();
            reuseMemory();

            assertThat(array.ravel().toFloatVector()).isEqualTo(before);
        }
    }

    /** Takes what was freed, and writes to it. */
    private static void reuseMemory() {
        for (int size : new int[] {50_000, 200_000, 400_000, 400_000, 450_000, 1_200_000, 2_200_000}) {
            try (INDArray other = Nd4j.createUninitialized(DataType.FLOAT, size)) {
                other.assign(Float.NaN);
            }
        }
    }

    private static Stream<Arguments> mischief() {
        return Stream.of(
                Arguments.of("closed", (UnaryOperator<INDArray>) array -> {
                    array.close();
                    return array;
                }),
                Arguments.of("its buffer closed", (UnaryOperator<INDArray>) array -> {
                    for (var buffer : List.of(
                            array.data(),
                            array.data().underlyingDataBuffer(),
                            array.data().originalDataBuffer())) {
                        assertThatThrownBy(buffer::close).isInstanceOf(IllegalStateException.class);
                    }
                    return array;
                }),
                Arguments.of("its buffer replaced", (UnaryOperator<INDArray>) array -> {
                    array.setData(Nd4j.createBuffer(DataType.FLOAT, array.length(), true));
                    return array;
                }),
                Arguments.of("turned over in place", (UnaryOperator<INDArray>)
                        array -> array.rank() < 2 ? array : array.transposei()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mischief")
    void whatIsDoneToAnArrayObjectDoesNotDisturbTheNetwork(String name, UnaryOperator<INDArray> mischief) {
        INDArray x = noise(5, 6, 1);
        INDArray target = noise(5, 3, 2);
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            for (int step = 0; step < 2; step++) {
                for (WideNetwork each : List.of(network, alone)) {
                    each.forward(x);
                    each.loss(target);
                    each.backward();
                }
                assertThat(network.forward(x)).isEqualTo(alone.forward(x));
                mischief.apply(network.forward(x));
                mischief.apply(network.y());
                mischief.apply(network.parameters().values());
                mischief.apply(network.parameters().gradients());
                mischief.apply(weight(network).value());
                mischief.apply(weight(network).gradient());
                network.statistics().values().forEach(mischief::apply);
                alone.forward(x);
                network.update();
                alone.update();
            }

            assertThat(network.predict(x)).isEqualTo(alone.predict(x));
            assertThat(weight(network).value()).isEqualTo(weight(alone).value());
            assertThat(network.y().shape()).containsExactly(5, 3);
        }
    }

    @Test
    void writingToParametersAndStatisticsChangesTheNetworkAndWritingToOutputsDoesNot() {
        INDArray x = noise(5, 6, 1);
        try (WideNetwork network = new WideNetwork(6, 3);
                WideNetwork alone = new WideNetwork(6, 3)) {
            network.forward(x).assign(1e6);
            alone.forward(x);
            assertThat(network.loss(noise(5, 3, 2))).isEqualTo(alone.loss(noise(5, 3, 2)));

            weight(network).value().assign(0);
            network.parameters().get("layer.bias").value().assign(2);
            assertThat(network.predict(x)).isEqualTo(Nd4j.valueArrayOf(new long[] {5, 3}, 2f, DataType.FLOAT));

            INDArray before = alone.predict(x);
            alone.statistics().get("norm.running_mean").assign(100);
            assertThat(alone.predict(x)).isNotEqualTo(before);
        }
    }

    /** Lists arrays that a network gives out and is given back: the result is that of a copy. */
    private static Stream<Arguments> ownArrays() {
        return Stream.of(
                Arguments.of("output", (Given) network -> network.forward(noise(4, 4, 1))),
                Arguments.of("output asked for", (Given) network -> {
                    network.forward(noise(4, 4, 1));
                    return network.y();
                }),
                Arguments.of("view of an output", (Given)
                        network -> network.forward(noise(4, 4, 1)).transpose()),
                Arguments.of("prediction", (Given) network -> network.predict(noise(4, 4, 1))),
                Arguments.of("gradient by an input", (Given) network -> {
                    network.forward(noise(4, 4, 1));
                    return network.backward(noise(4, 4, 2));
                }),
                Arguments.of("parameter", (Given) network -> weight(network).value()),
                Arguments.of("view of parameters", (Given) network -> network.parameters()
                        .values()
                        .get(NDArrayIndex.interval(5, 21))
                        .reshape(4, 4)),
                Arguments.of("gradient", (Given) network -> {
                    network.forward(noise(4, 4, 1));
                    network.backward(noise(4, 4, 2));
                    return weight(network).gradient();
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ownArrays")
    void aNetworksOwnArrayAsItsInputGivesWhatACopyGives(String name, Given given) {
        agree(given, (network, array) -> network.trainStep(array, noise(4, 4, 3)));
        agree(given, (network, array) -> step(network, array, noise(4, 4, 3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ownArrays")
    void aNetworksOwnArrayAsItsTargetGivesWhatACopyGives(String name, Given given) {
        agree(given, (network, array) -> network.trainStep(noise(4, 4, 3), array));
    }

    @Test
    void anOutputAsItsOwnTargetHasNoLoss() {
        try (WideNetwork network = new WideNetwork(4, 4)) {
            assertThat(network.loss(network.forward(noise(4, 4, 1)))).isZero();
            network.backward();
            assertThat(weight(network).gradient().maxNumber().doubleValue()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ownArrays")
    void aNetworksOwnArrayAsAGradientGivesWhatACopyGives(String name, Given given) {
        agree(given, (network, array) -> {
            // The same as before, which leaves an output of it as it is.
            network.forward(noise(4, 4, 1));
            network.backward(array);
            network.update();
        });
    }

    private interface Use {
        void of(WideNetwork network, INDArray array);
    }

    private static void step(WideNetwork network, INDArray x, INDArray target) {
        network.forward(x);
        network.loss(target);
        network.backward();
        network.update();
    }

    private static void agree(Given given, Use use) {
        try (WideNetwork network = new WideNetwork(4, 4);
                WideNetwork copying = new WideNetwork(4, 4)) {
            use.of(network, given.by(network));
            use.of(copying, given.by(copying).dup());

            assertThat(network.parameters().values())
                    .isEqualTo(copying.parameters().values());
            assertThat(network.statistics()).isEqualTo(copying.statistics());
        }
    }

    @Test
    void statisticsAreAnInputLikeACopyAndNoTargetOfAWholeStep() {
        Given mean = network ->
                network.statistics().get("norm.running_mean").reshape(2, 2).repeat(0, 2);
        Given view = network -> network.statistics().get("norm.running_mean").reshape(2, 2);
        agree(
                mean,
                (network, array) ->
                        network.trainStep(noise(4, 4, 3), array.reshape(4, 2).repeat(1, 2)));
        try (WideNetwork network = new WideNetwork(2, 2);
                WideNetwork narrow = new WideNetwork(4, 2)) {
            INDArray statistics = narrow.statistics().get("norm.running_var").reshape(2, 2);
            // Another network's are an array like any other.
            network.trainStep(noise(2, 2, 1), statistics);
            INDArray own = view.by(narrow);
            INDArray x = noise(2, 4, 1);
            assertThatThrownBy(() -> narrow.trainStep(x, own))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("target 'target' of WideNetwork lies in the network's own statistics, which its forward"
                            + " changes; give dup() of it");
        }
    }

    @Test
    void whatBecomesOfAnInputAfterForwardDoesNotMatter() {
        float[] expected = gradientAfter(x -> x);
        assertThat(gradientAfter(x -> x.assign(1e3))).isEqualTo(expected);
        assertThat(gradientAfter(x -> {
                    x.close();
                    return x;
                }))
                .isEqualTo(expected);
        assertThat(gradientAfter(INDArray::transposei)).isEqualTo(expected);
    }

    private static float[] gradientAfter(UnaryOperator<INDArray> change) {
        try (WideNetwork network = new WideNetwork(FEATURES, 4)) {
            INDArray x = noise(5, FEATURES, 1);
            network.forward(x);
            change.apply(x);
            reuseMemory();
            network.loss(noise(5, 4, 2));
            network.backward();
            return network.parameters().gradients().toFloatVector();
        }
    }

    @Test
    void closedArraysAreRefusedWithTheirNames() {
        try (WideNetwork network = new WideNetwork(4, 4)) {
            INDArray closed = noise(3, 4, 1);
            closed.close();
            assertThatThrownBy(() -> network.forward(closed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input 'x' of WideNetwork was closed");
            network.forward(noise(3, 4, 1));
            assertThatThrownBy(() -> network.loss(closed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("target 'target' of WideNetwork was closed");
            assertThatThrownBy(() -> network.backward(closed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gradient by 'y' of WideNetwork was closed");
            network.loss(noise(3, 4, 2));
            network.backward();
        }
    }

    @Test
    void anArrayObjectMayBeGivenOtherNumbersBetweenSteps() {
        try (WideNetwork network = new WideNetwork(FEATURES, 4)) {
            INDArray target = noise(5, 4, 2);
            INDArray x = noise(5, FEATURES, 1);
            network.trainStep(x, target);
            INDArray other = noise(5, FEATURES, 3);
            x.data().close();
            x.setData(other.data());

            assertThat(network.predict(x)).isEqualTo(network.predict(other));
        }
    }

    @Test
    void memoryThatOutlivesNetworksDoesNotGrow() {
        long most = 0;
        INDArray x = noise(SAMPLES, 4, 1);
        for (int i = 0; i < 300; i++) {
            try (WideNetwork network = new WideNetwork(4, 4)) {
                network.forward(x);
                weight(network).value();
            }
            // The first ones may come on top of what tests before this one have left.
            most = i < 120 ? 0 : Math.max(most, Outliving.bytes());
        }

        // 480 MB were given out. A collection is called for at 128 MiB, and a network or two come on top.
        assertThat(most).isPositive().isLessThan(136L << 20);
    }

    @Test
    void whatWasNotGivenOutIsFreedAtOnce() {
        long before = Outliving.bytes();
        try (WideNetwork network = new WideNetwork(4, 4)) {
            network.trainStep(noise(SAMPLES, 4, 1), noise(SAMPLES, 4, 2));
            network.predict(noise(2 * SAMPLES, 4, 1));
        }

        assertThat(Outliving.bytes()).isLessThanOrEqualTo(before);
    }

    @Test
    void nothingOfANetworkLiesInAWorkspaceThatItsCallerHasOpen() {
        INDArray x = noise(5, 6, 1);
        INDArray gaps = noise(6, 5, 1).transpose();
        INDArray target = noise(5, 3, 2);
        try (WideNetwork alone = new WideNetwork(6, 3)) {
            List<INDArray> found = new ArrayList<>();
            WideNetwork network = inWorkspace(() -> {
                WideNetwork made = new WideNetwork(6, 3);
                found.add(made.predict(x));
                found.add(made.predict(gaps));
                made.forward(gaps);
                made.loss(noise(3, 5, 2).transpose());
                found.add(made.backward(noise(3, 5, 3).transpose()));
                found.add(made.parameters().values());
                found.addAll(made.statistics().values());
                made.forward(x.dup());
                return made;
            });
            for (int times = 0; times < 2; times++) {
                inWorkspace(() -> Nd4j.ones(DataType.FLOAT, 100_000).muli(Float.NaN));
            }
            network.loss(target);
            network.backward();

            assertThat(found).noneMatch(INDArray::isAttached);
            assertThat(found.get(0)).isEqualTo(alone.predict(x));
            assertThat(found.get(1)).isEqualTo(alone.predict(gaps));
            alone.forward(gaps);
            alone.loss(noise(3, 5, 2).transpose());
            assertThat(found.get(2)).isEqualTo(alone.backward(noise(3, 5, 3).transpose()));
            alone.forward(x);
            alone.loss(target);
            alone.backward();
            assertThat(network.parameters().gradients())
                    .isEqualTo(alone.parameters().gradients());
            network.close();
        }
    }

    private static <T> T inWorkspace(Supplier<T> work) {
        MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("MemoryTest");
        try {
            return work.get();
        } finally {
            workspace.close();
        }
    }

    @Test
    void anArrayOfAWorkspaceThatWasLeftIsRefused() {
        try (WideNetwork network = new WideNetwork(6, 3)) {
            INDArray x = inWorkspace(() -> noise(5, 6, 1).dup());
            assertThatThrownBy(() -> network.predict(x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input 'x' of WideNetwork is in an ND4J workspace that was left since; give detach() of"
                            + " it");
        }
    }

    @Test
    void batchesMadeInAWorkspaceAreThereBehindIt() {
        INDArray inputs = noise(6, 4, 1);
        Batches batches = inWorkspace(() -> Batches.of(inputs.dup(), inputs.dup(), 4, 1));
        Iterator<Batch> iterator = batches.epoch(1).iterator();
        Batch first = inWorkspace(iterator::next);
        inWorkspace(() -> Nd4j.ones(DataType.FLOAT, 100_000).muli(Float.NaN));

        assertThat(first.input().isAttached()).isFalse();
        assertThat(first.input()).isEqualTo(first.target());
        assertThat(iterator.next().target().shape()).containsExactly(2, 4);
    }

    @Test
    void aBatchMayBeClosedByWhoGotIt() {
        INDArray inputs = noise(6, 4, 1);
        Iterator<Batch> iterator = Batches.of(inputs, inputs, 3, 1).epoch(1).iterator();
        iterator.next().input().close();

        Batch second = iterator.next();
        assertThat(second.input()).isEqualTo(second.target());
    }

    @Test
    void aClosedNetworkAnswersNothing() {
        WideNetwork network = new WideNetwork(4, 4);
        INDArray x = noise(3, 4, 1);
        network.forward(x);
        Parameters parameters = network.parameters();
        Parameter weight = parameters.get("layer.weight");
        network.close();
        network.close();

        Map<String, Runnable> uses = Map.of(
                "forward", () -> network.forward(x),
                "loss", () -> network.loss(x),
                "backward", network::backward,
                "update", network::update,
                "output", network::y,
                "gradient by an input", network::dX,
                "parameters", parameters::values,
                "gradients", parameters::gradients,
                "magnitudes", () -> parameters.magnitudes(0),
                "parameter", weight::value);
        uses.forEach((name, use) -> assertThatThrownBy(use::run)
                .as(name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("WideNetwork is closed"));
        assertThat(weight).hasToString("layer.weight [4, 4]");
    }
}
