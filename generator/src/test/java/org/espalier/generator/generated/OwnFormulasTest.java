package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Program;
import org.espalier.generator.layer.elementwise.ScalarFormulas;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

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

    /** Functions without a slope, which no loss can be by itself. */
    private static final Set<String> STEPS = Set.of("ceil", "floor", "round", "sign", "trunc");

    /** Functions that are defined between 0 and 1 alone. */
    private static final Set<String> POSITIVE =
            Set.of("acos", "asin", "atanh", "log", "log10", "log1p", "log2", "logit", "rsqrt", "sqrt");

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
        Compilation compilation = compiled(DECLARATIONS + "network Own {\n" + statements + "precision float64\n}\n");
        Program program = compilation.programs().get(0);
        GeneratedCode code = GeneratedCode.compile(List.of(compilation.sources().get(0)));

        try (CompiledNetwork network =
                new CompiledNetwork(program, code.load(compilation.sources().get(0)), 3, 42)) {
            assertThat(program.inputGradients()).hasSize(statements.contains("with gradient") ? 1 : 0);
            CompiledGradients.check(program, network);
        }
    }

    private static Compilation compiled(String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("own.net", text)));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        return compilation;
    }

    /** The functions of tensors are held to PyTorch; those of formulas of losses are held to them. */
    @Test
    void formulasOfLossesHaveTheFunctionsOfTensors() {
        List<String> names = ScalarFormulas.names().stream()
                .filter(name -> !STEPS.contains(name) && !name.equals("lerp"))
                .toList();
        StringBuilder formulas = new StringBuilder();
        List<String> byFormula = new ArrayList<>();
        List<String> byTensor = new ArrayList<>();
        for (String name : names) {
            String operand = POSITIVE.contains(name) ? "p" : "y";
            String call = name.equals("clamp")
                    ? "(%s, max=0.3)"
                    : ScalarFormulas.named(name).orElseThrow().parameters().contains("other") ? "(%s, 0.3)" : "(%s)";
            formulas.append("loss Of_" + name + " = v -> " + name + call.formatted("v") + "\n");
            double weight = 1 + names.indexOf(name) / 10.0;
            byFormula.add(weight + " * Of_" + name + "()(" + operand + ")");
            byTensor.add(weight + " * Value()(" + name + call.formatted(operand) + ")");
        }
        formulas.append("loss Value = v -> v\n");

        double[] ofFormulas = lossAndGradient(formulas.toString(), byFormula);
        double[] ofTensors = lossAndGradient(formulas.toString(), byTensor);

        assertThat(ofFormulas).containsExactly(ofTensors, Offset.offset(1e-12));
    }

    private static double[] lossAndGradient(String declarations, List<String> losses) {
        Compilation compilation = compiled(declarations + """
                network Own {
                    input x: float[batch, 6] with gradient
                    parameter scale: float = constant(3)
                    y = scale * x
                    p = sigmoid(y / 3)
                    output sum = y + p
                    loss %s
                    precision float64
                }
                """.formatted(String.join(" + ", losses)));
        Program program = compilation.programs().get(0);
        GeneratedSource source = compilation.sources().get(0);
        Class<?> type = GeneratedCode.compile(source).load(source);
        try (CompiledNetwork network = new CompiledNetwork(program, type, 3, 42)) {
            double loss = network.forward();
            network.backward();
            INDArray gradient = network.inputGradient(program.graph().inputs().get(0));
            return DoubleStream.concat(DoubleStream.of(loss), DoubleStream.of(CompiledGradients.numbers(gradient)))
                    .toArray();
        }
    }
}
