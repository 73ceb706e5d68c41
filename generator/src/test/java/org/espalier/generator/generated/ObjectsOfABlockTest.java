package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Objects of one class that differ in what is fused into them: what one is given is not what another has as a field.
 */
class ObjectsOfABlockTest {
    private static final String PROJECTIONS = """
            block Projection(inputs: int, outputs: int) {
                conv = Conv2d(inputs, outputs, kernel_size=1)
                bn   = BatchNorm2d(outputs)
                return [conv, bn]
            }

            network Gate {
                input x: float[batch, 3, 2, 2]
                input z: float[batch, 3, 2, 2]
                left  = Projection(3, 3)
                right = Projection(3, 3)
                psi   = Projection(3, 1)
                output y = x * sigmoid(psi(relu(left(z) + right(x))))
                precision float64
            }
            """;

    private static final String LAYERS = """
            block Layers(count: int) {
                input x
                skip = Conv1d(4, 3, 1)
                pass = Conv1d(4, 4, 1)
                next = if count == 1 then Identity() else Layers(count - 1)
                output sum = if count == 1 then skip(x) else skip(x) + next(x + pass(x))
            }

            network Sums {
                input x: float[batch, 4, 5]
                layers = Layers(5)
                output y = layers(x)
                precision float64
            }
            """;

    /** One normalization is an object, the other has no statistics to keep: kernels of one name, of two classes. */
    private static final String NORMALISATIONS = """
            network Normalizations {
                input x: float[batch, 4]
                kept   = BatchNorm1d(4)
                linear = Linear(4, 4)
                free   = BatchNorm1d(4, track_running_stats=false)
                output y = free(linear(kept(x)))
                precision float64
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {PROJECTIONS, LAYERS, NORMALISATIONS})
    void haveTheGradientsOfTheirNetwork(String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("objects.net", text)));
        assertThat(compilation.diagnostics()).isEmpty();
        Program program = compilation.programs().get(0);
        Class<?> type = GeneratedCode.compile(compilation.sources())
                .load(compilation.sources().get(0));

        try (CompiledNetwork network = new CompiledNetwork(program, type, 3, 1)) {
            CompiledGradients.check(program, network);
        }
    }
}
