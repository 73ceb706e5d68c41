package org.espalier.generator.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkReportTest {
    private static final NetworkReport TINY = report(Graphs.tinyClassifier());

    @Test
    void summarizes() {
        assertThat(TINY.summary())
                .isEqualTo("Tiny (tiny.net:3): 243 parameters, 2.50 k multiply-adds forward for each sample");
    }

    @Test
    void listsLayersWithTheirWork() {
        assertThat(TINY.layers())
                .containsExactly(
                        "layer   kind         output            parameters  multiply-adds  written at",
                        "image   input        [batch, 1, 8, 8]                             tiny.net:4",
                        "conv    Conv2d       [batch, 4, 8, 8]          40         2.30 k  tiny.net:5",
                        "norm    BatchNorm2d  [batch, 4, 8, 8]           8                 tiny.net:6",
                        "relu    ReLU         [batch, 4, 8, 8]                             tiny.net:7",
                        "pool    MaxPool2d    [batch, 4, 4, 4]                             tiny.net:8",
                        "flat    Flatten      [batch, 64]                                  tiny.net:9",
                        "logits  Linear       [batch, 3]               195            192  tiny.net:10",
                        "                                              243         2.50 k");
    }

    @Test
    void listsRegularizedParametersAndCountsTheOthers() {
        assertThat(TINY.regularizers())
                .containsExactly(
                        "parameter    shape         elements  regularizer  terms",
                        "conv.weight  [4, 1, 3, 3]        36  elastic      l1(1e-6) + l2(1e-5)",
                        "without a regularizer: 5 parameter tensors");
        assertThat(report(Graphs.withoutLoss()).regularizers()).containsExactly("no parameter has a regularizer");
    }

    @Test
    void saysWhereTheBytesAre() {
        assertThat(TINY.memory())
                .containsExactly(
                        "parameters                   972  bytes",
                        "statistics                    32  bytes",
                        "gradients of parameters      972  bytes in training",
                        "optimizer state            1,944  bytes in training",
                        "activations and gradients  3,392  bytes for each sample",
                        "  besides                    128  bytes",
                        "not counted: the kernels' workspace, which depends on the machine (peakBytes() includes it)");
    }

    @Test
    void placesEveryValueOfEveryNetwork() {
        for (Graph graph : Graphs.all().values()) {
            List<String> lines = report(graph).placements();
            assertThat(lines).hasSizeGreaterThan(graph.operations().size());
        }
    }

    @Test
    void countsTheWorkOfAUnet() {
        // pix2pix's generator for 256 x 256 pixels: Isola et al., arXiv:1611.07004.
        assertThat(report(Graphs.unet(8, 64, 256, Graphs.Skip.OF_THE_INPUT)).forwardMultiplyAdds())
                .isBetween(6_045_000_000L, 6_055_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999, 999",
        "1000, 1.00 k",
        "9994, 9.99 k",
        "9996, 10.0 k",
        "99960, 100 k",
        "999499, 999 k",
        "999500, 1.00 M",
        "6050000000, 6.05 G"
    })
    void roundsLargeNumbersToThreeDigits(long number, String text) {
        assertThat(Amount.of(number)).isEqualTo(text);
    }

    @Test
    void listsActivitiesBesideParameters() {
        assertThat(report(Graphs.sparse()).regularizers())
                .anySatisfy(line -> assertThat(line).contains("conv, activity", "l1(0.2), mean over the batch"))
                .anySatisfy(line -> assertThat(line).contains("code, activity", "l2(0.3), sum over the batch"));
    }

    private static NetworkReport report(Graph graph) {
        return new NetworkReport(MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph))));
    }
}
