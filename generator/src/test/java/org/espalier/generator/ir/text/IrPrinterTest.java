package org.espalier.generator.ir.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.espalier.generator.Goldens;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RandomGraphs;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.MemoryPlanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag(Rounds.TAG)
class IrPrinterTest {
    private static Stream<Graph> graphs() {
        return Stream.concat(Graphs.all().values().stream(), Stream.of(NetBuilder.network("Rectified", net -> {
            Value x = net.conv2d("x", net.input("image", 1, 4, 4), 2, 3, 1, 1);
            Value rectified = net.leakyRelu("rectified", x, 0.2);
            Value up = net.relu("up", net.concat("skip", rectified, net.tanh("tanh", rectified)));
            net.output(net.convTranspose2d("y", up, 1, 4, 2, 1, true));
            net.mseLoss(1);
        })));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void plannedProgramsPrintAsTheirGoldensSay(Graph graph) {
        Program program = MemoryPlanner.plan(Autodiff.differentiate(graph));

        Goldens.check("ir/by-hand/" + graph.name().toLowerCase(Locale.ROOT) + ".ir", IrPrinter.print(program));
    }

    @Test
    void theSameNetworkPrintsTheSameTwice() {
        for (int seed = 0; seed < Rounds.of(10, 50); seed++) {
            String once = planned(seed);

            assertThat(planned(seed)).isEqualTo(once);
        }
    }

    private static String planned(int seed) {
        return IrPrinter.print(MemoryPlanner.plan(Autodiff.differentiate(RandomGraphs.graph(seed, 20))));
    }

    @Test
    void aGraphPrintsItsOperationsInOneList() {
        String printed = IrPrinter.print(Graphs.withoutLoss());

        assertThat(List.of(printed.split("\n")))
                .contains(
                        "network com.example.Open float32 # open.net:3",
                        "  input %image [batch, 1, 4, 4] # open.net:4",
                        "operations",
                        "  %conv [batch, 2, 4, 4] = conv2d(%image, %conv.weight, %conv.bias; "
                                + "kernel=3, stride=1, padding=1) # Conv2d open.net:5");
    }

    @Test
    void whatHappensToASharedParametersGradientAgainIsMarked() {
        String printed = IrPrinter.print(Autodiff.differentiate(Graphs.sharedWeights()));

        assertThat(printed)
                .contains("  %d wide.weight [6, 6] = linear_backward_weight(%tanh_2, %d wide_2)")
                .contains("  %d wide.weight [6, 6] += linear_backward_weight(%hidden, %d wide)");
    }
}
