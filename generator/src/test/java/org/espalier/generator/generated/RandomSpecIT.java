package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.interpreter.ClobberCheck;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.Test;

/**
 * Random specifications through everything there is: compiled, formatted, planned, printed and read, emitted, compiled
 * by javac, run by the kernels, and their gradients checked. What fails is shrunk before it is shown.
 *
 * <p>{@code -Dnetworks=500} checks so many, {@code -Dseed=1000} begins there.
 */
class RandomSpecIT {
    private static final int BATCH = 3;

    /** So many are compiled by one call of javac. */
    private static final int AT_ONCE = 50;

    private static final int STEPS = 5;

    private static final long COUNT = Long.getLong("networks", 30);
    private static final long FIRST = Long.getLong("seed", 0);

    private static final UnaryOperator<String> AS_EMITTED = UnaryOperator.identity();

    @Test
    void randomSpecificationsHaveTheGradientsThatDifferencesSay() {
        for (long first = FIRST; first < FIRST + COUNT; first += AT_ONCE) {
            List<RandomSpec> specs = LongStream.range(first, Math.min(first + AT_ONCE, FIRST + COUNT))
                    .mapToObj(RandomSpec::of)
                    .toList();
            if (failure(specs, AS_EMITTED).isPresent()) {
                specs.forEach(spec -> failure(List.of(spec), AS_EMITTED).ifPresent(message -> {
                    throw new AssertionError(report(spec, message, AS_EMITTED));
                }));
            }
        }
    }

    /** The smallest failing specification found, with its Java. */
    private static String report(RandomSpec spec, String message, UnaryOperator<String> defect) {
        Shrinker.Failing<RandomSpec> smallest = shrunk(spec, message, defect);
        String text = smallest.subject().text("float64");
        return smallest.message() + "\n\n" + text + "\n" + java(text);
    }

    private static Shrinker.Failing<RandomSpec> shrunk(RandomSpec spec, String message, UnaryOperator<String> defect) {
        return Shrinker.shrink(
                new Shrinker.Failing<>(spec, message),
                RandomSpec::smaller,
                candidate -> failure(List.of(candidate), defect)
                        .filter(found -> isOfTheCompiler(found) == isOfTheCompiler(message)));
    }

    /**
     * Tells whether the compiler takes the specification for a mistake: then a smaller one should be the same kind of
     * thing.
     */
    private static boolean isOfTheCompiler(String message) {
        return message.contains(": error ESP");
    }

    private static String java(String text) {
        Compilation compilation = compile(text);
        return compilation.sources().isEmpty()
                ? "no Java"
                : compilation.sources().get(0).text();
    }

