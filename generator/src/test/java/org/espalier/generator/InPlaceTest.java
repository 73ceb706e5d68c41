package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.generator.Nets.network;
import static org.espalier.generator.Nets.reads;

import org.espalier.generator.ir.Graph;
import org.junit.jupiter.api.Test;

/** PyTorch's alias trap: {@code inplace=True} changes what later readers of the same tensor read. */
class InPlaceTest {
    @Test
    void aSkipAroundAnInPlaceActivationCarriesTheActivatedTensor() {
        Graph net = network(
                "[batch, 3, 4, 4]",
                "conv = Conv2d(3, 3, 1)",
                "output y = skip([LeakyReLU(0.2, inplace=true), Conv2d(3, 3, 1)])(conv(x))");

        assertThat(reads(net, "y")).containsExactly("y.leakyrelu1", "y.conv1");
    }

    @Test
    void aSkipAroundAnotherActivationCarriesTheTensorItself() {
        Graph net = network(
                "[batch, 3, 4, 4]",
                "conv = Conv2d(3, 3, 1)",
                "output y = skip([LeakyReLU(0.2), Conv2d(3, 3, 1)])(conv(x))");

        assertThat(reads(net, "y")).containsExactly("conv", "y.conv1");
    }

    @Test
    void aResidualReadsItsInputAfterTheModelHasRun() {
        Graph net = network(
                "[batch, 4]", "conv = Linear(4, 4)", "output y = residual([ReLU(True), Linear(4, 4)])(conv(x))");

        assertThat(reads(net, "y")).containsExactly("y.relu1", "y.linear1");
    }

    @Test
    void aLaterBranchReadsWhatAnEarlierOneHasOverwritten() {
        Graph net = network(
                "[batch, 4]",
                "conv = Linear(4, 4)",
                "output y = branches([ReLU(inplace=true), Linear(4, 4)], Tanh(), merge=add)(conv(x))");

        assertThat(reads(net, "y.tanh1")).containsExactly("y.relu1");
    }

    @Test
    void overwritingTwiceLeavesTheLastVersion() {
        Graph net = network(
                "[batch, 4]",
                "y = Linear(4, 4)(x)",
                "once = ReLU(inplace=true)(y)",
                "twice = Dropout(0.5, inplace=true)(once)",
                "output all = y + once + twice");

        assertThat(reads(net, "all")).containsExactly("add", "twice");
        assertThat(reads(net, "add")).containsExactly("twice", "twice");
    }

    @Test
    void whatWasReadBeforeKeepsItsValue() {
        Graph net = network(
                "[batch, 4]",
                "y = Linear(4, 4)(x)",
                "before = Tanh()(y)",
                "after = ReLU(inplace=true)(y)",
                "output all = before + after");

        assertThat(reads(net, "before")).containsExactly("y");
        assertThat(reads(net, "all")).containsExactly("before", "after");
    }

    @Test
    void aFlattenedTensorIsTheSameMemory() {
        Graph net = network(
                "[batch, 4]",
                "y = Linear(4, 4)(x)",
                "flat = ReLU(inplace=true)(Flatten()(y))",
                "output all = y + flat");

        assertThat(reads(net, "all")).containsExactly("flat", "flat");
    }
}
