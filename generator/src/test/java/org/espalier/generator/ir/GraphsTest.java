package org.espalier.generator.ir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GraphsTest {
    @Test
    void aUnetOfEightLevelsHasThePublishedNumberOfParameters() {
        Graph graph = Graphs.unet(8, 64, 256, Graphs.Skip.OF_THE_INPUT);

        assertThat(graph.parameterCount()).isEqualTo(54_413_955);
    }

    @Test
    void everyStatementIsQuotedByItsSpan() {
        Graph graph = Graphs.tinyClassifier();

        assertThat(graph.operations().get(0).origin().span().text())
                .isEqualTo("conv = Conv2d(1, 4, 3, stride=1, padding=1)");
        assertThat(graph.operations().get(0).origin().span().citation()).isEqualTo("tiny.net:5");
    }
}