    private static Compilation compile(String text) {
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("random.net", text)));
    }

    /** Returns the first failure of some specifications, if one fails. */
    private static Optional<String> failure(List<RandomSpec> specs, UnaryOperator<String> defect) {
        try {
            check(specs, defect);
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(String.valueOf(e));
        }
    }

    private static void check(List<RandomSpec> specs, UnaryOperator<String> defect) {
        List<Program> programs = new ArrayList<>();
        List<Program> single = new ArrayList<>();
        for (RandomSpec spec : specs) {
            programs.add(program(spec.text("float64")));
            single.add(program(spec.text("float32")));
        }
        GeneratedCode exact = GeneratedCode.compile(sources(programs, defect));
        GeneratedCode rounded = GeneratedCode.compile(sources(single, defect));
        for (int i = 0; i < specs.size(); i++) {
            Program program = programs.get(i);
            try (CompiledNetwork network = network(program, exact);
                    CompiledNetwork other = network(single.get(i), rounded)) {
                CompiledGradients.disturb(network);
                CompiledGradients.check(program, network);
                network.checkView();
                other.checkView();
                agree(network, other);
                if (!program.graph().losses().isEmpty()) {
                    train(network, other, specs.get(i));
                }
            }
        }
    }

    /** With gradients by its inputs too, and held to what every program promises. */
    private static Program program(String text) {
        Compilation compilation = compile(text);
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .as("%s", text)
                .isEmpty();
        Graph graph = compilation.programs().get(0).graph();
        Program program = MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph, graph.inputs())));
        ClobberCheck.check(program);
        String printed = IrPrinter.print(program);
        assertThat(IrPrinter.print(IrReader.program(printed, Library.READERS))).isEqualTo(printed);
        String formatted = formatted(text);
        assertThat(formatted(formatted)).isEqualTo(formatted);
        assertThat(withoutLines(IrPrinter.print(compile(formatted).programs().get(0))))
                .isEqualTo(withoutLines(IrPrinter.print(compilation.programs().get(0))));
        return program;
    }

    private static String formatted(String text) {
        return NetFormatter.format(new SourceFile("random.net", text)).text();
    }

    private static String withoutLines(String printed) {
        return printed.replaceAll("random.net:\\d+", "random.net");
    }

    private static List<GeneratedSource> sources(List<Program> programs, UnaryOperator<String> defect) {
        return programs.stream().map(program -> source(program, defect)).toList();
    }

    private static GeneratedSource source(Program program, UnaryOperator<String> defect) {
        GeneratedSource source = NetworkEmitter.emit(program);
        return new GeneratedSource(source.packageName(), source.className(), defect.apply(source.text()));
    }

    private static CompiledNetwork network(Program program, GeneratedCode code) {
        return new CompiledNetwork(program, code.load(NetworkEmitter.emit(program)), BATCH, 42);
    }

    /** In numbers of 32 bits the same comes out, but for rounding. */
    private static void agree(CompiledNetwork exact, CompiledNetwork rounded) {
        exact.network()
                .parameters()
                .forEach(parameter -> rounded.network()
                        .parameters()
                        .get(parameter.name())
                        .value()
                        .assign(parameter.value()));
        double expected = exact.forward();
        assertThat(rounded.forward())
                .as("in single precision, of %s", expected)
                .isCloseTo(expected, org.assertj.core.data.Offset.offset(2e-3 * Math.max(1, Math.abs(expected))));
        rounded.backward();
        assertThat(CompiledGradients.numbers(rounded.network().parameters().gradients()))
                .doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    /**
     * Five steps, with penalties and whatever optimizer there is. Where the steps are proportional to gradients, both
     * precisions arrive at the same place; where they are divided by their size, the least rounding decides the
     * direction of those that are nothing.
     */
    private static void train(CompiledNetwork exact, CompiledNetwork rounded, RandomSpec spec) {
        exact.network().zeroGradients();
        rounded.network().zeroGradients();
        for (int step = 0; step < STEPS; step++) {
            for (CompiledNetwork network : List.of(exact, rounded)) {
                network.forward();
                network.backward();
                assertThat(network.network().update().total())
                        .as("loss of step %s", step)
                        .isFinite();
            }
        }
        boolean proportional = spec.text("float64").contains("optimizer SGD(lr=0.01)");
        exact.network().parameters().forEach(parameter -> {
            double[] right = CompiledGradients.numbers(parameter.value());
            double[] found = CompiledGradients.numbers(
                    rounded.network().parameters().get(parameter.name()).value());
            for (int i = 0; i < right.length; i++) {
                double close = proportional ? 5e-3 * Math.max(1, Math.abs(right[i])) : Math.max(1, Math.abs(right[i]));
                assertThat(found[i])
                        .as("%s at %s after training", parameter.name(), i)
                        .isCloseTo(right[i], org.assertj.core.data.Offset.offset(close));
            }
        });
    }

    @Test
    void aDefectIsShrunkToTheLayerThatHasIt() {
        UnaryOperator<String> defect = java -> java.replaceAll("\\btanhBackward", "sigmoidBackward");
        RandomSpec failing = LongStream.range(0, 100)
                .mapToObj(RandomSpec::of)
                .filter(spec -> spec.outputs() == 1
                        && spec.size() > 8
                        && spec.text("float64").contains("Tanh()"))
                .filter(spec -> failure(List.of(spec), defect).isPresent())
                .findFirst()
                .orElseThrow();

        Shrinker.Failing<RandomSpec> smallest = shrunk(failing, "", defect);

        assertThat(smallest.message()).contains("relative error of the gradient");
        assertThat(smallest.subject().size()).isLessThanOrEqualTo(4).isLessThan(failing.size());
        assertThat(smallest.subject().text("float64")).contains("Tanh()").doesNotContain("block", "loss");
        assertThat(report(failing, "", defect)).contains("network " + failing.name(), "public final class");
    }
}
