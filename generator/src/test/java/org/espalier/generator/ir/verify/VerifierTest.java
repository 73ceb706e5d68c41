package org.espalier.generator.ir.verify;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Within;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.convolution.Convolution;
import org.espalier.generator.layer.convolution.ConvolutionBackward;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.regularizer.ActivityPenaltyBackward;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag(Rounds.TAG)
class VerifierTest {
    private static void assertInvalid(ThrowingCallable verification, String message) {
        assertThatThrownBy(verification)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("bug in the compiler")
                .hasMessageContaining(message);
    }

    private static Graph withOperations(Graph graph, UnaryOperator<List<ForwardOp>> change) {
        return graph.withOperations(change.apply(new ArrayList<>(graph.operations())));
    }

    private static Value value(Graph graph, String name) {
        return graph.operations().stream()
                .flatMap(op -> op.outputs().stream())
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyStageOfValidNetworksIsValid() {
        for (Graph graph : Graphs.all().values()) {
            ProgramVerifier.verify(Autodiff.differentiate(graph));
            ProgramVerifier.verify(MemoryPlanner.plan(Autodiff.differentiate(graph, graph.inputs())));
        }
    }

    @Test
    void everyStageOfRandomNetworksIsValid() {
        for (int seed = 0; seed < Rounds.of(40, 200); seed++) {
            Graph graph = RandomGraphs.graph(seed, 4 + seed % 40);
            assertThatCode(() -> ProgramVerifier.verify(MemoryPlanner.plan(Autodiff.differentiate(graph))))
                    .as("seed %d:%n%s", seed, graph.span().file().text())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aValueMustBeWrittenBeforeItIsRead() {
        Graph graph = withOperations(Graphs.tinyClassifier(), operations -> {
            operations.add(0, operations.remove(1));
            return operations;
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "%conv is not written before it is read");
    }

    @Test
    void aValueMustBeWrittenOnce() {
        Graph graph = withOperations(Graphs.tinyClassifier(), operations -> {
            operations.add(operations.get(2));
            return operations;
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "%relu is written twice");
    }

    @Test
    void aNormalizationIsNoStepOfWhatComesBeforeIt() {
        Program program = Autodiff.differentiate(NetBuilder.network(
                "Net", net -> net.output(net.batchNorm2d("norm", net.relu("relu", net.input("x", 2, 4, 4))))));
        List<Op> forward = List.of(Fused.of(program.forward(), Set.of()));

        assertInvalid(
                () -> ProgramVerifier.verify(program.withOperations(forward, program.backward())),
                "batch_norm cannot be fused there");
    }

    @Test
    void gradientsOfTwoNormalizationsTakeTwoPasses() {
        Program program = Autodiff.differentiate(NetBuilder.network("Net", net -> {
            Value first = net.batchNorm2d("first", net.input("x", 2, 4, 4));
            net.output(net.batchNorm2d("second", first));
        }));
        List<Op> norms = program.backward().stream()
                .filter(op -> op.epilogues() == Epilogues.AROUND)
                .toList();
        Op together = Fused.of(norms, new HashSet<>(norms.get(0).outputs()));

        assertInvalid(
                () -> ProgramVerifier.verify(program.withOperations(program.forward(), List.of(together))),
                "cannot be fused there");
    }

    @Test
    void activitiesArePenalizedByTermsOfSingleElements() {
        Graph graph = NetBuilder.network("Net", net -> {
            Value y = net.linear("y", net.input("x", 2), 2);
            net.output(y);
            net.penalize(
                    "zeros",
                    List.of(new RegularizerTerm.L1(1, RegularizerTerm.Mode.PROX)),
                    y,
                    UpdateGroup.Reduction.MEAN);
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "zeros penalizes activities by l1(1, mode=prox)");
    }

    @Test
    void whatIsPenalizedMustBeAnActivation() {
        Graph graph = NetBuilder.network("Net", net -> {
            Value x = net.input("x", 2);
            net.output(net.linear("y", x, 2));
            net.penalize("sparse", List.of(new RegularizerTerm.L1(1)), x, UpdateGroup.Reduction.MEAN);
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "sparse penalizes %x, which is no activation");
    }

    @Test
    void backwardHasNoPenaltyThatIsNotDeclared() {
        Program program = Autodiff.differentiate(Graphs.sparse());
        List<Op> backward = new ArrayList<>(program.backward());
        backward.replaceAll(op -> op instanceof ActivityPenaltyBackward penalty
                ? new ActivityPenaltyBackward(
                        penalty.origin(), penalty.y(), penalty.dY(), penalty.dX(), "none", penalty.reduction())
                : op);
        Program wrong = new Program(
                program.graph(),
                program.forward(),
                backward,
                program.seeds(),
                program.inputGradients(),
                program.memory());

        assertInvalid(() -> ProgramVerifier.verify(wrong), "no such penalty on %conv is declared");
    }

    @Test
    void shapesMustAgree() {
        Graph graph = withOperations(Graphs.tinyClassifier(), operations -> {
            Convolution conv = (Convolution) operations.get(0);
            WindowGeometry window = new WindowGeometry(
                    WindowGeometry.Sizes.of(3, 3),
                    WindowGeometry.Sizes.of(2, 2),
                    WindowGeometry.Sizes.of(1, 1),
                    WindowGeometry.Sizes.of(1, 1),
                    WindowGeometry.Sizes.of(0, 0));
            operations.set(
                    0, new Convolution(conv.origin(), conv.x(), conv.weight(), Optional.empty(), conv.y(), window));
            return operations;
        });

        assertInvalid(
                () -> GraphVerifier.verify(graph),
                "a window of kernel 3, stride 2, padding 1, dilation 1, output padding 0 does not join "
                        + "[batch, 1, 8, 8] and [batch, 4, 8, 8]");
    }

    @Test
    void messagesShowTheOperationAndItsLine() {
        Graph graph = withOperations(Graphs.tinyClassifier(), operations -> {
            Activation relu = (Activation) operations.get(2);
            operations.set(
                    2,
                    new Activation(relu.origin(), relu.x(), value(Graphs.tinyClassifier(), "flat"), relu.function()));
            return operations;
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "%flat [batch, 64] = relu(%norm) # ReLU relu tiny.net:7");
    }

    @Test
    void namesMustBeUnique() {
        Graph graph = withOperations(Graphs.tinyClassifier(), operations -> {
            Activation relu = (Activation) operations.get(2);
            Value same = new Value(
                    "norm",
                    Shape.batch(4, 8, 8),
                    Value.Kind.ACTIVATION,
                    relu.origin().span());
            operations.add(3, new Activation(relu.origin(), relu.y(), same, relu.function()));
            return operations;
        });

        assertInvalid(() -> GraphVerifier.verify(graph), "%norm");
    }

    private static Program planned(Graph graph) {
        return MemoryPlanner.plan(Autodiff.differentiate(graph));
    }

    private static Program replaced(Program program, String name, Placement placement) {
        Map<Value, Placement> placements = new LinkedHashMap<>(program.memory().placements());
        placements.replaceAll((value, old) -> value.name().equals(name) ? placement : old);
        return program.withMemory(new MemoryPlan(
                placements, program.memory().size(), program.memory().forwardSize()));
    }

    @Test
    void everyValueMustHaveAPlace() {
        Program program = planned(Graphs.tinyClassifier());
        Map<Value, Placement> placements = new LinkedHashMap<>(program.memory().placements());
        placements.remove(value(program.graph(), "conv"));

        assertInvalid(
                () -> ProgramVerifier.verify(program.withMemory(new MemoryPlan(
                        placements, program.memory().size(), program.memory().forwardSize()))),
                "%conv has no place");
    }

    @Test
    void aPlaceMustLieWithinTheArena() {
        Program program = planned(Graphs.tinyClassifier());
        long end = program.memory().perSample();

        assertInvalid(
                () -> ProgramVerifier.verify(replaced(program, "conv", new PerSample(end))),
                "%conv [batch, 4, 8, 8] at " + end + " reaches beyond " + end);
    }

    @Test
    void aValueWithABatchAxisMustNotLieInTheFixedPart() {
        assertInvalid(
                () -> ProgramVerifier.verify(replaced(planned(Graphs.tinyClassifier()), "conv", new Fixed(0))),
                "%conv [batch, 4, 8, 8] has a batch axis");
    }

    @Test
    void valuesThatMatterAtTheSameTimeMustNotOverlap() {
        Program program = planned(Graphs.tinyClassifier());
        Value conv = value(program.graph(), "conv");

        assertInvalid(
                () -> ProgramVerifier.verify(
                        replaced(program, "norm", program.memory().of(conv))),
                "writes %norm where [%conv] still lie");
    }

    @Test
    void anOperationMustNotOverwriteWhatIsReadLater() {
        Program program = planned(Graphs.tinyClassifier());
        Value conv = value(program.graph(), "conv");

        assertInvalid(
                () -> ProgramVerifier.verify(replaced(program, "norm", new Within(new View.Same(conv)))),
                "overwrites %conv, which is still to be read");
    }

    @Test
    void aSliceMustNotBeReshaped() {
        Program program = planned(NetBuilder.network("Gaps", net -> {
            Value y = net.conv2d("y", net.input("x", 2, 2, 2), 2, 1, 1, 0);
            net.output(net.conv2d("image", net.concat("both", y, net.tanh("tanh", y)), 1, 1, 1, 0));
            net.output(net.linear("vector", net.flatten("flat", y), 1));
        }));
        Value y = value(program.graph(), "y");

        assertInvalid(
                () -> ProgramVerifier.verify(replaced(program, "flat", new Within(new View.Same(y)))),
                "%flat [batch, 8] lies as %y, which is a part of another value");
    }

    @Test
    void aSliceMustFit() {
        Program program = planned(Graphs.dense());
        Value all = value(program.graph(), "all3");

        assertInvalid(
                () -> ProgramVerifier.verify(replaced(program, "conv3", new Within(new View.Part(all, 1, 9)))),
                "%conv3 [batch, 2, 6, 6] cannot lie in %all3 from 9, which is [batch, 10, 6, 6]");
    }

    @Test
    void aGradientMustBeWanted() {
        Program program = Autodiff.differentiate(Graphs.tinyClassifier());
        List<Op> backward = new ArrayList<>(program.backward());
        Value image = program.graph().inputs().get(0);
        Convolution conv = (Convolution) program.forward().get(0);
        backward.add(new ConvolutionBackward.Input(
                conv.origin(), conv.y().gradient(), conv.weight(), image.gradient(), conv.window(), false));
        Program wasteful =
                new Program(program.graph(), program.forward(), backward, program.seeds(), List.of(), MemoryPlan.NONE);

        assertInvalid(() -> ProgramVerifier.verify(wasteful), "nobody wants this");
    }

    @Test
    void thousandsOfLayersAreVerifiedInSeconds() {
        Program program = planned(Graphs.longResidual(Rounds.of(500, 2_500)));

        // Two seconds for ten thousand on a quiet machine; quadratic time would be minutes.
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> ProgramVerifier.verify(program));
    }
}
