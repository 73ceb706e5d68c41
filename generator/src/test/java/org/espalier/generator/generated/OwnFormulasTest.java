package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds compiled networks with layers, losses, parameters and input gradients of one's own to central differences. */
class OwnFormulasTest {
    private static final String DECLARATIONS = """
            layer Swish(beta = 1) = x -> x * sigmoid(beta * x)
            layer Gated = (x, gate) -> x * tanh(gate)
            loss Charbonnier(eps = 1e-3) = (y, t) -> sqrt((y - t) ** 2 + eps ** 2)
            loss Quantile(q = 0.7) = (y, t) -> if y < t then q * (t - y) else (1 - q) * (y - t)

            block Rms(size: int, eps: float = 1e-6) {
                parameter weight: float[size] = normal(1, 0.2)
                input x
                output y = x / sqrt(mean(x * x, dim=-1, keepdim=true) + eps) * weight
            }

            """;

    @ParameterizedTest
    @ValueSource(strings = {"""
                input x: float[batch, 4]
                output y = Linear(6, 2)(Gated()(sequential(Linear(4, 6), Swish(beta=1.5))(x), Linear(4, 6)(x)))
                loss 2 * Charbonnier(eps=0.1)
                optimizer SGD(lr=0.1)
                """, """
                input x: float[batch, 3, 4] with gradient
                input other: float[batch, 1, 4]
                parameter positions: float[3, 4] = normal(0, 0.5)
                norm = Rms(4)
                output y = Linear(4, 2)(norm(norm(x + positions) * other))
                loss Quantile(q=0.8, reduction='sum')
                optimizer SGD(lr=0.1)
                """, """
                input picture: float[batch, 6] with gradient
                output score = sum(picture * exp(-square(picture)), dim=1, keepdim=true)
                loss MSELoss()
                """, """
                input picture: float[batch, 6] with gradient
                critic = [Linear(6, 4), Tanh(), Linear(4, 1)]
                output score = sequential(critic)(picture)
                freeze critic*
                loss BCEWithLogitsLoss()
                """})
    void gradientsAgreeWithCentralDifferences(String statements) {
        String text = DECLARATIONS + "network Own {\n" + statements + "precision float64\n}\n";
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("own.net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        Program program = compilation.programs().get(0);
        GeneratedCode code = GeneratedCode.compile(List.of(compilation.sources().get(0)));

        try (CompiledNetwork network =
                new CompiledNetwork(program, code.load(compilation.sources().get(0)), 3, 42)) {
            assertThat(program.inputGradients()).hasSize(statements.contains("with gradient") ? 1 : 0);
            CompiledGradients.check(program, network);
        }
    }
}
