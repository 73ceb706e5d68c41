package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.JavaTarget;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layers and blocks applied to more than their tensors: states, masks, inputs with defaults. Gradients of the compiled
 * class agree with central differences.
 */
class ForwardArgumentsTest {
    private static final int BATCH = 3;

    private static final Map<String, String> BODIES = bodies();
    private static final Map<String, Program> PROGRAMS = programs();
    private static GeneratedCode code;

    private static Map<String, String> bodies() {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("TheLastCellAlone", """
                input x: float[batch, 4, 3]
                _, (_, c) = LSTM(3, 2, batch_first=true)(x)
                output y = c
                """);
        bodies.put("TheLastCellOfProjectedStates", """
                input x: float[batch, 4, 3]
                _, (_, c) = LSTM(3, 4, batch_first=true, proj_size=2)(x)
                output y = c
                """);
        bodies.put("OneTensorForBothStates", """
                input x: float[batch, 4, 3]
                input s: float[batch, 1, 2]
                y, (h, c) = LSTM(3, 2, batch_first=true)(x, (s, s))
                output z = y.mean(dim=1, keepdim=true) + h * c
                """);
        bodies.put("StatesHandedOn", """
                input x: float[batch, 4, 3]
                encoder = LSTM(3, 2, 2, batch_first=true, bidirectional=true)
                decoder = LSTM(3, 2, 2, batch_first=true, bidirectional=true)
                _, state = encoder(x)
                output y = decoder(x, state)
                """);
        bodies.put("ThePartOfAResult", """
                input x: float[batch, 4, 3]
                output y = GRU(3, 2, batch_first=true)(x)[1]
                """);
        bodies.put("AnUnrolledCell", """
                input x: float[batch, 2, 3]
                cell = LSTMCell(3, 2)
                h = Linear(3, 2)(x[:, 0])
                state = cell(x[:, 0], (h, tanh(h)))
                h, c = cell(x[:, 1], state)
                output y = h * c
                """);
        bodies.put("CopiesOfABlock", """
                input x: float[batch, 3]
                input s: float[batch, 3]
                layers = repeat(2, deepcopy(Scaled(Linear(3, 3))))
                output y = through(layers, x, scale=s)
                """);
        bodies.put("WeightsOfAttention", """
                input x: float[batch, 4, 6]
                input m: float[batch, 4]
                parameter bias: float[4, 4] = normal(0, 1)
                attention = MultiheadAttention(6, 2, batch_first=true)
                y, w = attention(x, x, x, m > 0.9, attn_mask=bias, average_attn_weights=false)
                output z = y + w.sum(dim=1).mean(dim=2, keepdim=true)
                """);
        bodies.put("QueriesThatSeeFewKeysOrNone", """
                input x: float[batch, 4, 3]
                input m: float[batch, 4, 4]
                output y = scaled_dot_product_attention(x, x, x, attn_mask=m > 0.7)
                """);
        bodies.put("MasksOfATransformer", """
                input x: float[batch, 4, 6]
                input t: float[batch, 3, 6]
                input m: float[batch, 4]
                both = Transformer(6, 2, 1, 1, 8, 0.0, batch_first=true)
                output y = both(x, t, src_key_padding_mask=m > 0.9, memory_key_padding_mask=m > 0.9,
                                tgt_is_causal=true)
                """);
        return bodies;
    }

    private static Map<String, Program> programs() {
        Map<String, Program> programs = new LinkedHashMap<>();
        BODIES.forEach((name, body) -> {
            Graph graph = compiled(name, body).programs().get(0).graph();
            programs.put(name, MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs()))));
        });
        return programs;
    }

    private static Compilation compiled(String name, String body) {
        String text = """
                block Scaled(inner: layer) {
                    input x
                    input scale = none
                    y = inner(x)
                    output z = if scale == none then y else y * scale
                }
                network %s { %s precision float64 }
                """.formatted(name, body);
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(name + ".net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        return compilation;
    }

    private static Stream<String> names() {
        return BODIES.keySet().stream();
    }

    private static GeneratedSource source(Program program) {
        return new JavaTarget().generate(program).get(0);
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(
                PROGRAMS.values().stream().map(ForwardArgumentsTest::source).toList());
    }

    @ParameterizedTest
    @MethodSource("names")
    void gradientsAgreeWithCentralDifferences(String name) {
        Program program = PROGRAMS.get(name);
        try (CompiledNetwork network = new CompiledNetwork(program, code.load(source(program)), BATCH, 42)) {
            CompiledGradients.check(program, network);
        }
    }

    @Test
    void copiesHaveParametersOfTheirOwn() {
        List<String> names = PROGRAMS.get("CopiesOfABlock").graph().parameters().stream()
                .map(ParameterDecl::value)
                .map(value -> value.name())
                .toList();

        assertThat(names)
                .containsExactly(
                        "layers.0.inner.weight", "layers.0.inner.bias", "layers.1.inner.weight", "layers.1.inner.bias");
    }

    @Test
    void statesThatNothingReadsAreNotComputed() {
        String unread = "input x: float[batch, 4, 3] y, (h, c) = LSTM(3, 2, batch_first=true)(x) output z = 2 * y";
        String alone = "input x: float[batch, 4, 3] y = LSTM(3, 2, batch_first=true)(x) output z = 2 * y";

        assertThat(operations(unread)).isEqualTo(operations(alone));
    }

    private static List<String> operations(String body) {
        return compiled("Unread", body).programs().get(0).graph().operations().stream()
                .map(op -> op.signature().name())
                .toList();
    }
}
