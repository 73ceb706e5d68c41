package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.report.NetworkReport;
import org.junit.jupiter.api.Test;

/** The classifiers among the goldens are those of their papers. */
class ClassifiersTest {
    private static Program golden(String name) throws IOException {
        return Nets.program(Files.readString(Path.of("src/golden/net", name)));
    }

    @Test
    void resNet18HasTheParametersAndTheWorkOfTorchvisions() throws IOException {
        Program program = golden("resnet18.net");

        assertThat(program.graph().parameterCount()).isEqualTo(11_689_512);
        assertThat(Nets.shape(program.graph(), "layer4.1.relu2")).isEqualTo("[batch, 512, 7, 7]");
        assertThat(new NetworkReport(program)
                        .layers().stream().reduce((line, last) -> last).orElseThrow())
                .contains("11,689,512", "1.81 G");
    }

    @Test
    void denseNetComputesEveryFeatureWhereItsConcatenationsHaveIt() throws IOException {
        Program program = golden("densenet.net");

        assertThat(program.forward())
                .filteredOn(Concat.class::isInstance)
                .hasSize(9)
                .allSatisfy(op -> {
                    Concat concat = (Concat) op;
                    long offset = 0;
                    for (Value part : concat.parts()) {
                        MemoryPlan.Stretch whole = program.memory().stretch(concat.y());
                        MemoryPlan.Stretch stretch = program.memory().stretch(part);
                        assertThat(stretch.root()).as("where %s is", part).isEqualTo(whole.root());
                        assertThat(stretch.offset()).isEqualTo(whole.offset() + offset);
                        offset += part.shape().elements();
                    }
                });
    }
}
