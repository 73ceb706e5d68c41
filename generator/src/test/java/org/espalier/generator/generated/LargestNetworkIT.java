package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Test;

/** As many layers as a file may have, from the specification on; in {@code mvn verify} only. */
class LargestNetworkIT {
    private static final String TEXT = """
            block Step() {
                return residual([Conv2d(2, 2, 3, padding=1, bias=false), BatchNorm2d(2), Tanh()])
            }

            network Deep {
                input image: float[batch, 2, 4, 4]
                steps = repeat(749, Step())
                output logits = sequential(steps + [Flatten(), Linear(32, 3)])(image)
                regularize weights by l1(1e-6)
                loss CrossEntropyLoss()
                optimizer Adam(lr=1e-3)
            }
            """;

    @Test
    void asManyLayersAsThereMayBeKeepWithinTheLimitsOfTheMachineAndRun() {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("deep.net", TEXT)));
        assertThat(compilation.diagnostics()).isEmpty();
        assertThat(compilation.programs().get(0).graph().operations()).hasSize(2_998);
        GeneratedSource source = compilation.sources().get(0);

        GeneratedCode code = GeneratedCode.compile(source);

        ThousandLayersIT.assertThatClassFilesAreWithinLimits(code);
        try (CompiledNetwork network =
                new CompiledNetwork(compilation.programs().get(0), code.load(source), 2, 1)) {
            double before = network.forward();
            network.backward();
            network.network().update();

            assertThat(network.forward()).isFinite().isNotEqualTo(before);
        }
    }
}
