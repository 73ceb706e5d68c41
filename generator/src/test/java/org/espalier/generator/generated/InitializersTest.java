package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Initializers: they have the bounds and deviations that {@code torch.nn.init} computes, and networks start so. */
class InitializersTest {
    private static Compilation compile(String text) {
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text)));
    }

    private static Graph graph(String text) {
        Compilation compilation = compile(text);
        assertThat(compilation.diagnostics()).isEmpty();
        return compilation.programs().get(0).graph();
    }

    private static InitializerDecl start(String initializer, String sizes) {
        Graph graph = graph("network N { input x: float[batch, 3]\nparameter w: float[" + sizes + "] = " + initializer
                + "\noutput y = x * w.mean() }");
        return graph.parameters().get(0).initializer();
    }

    /** Computed by {@code torch.nn.init} of PyTorch 2.13. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kaiming_uniform()                                | 8, 3, 3, 3 | 0.4714045207910317
            kaiming_uniform(0.2, 'fan_out')                  | 8, 3, 3, 3 | 0.28306925853614895
            kaiming_uniform(nonlinearity='selu')             | 4, 2, 5    | 0.41079191812887456
            xavier_uniform()                                 | 6, 10      | 0.6123724356957946
            xavier_uniform(gain=calculate_gain('relu'))      | 8, 3, 3, 3 | 0.3481553119113957
            """)
    void uniformBoundsArePytorchs(String initializer, String sizes, double bound) {
        InitializerDecl.Uniform uniform = (InitializerDecl.Uniform) start(initializer, sizes);

        assertThat(uniform.high()).isCloseTo(bound, within(1e-15));
        assertThat(uniform.isSymmetric()).isTrue();
    }

    /** Computed by {@code torch.nn.init} of PyTorch 2.13. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kaiming_normal(nonlinearity='relu')              | 6, 10   | 0.4472135954999579
            kaiming_normal(mode='fan_out', nonlinearity='tanh') | 6, 10 | 0.6804138174397718
            kaiming_normal(a=0.1)                            | 4, 2, 5 | 0.4449941594899848
            kaiming_normal(nonlinearity='conv2d')            | 6, 10   | 0.31622776601683794
            xavier_normal(2)                                 | 4, 2, 5 | 0.5163977794943222
            xavier_normal(calculate_gain('leaky_relu', 0.2)) | 6, 10   | 0.4902903378454601
            xavier_normal(calculate_gain('leaky_relu'))      | 6, 10   | 0.4999750018748438
            """)
    void deviationsArePytorchs(String initializer, String sizes, double std) {
        InitializerDecl.Normal normal = (InitializerDecl.Normal) start(initializer, sizes);

        assertThat(normal.mean()).isZero();
        assertThat(normal.standardDeviation()).isCloseTo(std, within(1e-15));
    }

    @Test
    void oneClauseStartsEachWeightByItsOwnShape() {
        Graph graph = graph("""
                network N {
                    input x: float[batch, 3, 8, 8]
                    conv = Conv2d(3, 4, 3)
                    head = Linear(4 * 6 * 6, 2)
                    output y = sequential(conv, ReLU(), Flatten(), head)(x)
                    initialize weights by kaiming_normal(nonlinearity='relu')
                    initialize biases by zeros()
                    initialize weights of head by trunc_normal(std=0.02)
                }
                """);

        Map<String, InitializerDecl> starts =
                graph.parameters().stream().collect(Collectors.toMap(ParameterDecl::name, ParameterDecl::initializer));
        assertThat(starts)
                .containsEntry("conv.weight", new InitializerDecl.Normal(0, Math.sqrt(2) / Math.sqrt(27)))
                .containsEntry("conv.bias", new InitializerDecl.Constant(0))
                .containsEntry("head.weight", new InitializerDecl.TruncatedNormal(0, 0.02, -2, 2));
    }

    private static final String ALL = """
            block Two(size: int) {
                parameter unit: float[size, size] = eye()
                parameter slope: float[size] = linspace(0, 1)
                parameter turned: float[size, size] = orthogonal_(2)
                parameter clipped: float[size, size] = trunc_normal(1, 2, 0, 3)
                input x
                output y = (x @ unit) * slope + x @ turned + x @ clipped
            }

            network Started {
                input x: float[batch, 6]
                one = Two(6)
                two = Two(4)
                narrow = Linear(6, 4)
                conv = Conv1d(4, 8, 3, padding=1, bias=false)
                z = narrow(one(x))
                output y = conv(two(z)[..., none])
                initialize weights of conv by dirac(groups=2)
                initialize weights of narrow by uniform(0.5, 1)
                initialize biases of narrow by arange(1, 0.5)
                precision float64
            }
            """;

    @Test
    void aNetworkStartsAsItsFileSays() {
        Compilation compilation = compile(ALL);
        assertThat(compilation.diagnostics()).extracting(Diagnostic::message).isEmpty();
        Program program = compilation.programs().get(0);
        Class<?> type = GeneratedCode.compile(compilation.sources())
                .load(compilation.sources().get(0));
        try (CompiledNetwork network = new CompiledNetwork(program, type, 2, 5)) {
            Map<String, double[]> values = network.network().parameters().stream()
                    .collect(Collectors.toMap(
                            Parameter::name,
                            parameter -> parameter.value().dup().data().asDouble()));

            assertThat(values.get("two.unit")).containsExactly(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
            assertThat(values.get("one.slope")).containsExactly(0, 0.2, 0.4, 0.6, 0.8, 1);
            assertThat(values.get("narrow.bias")).containsExactly(1, 1.5, 2, 2.5);
            assertThat(Arrays.stream(values.get("narrow.weight")).boxed()).allMatch(value -> value >= 0.5 && value < 1);
            assertThat(Arrays.stream(values.get("one.clipped")).boxed()).allMatch(value -> value >= 0 && value <= 3);
            assertThat(values.get("conv.weight")).isEqualTo(dirac());
            assertThat(products(values.get("one.turned"), 6)).isLessThan(1e-12);
        }
    }

    /** As {@code dirac_} fills it: each of two groups of four passes on the four channels in their order. */
    private static double[] dirac() {
        double[] weight = new double[8 * 4 * 3];
        IntStream.range(0, 8).forEach(out -> weight[(out * 4 + out % 4) * 3 + 1] = 1);
        return weight;
    }

    /** The largest distance of the products of rows from 4 with themselves, and from 0 with each other. */
    private static double products(double[] matrix, int size) {
        double worst = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double product = 0;
                for (int k = 0; k < size; k++) {
                    product += matrix[i * size + k] * matrix[j * size + k];
                }
                worst = Math.max(worst, Math.abs(product - (i == j ? 4 : 0)));
            }
        }
        return worst;
    }

    @Test
    void thePrintedFormCanBeReadBack() {
        String text = IrPrinter.print(compile(ALL).programs().get(0));

        assertThat(IrPrinter.print(IrReader.program(text, Library.READERS))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            parameter w: float[4] = xavier_uniform()          | 'parameter' takes an initializer of [4] but gets xavier_uniform, which needs at least 2 axes
            parameter w: float[4] = orthogonal_()             | 'parameter' takes an initializer of [4] but gets orthogonal_, which needs at least 2 axes
            parameter w: float[4, 4] = arange()               | 'parameter' takes an initializer of [4, 4] but gets arange, which needs 1 axis
            parameter w: float[4, 4] = dirac()                | 'parameter' takes an initializer of [4, 4] but gets dirac, which needs 3 to 5 axes
            parameter w: float[4, 4, 3] = dirac(3)            | 'parameter' takes an initializer of [4, 4, 3] but gets dirac, which needs an axis 0 that 3 divides
            parameter w: float[4] = uniform(1, 0)             | 'b' of uniform must be at least a but is 0.0
            parameter w: float[4] = trunc_normal(a=2)         | 'b' of trunc_normal must be above a but is 2.0
            parameter w: float[4] = trunc_normal(std=0)       | 'std' of trunc_normal must be above 0 but is 0.0
            parameter w: float[4, 4] = kaiming_normal(mode='in') | 'mode' of kaiming_normal must be 'fan_in' or 'fan_out' but is 'in'
            parameter w: float[4, 4] = kaiming_normal(nonlinearity='gelu') | 'nonlinearity' of kaiming_normal must be 'relu', 'leaky_relu', 'tanh', 'sigmoid', 'selu', 'linear', or a convolution as 'conv2d' but is 'gelu'
            """)
    void mistakesAreReported(String statement, String message) {
        Compilation compilation =
                compile("network N { input x: float[batch, 3]\n" + statement + "\noutput y = x * w.mean() }");

        assertThat(compilation.diagnostics()).extracting(Diagnostic::message).containsExactly(message);
    }
}
