package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Random tensor expressions against PyTorch: loss, gradients by the input and by parameters, and parameters after five
 * steps of a random optimizer under a random penalty. PyTorch runs the text of the expressions as it is.
 *
 * <p>{@code -Despalier.python=python3} says which Python has PyTorch, {@code -Dnetworks=1000} how many networks there
 * are, {@code -Dseed=1000} where they begin.
 */
@EnabledIfSystemProperty(named = "espalier.python", matches = ".+")
class RandomExpressionsIT {
    private static final int BATCH = 3;
    private static final int STEPS = 5;

    /** So many are compiled by one call of javac. */
    private static final int AT_ONCE = 50;

    private static final long COUNT = Long.getLong("networks", 300);
    private static final long FIRST = Long.getLong("seed", 0);

    private static final List<String> LOSSES = List.of(
            "MSELoss()", "MSELoss(reduction='sum')", "L1Loss()", "SmoothL1Loss(beta=0.3)", "HuberLoss(delta=0.7)");

    private static final List<String> PENALTIES = List.of(
            "sqrt(w * w + 0.01) - 0.1",
            "softplus(3 * w) / 3",
            "sigmoid(w) * w.square()",
            "log1p(w * w)",
            "w * tanh(2 * w)",
            "where(w > 0.1, w * w, 0.2 * w - 0.01)",
            "silu(w).square() + (w - 0.1).pow(2)");

    private static final List<String> OPTIMIZERS = List.of(
            "SGD(lr=0.01)",
            "SGD(lr=0.01, momentum=0.9)",
            "SGD(lr=0.01, momentum=0.5, nesterov=true)",
            "Adam(lr=0.01, eps=1e-3)",
            "RMSprop(lr=0.01, eps=1e-3)",
            "Adagrad(lr=0.01, eps=1e-3)");

    /** A network, and what it is made of. */
    private record Case(
            long seed, int channels, int size, String statements, String loss, String penalty, String optimizer) {
        static Case of(long seed) {
            Random random = new Random(seed);
            int channels = 1 + random.nextInt(4);
            int size = 1 + random.nextInt(4);
            String statements = RandomExpression.statements(random.nextInt(1_000_000), channels, size);
            return new Case(
                    seed,
                    channels,
                    size,
                    statements.substring(statements.indexOf('\n') + 1),
                    LOSSES.get(random.nextInt(LOSSES.size())),
                    PENALTIES.get(random.nextInt(PENALTIES.size())),
                    OPTIMIZERS.get(random.nextInt(OPTIMIZERS.size())));
        }

        String text() {
            return "package com.example\n\nregularizer own = w -> " + penalty + "\n\nnetwork Expression" + seed
                    + " {\n    input x: float[batch, " + channels + ", " + size + ", " + size + "]\n    target t\n"
                    + statements + "    loss " + loss + "(y, t)\n    optimizer " + optimizer
                    + "\n    regularize weights by 0.05 * own\n    precision float64\n}\n";
        }
    }

    @Test
    void expressionsTrainAsInPytorch(@TempDir Path folder) throws IOException, InterruptedException {
        for (long first = FIRST; first < FIRST + COUNT; first += AT_ONCE) {
            List<Case> cases = LongStream.range(first, Math.min(first + AT_ONCE, FIRST + COUNT))
                    .mapToObj(Case::of)
                    .toList();
            Path file = folder.resolve("networks.json");
            Files.writeString(file, "[" + String.join(",\n", results(cases)) + "]\n");
            Process python = new ProcessBuilder(
                            System.getProperty("espalier.python"),
                            "-B",
                            "../runtime/src/test/python/random_expressions.py",
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(python.waitFor()).as(said).isZero();
            assertThat(said).as("what was compared").contains(cases.size() + " networks");
        }
    }

    private static List<String> results(List<Case> cases) {
        List<Program> programs =
                cases.stream().map(RandomExpressionsIT::program).toList();
        GeneratedCode code = GeneratedCode.compile(
                programs.stream().map(NetworkEmitter::emit).toList());
        List<String> results = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Program program = programs.get(i);
            try (CompiledNetwork network = new CompiledNetwork(
                    program, code.load(program), BATCH, cases.get(i).seed())) {
                results.add(result(cases.get(i), program, network));
            }
        }
        return results;
    }

    private static Program program(Case one) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("random.net", one.text())));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .as("%s", one.text())
                .isEmpty();
        Graph graph = compilation.programs().get(0).graph();
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs())));
    }

    /** Everything that PyTorch needs, and what came out, as JSON. */
    private static String result(Case one, Program program, CompiledNetwork network) {
        CompiledGradients.disturb(network);
        Map<String, String> members = new LinkedHashMap<>();
        members.put("text", quoted(one.text()));
        members.put("channels", String.valueOf(one.channels()));
        members.put("size", String.valueOf(one.size()));
        members.put("statements", quoted(one.statements()));
        members.put("loss_function", quoted(one.loss()));
        members.put("penalty", quoted(one.penalty()));
        members.put("optimizer", quoted(one.optimizer()));
        members.put("x", tensor(network.input(0)));
        members.put("t", tensor(network.target()));
        members.put("parameters", parameters(network, false));
        List<String> losses = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            losses.add(String.valueOf(network.forward()));
            network.backward();
            if (step == 0) {
                Value x = program.graph().inputs().get(0);
                if (program.inputGradients().contains(x.gradient())) {
                    members.put("dX", tensor(network.inputGradient(x)));
                }
                members.put("gradients", parameters(network, true));
            }
            network.network().update();
        }
        members.put("losses", losses.toString());
        members.put("updated", parameters(network, false));
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ": " + member.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String parameters(CompiledNetwork network, boolean gradients) {
        List<String> members = new ArrayList<>();
        network.network()
                .parameters()
                .forEach(parameter -> members.add(quoted(parameter.name()) + ": "
                        + tensor(gradients ? parameter.gradient() : parameter.value())));
        return "{" + String.join(", ", members) + "}";
    }

    private static String tensor(INDArray array) {
        String numbers = DoubleStream.of(CompiledGradients.numbers(array))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        String shape = LongStream.of(array.shape()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return "{\"shape\": [" + shape + "], \"values\": [" + numbers + "]}";
    }

    private static String quoted(String text) {
        return Stream.of(text.split("\n", -1))
                .map(line -> line.replace("\\", "\\\\").replace("\"", "\\\""))
                .collect(Collectors.joining("\\n", "\"", "\""));
    }
}
