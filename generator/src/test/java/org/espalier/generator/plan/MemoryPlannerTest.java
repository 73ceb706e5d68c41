package org.espalier.generator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.interpreter.ClobberCheck;
import org.espalier.generator.interpreter.InterpretedGradients;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Graphs.Skip;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag(Rounds.TAG)
class MemoryPlannerTest {
    private static Program planned(Graph graph) {
        return MemoryPlanner.plan(Autodiff.differentiate(graph));
    }

    @Test
    void noValueIsOverwrittenBeforeItsLastReading() {
        Graphs.all().values().forEach(graph -> ClobberCheck.check(planned(graph)));
    }

    @ParameterizedTest
    @EnumSource(Skip.class)
    void bothReadingsOfTheSkipOfPix2pixAreRight(Skip skip) {
        ClobberCheck.check(planned(Graphs.unet(4, 2, 32, skip)));
    }

    @Test
    void noValueOfARandomNetworkIsOverwrittenBeforeItsLastReading() {
        for (int seed = 0; seed < Rounds.of(15, 200); seed++) {
            Graph graph = RandomGraphs.graph(seed, 4 + seed % 30);
            try {
                ClobberCheck.check(planned(graph));
                ClobberCheck.check(MemoryPlanner.plan(Autodiff.differentiate(graph, graph.inputs())));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ":\n" + graph.span().file().text(), e);
            }
        }
    }

    @Test
    void gradientsOfRandomNetworksAgreeWithDifferencesInPlannedMemory() {
        for (int seed = 0; seed < Rounds.of(3, 50); seed++) {
            Graph graph = RandomGraphs.graph(seed, 4 + seed % 10);
            try {
                InterpretedGradients.check(MemoryPlanner.plan(Autodiff.differentiate(graph, graph.inputs())), seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ":\n" + graph.span().file().text(), e);
            }
        }
    }

    @Test
    void theArenaOfAUnetIsAsSmallAsWhatIsAliveAtOnce() {
        Program program = planned(Graphs.unet(8, 64, 256, Skip.OF_THE_INPUT));

        assertThat(program.memory().perSample())
                .isEqualTo(largestLiveSize(program))
                .isEqualTo(11_659_776);
        assertThat(ClobberCheck.perSampleUnshared(program)).isEqualTo(39_389_184);
    }

    private static long largestLiveSize(Program program) {
        Aliasing aliasing = Aliasing.of(program, Liveness.of(program));
        long largest = 0;
        for (int i = 0; i < program.operations().size() + 2; i++) {
            Lifetime now = new Lifetime(i, i);
            largest = Math.max(
                    largest,
                    aliasing.storages().stream()
                            .filter(storage -> storage.lifetime().meets(now))
                            .map(storage -> storage.root().value().shape())
                            .filter(Shape::batched)
                            .mapToLong(Shape::elements)
                            .sum());
        }
        return largest;
    }

    @Test
    void offsetsAreMultiplesOfACacheLine() {
        MemoryPlan memory = planned(Graphs.unet(3, 2, 16, Skip.OF_THE_INPUT)).memory();

        assertThat(memory.placements().values()).allSatisfy(placement -> {
            if (placement instanceof PerSample at) {
                assertThat(at.offset() % 16).isZero();
            } else if (placement instanceof Fixed at) {
                assertThat(at.offset() % 16).isZero();
            }
        });
    }

    @Test
    void whatAValueIsSeenInIsPlacedBeforeIt() {
        MemoryPlan memory = planned(Graphs.dense()).memory();

        List<Value> order = List.copyOf(memory.placements().keySet());
        memory.placements().forEach((value, placement) -> {
            if (placement instanceof Within within) {
                assertThat(order.indexOf(within.view().of())).isLessThan(order.indexOf(value));
            }
        });
    }

    private static Value value(Program program, String name) {
        return program.memory().placements().keySet().stream()
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stretch stretch(Program program, String name) {
        return program.memory().stretch(value(program, name));
    }

    @Test
    void partsOfASkipAreComputedWithinTheConcatenation() {
        Program program = planned(Graphs.unet(3, 2, 16, Skip.OF_THE_INPUT));

        Value skip = value(program, "unet.submodule.skip");
        assertThat(stretch(program, "unet.downconv")).isEqualTo(new Stretch(skip, 0, 128));
        assertThat(stretch(program, "unet.submodule.upnorm")).isEqualTo(new Stretch(skip, 128, 128));
        assertThat(stretch(program, "unet.submodule.dropout")).isEqualTo(new Stretch(skip, 128, 128));
    }

    @Test
    void aSkipOfTheInputMayBeRectifiedInPlaceSinceNobodyReadsItAgain() {
        Program program = planned(Graphs.unet(3, 2, 16, Skip.OF_THE_INPUT));

        assertThat(stretch(program, "unet.uprelu")).isEqualTo(stretch(program, "unet.submodule.skip"));
        assertThat(stretch(program, "unet.submodule.downrelu").overlaps(stretch(program, "unet.downconv")))
                .as("the skip still needs what the rectifier reads")
                .isFalse();
    }

    @Test
    void aSkipOfTheRectifiedInputIsReadByBackwardAndNotOverwritten() {
        Program program = planned(Graphs.unet(3, 2, 16, Skip.OF_THE_RECTIFIED_INPUT));

        assertThat(stretch(program, "unet.submodule.downrelu")).isEqualTo(stretch(program, "unet.downconv"));
        assertThat(stretch(program, "unet.uprelu").overlaps(stretch(program, "unet.submodule.skip")))
                .isFalse();
    }

    @Test
    void concatenationsWithinConcatenationsAreSlicesOfSlices() {
        Program program = planned(Graphs.dense());

        Value all = value(program, "all3");
        assertThat(stretch(program, "all1")).isEqualTo(new Stretch(all, 0, 6 * 36));
        assertThat(stretch(program, "stem")).isEqualTo(new Stretch(all, 0, 4 * 36));
        assertThat(stretch(program, "conv1")).isEqualTo(new Stretch(all, 4 * 36, 2 * 36));
        assertThat(stretch(program, "conv3")).isEqualTo(new Stretch(all, 8 * 36, 2 * 36));
    }

    @Test
    void aPartThatIsGivenOrNeededInTwoPlacesIsCopied() {
        Program program = planned(NetBuilder.network("Copied", net -> {
            Value x = net.input("x", 2, 2, 2);
            Value y = net.conv2d("y", x, 2, 1, 1, 0);
            Value left = net.concat("left", y, x);
            Value right = net.concat("right", y, y);
            net.output(net.add("sum", left, right));
        }));

        assertThat(stretch(program, "y")).isEqualTo(stretch(program, "left", 0, 8));
        assertThat(stretch(program, "y").overlaps(stretch(program, "right"))).isFalse();
        assertThat(program.memory().placements())
                .doesNotContainKey(program.graph().inputs().get(0));
    }

    private static Stretch stretch(Program program, String name, long from, long elements) {
        Stretch whole = stretch(program, name);
        return new Stretch(whole.root(), whole.offset() + from, elements);
    }

    @Test
    void aSliceWithGapsBetweenItsSamplesIsNotFlattenedInPlace() {
        Program program = planned(NetBuilder.network("Gaps", net -> {
            Value y = net.conv2d("y", net.input("x", 2, 2, 2), 2, 1, 1, 0);
            net.output(net.conv2d("image", net.concat("both", y, net.tanh("tanh", y)), 1, 1, 1, 0));
            net.output(net.linear("vector", net.flatten("flat", y), 1));
        }));

        assertThat(stretch(program, "y")).isEqualTo(stretch(program, "both", 0, 8));
        assertThat(stretch(program, "flat").overlaps(stretch(program, "y"))).isFalse();
    }

    @Test
    void gradientsOfPartsAreChannelsOfTheGradientOfTheWhole() {
        Program program = planned(Graphs.dense());

        assertThat(stretch(program, "d conv3")).isEqualTo(stretch(program, "d all3", 8 * 36, 2 * 36));
    }

    @Test
    void gradientsAreSummedInPlace() {
        Program program = planned(Graphs.dense());

        assertThat(stretch(program, "d all2")).isEqualTo(stretch(program, "d all2 (from all3)"));
    }

    @Test
    void outputsAreNotOverwritten() {
        Program program = planned(NetBuilder.network("Kept", net -> {
            Value x = net.linear("x", net.input("in", 3), 3);
            net.output(x);
            net.output(net.tanh("y", x));
        }));

        assertThat(stretch(program, "x").overlaps(stretch(program, "y"))).isFalse();
    }

    @Test
    void theClobberCheckNoticesAValueOverwrittenTooEarly() {
        Program program = planned(Graphs.unet(3, 2, 16, Skip.OF_THE_RECTIFIED_INPUT));
        Map<Value, Placement> wrong = new LinkedHashMap<>(program.memory().placements());
        wrong.put(value(program, "unet.uprelu"), new Within(new View.Same(value(program, "unet.submodule.skip"))));
        Program clobbering = program.withMemory(
                new MemoryPlan(wrong, program.memory().size(), program.memory().forwardSize()));

        assertThatThrownBy(() -> ClobberCheck.check(clobbering))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("%unet.submodule.downrelu as read by");
        assertThatThrownBy(() -> InterpretedGradients.check(clobbering, 42)).isInstanceOf(AssertionError.class);
    }

    @Test
    void thousandsOfLayersArePlannedInSeconds() {
        Program program = Autodiff.differentiate(Graphs.longResidual(Rounds.of(500, 2_500)));

        // Two seconds for ten thousand on a quiet machine; quadratic time would be minutes.
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> MemoryPlanner.plan(program));
    }
}
