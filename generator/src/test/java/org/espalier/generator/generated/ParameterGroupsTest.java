package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.schedule.CosineAnnealingLR;
import org.espalier.runtime.train.schedule.ExponentialLR;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.espalier.runtime.train.schedule.LinearLR;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau.Mode;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau.ThresholdMode;
import org.espalier.runtime.train.schedule.SequentialLR;
import org.espalier.runtime.train.schedule.StepLR;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Parameters that an {@code optimize} sets apart: they end where PyTorch's groups do, follow schedules from their own
 * learning rates, go on from checkpoints to the bit, and are those that the selectors mean.
 */
class ParameterGroupsTest {
    private static final Class<?> TYPE = type();
    private static final Map<String, Object> FIXTURE = PytorchNumbers.read(
            Path.of("src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "groups.json"));

    private static LRScheduler scheduler(String name) {
        return switch (name) {
            case "step" -> new StepLR(2, 0.5);
            case "cosine" -> new CosineAnnealingLR(4, 0.002);
            case "warm-up" -> new SequentialLR(List.of(new LinearLR(0.25, 1, 4), new ExponentialLR(0.5)), List.of(4L));
            default -> (base, steps) -> base;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "step", "cosine", "warm-up"})
    void fiveStepsEndWherePytorchsDo(String name) {
        Map<String, Object> right = PytorchNumbers.list(FIXTURE.get("cases")).stream()
                .map(PytorchNumbers::map)
                .filter(one -> one.get("name").equals(name))
                .findFirst()
                .orElseThrow();
        List<List<Double>> rates = new ArrayList<>();
        try (var network = begun()) {
            Trainer.of(network, batches())
                    .epochs(1)
                    .scheduleSteps(scheduler(name))
                    .callback(new Callback() {
                        @Override
                        public void onStep(int epoch, int batch, StepReport step) {
                            rates.add(rates(network));
                        }
                    })
                    .run();

            assertWeights(network, right);
        }
        List<Object> expected = PytorchNumbers.list(right.get("rates"));
        assertThat(rates).hasSameSizeAs(expected);
        for (int step = 0; step < rates.size(); step++) {
            assertThat(rates.get(step).stream().mapToDouble(rate -> rate).toArray())
                    .as("rates of step " + step)
                    .containsExactly(numbers(expected.get(step)), Offset.offset(1e-15));
        }
    }

    /** A network of {@code grouped.net}, compiled here: goldens that are being rewritten are not on the class path. */
    // The class is made at run time: there is none that the test could name.
    @SuppressWarnings("unchecked")
    private static <N extends Network & Supervised> N create(long seed) {
        try {
            return (N) TYPE.getMethod("create", Init.class).invoke(null, Init.seed(seed));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> type() {
        try {
            String text = Files.readString(Goldens.file("net").resolve("grouped.net"));
            Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("grouped.net", text)));
            return GeneratedCode.compile(compilation.sources())
                    .load(compilation.sources().stream()
                            .filter(source -> source.className().equals("Grouped"))
                            .findFirst()
                            .orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <N extends Network & Supervised> N begun() {
        N network = create(1);
        Map<String, Object> initial = PytorchNumbers.map(FIXTURE.get("initial"));
        for (Parameter parameter : network.parameters()) {
            parameter.value().assign(array(initial.get(parameter.name()), parameter.shape()));
        }
        return network;
    }

    private static Batches batches() {
        List<Object> x = PytorchNumbers.list(FIXTURE.get("x"));
        List<Object> t = PytorchNumbers.list(FIXTURE.get("t"));
        return Batches.of(
                x.size(),
                epoch -> IntStream.range(0, x.size())
                        .mapToObj(step -> new Batch(array(x.get(step), 6, 3), array(t.get(step), 6, 2))));
    }

    private static INDArray array(Object numbers, long... shape) {
        return Nd4j.createFromArray(numbers(numbers)).reshape(shape);
    }

    private static double[] numbers(Object list) {
        return PytorchNumbers.list(list).stream()
                .mapToDouble(number -> Double.parseDouble(String.valueOf(number)))
                .toArray();
    }

    private static List<Double> rates(Network network) {
        return network.optimizers().stream().map(Optimizer::lr).toList();
    }

    private static void assertWeights(Network network, Map<String, Object> right) {
        Map<String, Object> weights = PytorchNumbers.map(right.get("weights"));
        for (Parameter parameter : network.parameters()) {
            assertThat(CompiledGradients.numbers(parameter.value()))
                    .as(parameter.name())
                    .containsExactly(numbers(weights.get(parameter.name())), Offset.offset(1e-12));
        }
    }

    private static double[] weights(Network network) {
        return network.parameters().stream()
                .flatMapToDouble(parameter -> Arrays.stream(CompiledGradients.numbers(parameter.value())))
                .toArray();
    }

    private static void step(Supervised network, int step) {
        network.trainStep(
                array(PytorchNumbers.list(FIXTURE.get("x")).get(step), 6, 3),
                array(PytorchNumbers.list(FIXTURE.get("t")).get(step), 6, 2));
    }

    @Test
    void checkpointGoesOnToTheBitWithEachRate(@TempDir Path folder) {
        Path file = folder.resolve("checkpoint.safetensors");
        double[] uninterrupted;
        try (var network = begun()) {
            step(network, 0);
            step(network, 1);
            network.optimizers().get(3).lr(0.07);
            network.saveCheckpoint(file);
            step(network, 2);
            step(network, 3);
            uninterrupted = weights(network);
        }
        try (var network = create(9)) {
            network.resume(file);
            step(network, 2);
            step(network, 3);

            assertThat(weights(network)).isEqualTo(uninterrupted);
            assertThat(rates(network)).containsExactly(0.01, 0.01, 0.05, 0.07);
        }
    }

    @Test
    void checkpointOfOtherGroupsIsRefusedAndChangesNothing(@TempDir Path folder) {
        Path file = folder.resolve("checkpoint.safetensors");
        try (var network = begun()) {
            step(network, 0);
            network.saveCheckpoint(file);

            network.optimizer("head.weight", new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1));
            double[] before = weights(network);
            assertThatThrownBy(() -> network.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("3 groups of parameters with an optimizer of their own, but Grouped has 4");

            network.optimizer(new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1));
            assertThatThrownBy(() -> network.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("but Grouped has one optimizer for all parameters");

            network.optimizer("*.bias", new AdamW(0.01, 0.9, 0.999, 1e-8, 0));
            network.optimizer("head.weight", new AdamW(0.05, 0.8, 0.99, 1e-8, 0));
            network.optimizer("second.weight", new Sgd(0.1, 0.9, 0, false));
            assertThatThrownBy(() -> network.resume(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("in the file it is that of first.bias second.bias, in Grouped of first.bias");
            assertThat(weights(network)).isEqualTo(before);
        }
    }

    @Test
    void aPatternThatFollowsAnotherStartsAfreshAloneAndUnfollowedOptimizersGo() {
        try (var network = begun();
                var other = begun()) {
            for (int step = 0; step < 3; step++) {
                step(network, step);
                step(other, step);
            }
            Sgd own = new Sgd(0.5);
            network.optimizer("second.weight", own);
            step(network, 3);
            step(other, 3);

            assertThat(network.optimizers()).hasSize(4).endsWith(own);
            for (Parameter parameter : network.parameters()) {
                boolean same = parameter
                        .value()
                        .equals(other.parameters().get(parameter.name()).value());
                assertThat(same)
                        .as(parameter.name())
                        .isEqualTo(!parameter.name().equals("second.weight"));
            }
        }
    }

    @Test
    void clippingIsThatOfTheNetworkWhicheverOptimizerItIsSetOn() {
        try (var one = begun();
                var other = begun()) {
            one.optimizer().clipNorm(0.1);
            other.optimizers().get(2).clipNorm(0.1);
            step(one, 0);
            step(other, 0);

            assertThat(weights(other)).isEqualTo(weights(one));
            assertThat(one.optimizers()).allMatch(optimizer -> optimizer.clipNorm() == 0.1);
        }
    }

    @Test
    void aPlateauLowersAllAndARateByEpochKeepsProportions() {
        try (var network = begun()) {
            Trainer.of(network, batches())
                    .epochs(2)
                    .learningRate(epoch -> 0.04 / epoch)
                    .run();
            assertThat(rates(network)).containsExactly(0.02, 0.02, 0.1, 0.2);
        }
        try (var network = begun()) {
            Trainer.of(network, batches())
                    .epochs(3)
                    .reduceOnPlateau(
                            new ReduceLROnPlateau(Mode.MAX, 0.5, 0, 10, ThresholdMode.ABS, 0, 0, 0), "training_loss")
                    .run();
            assertThat(rates(network)).containsExactly(0.0025, 0.0025, 0.0125, 0.025);
        }
    }

    @Test
    void twoThatSetLearningRatesAreRefused() {
        try (var network = begun()) {
            Trainer trainer = Trainer.of(network, batches()).schedule(new StepLR(2));

            assertThatThrownBy(() -> trainer.reduceOnPlateau(new ReduceLROnPlateau(), "loss"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("both schedule and reduceOnPlateau would set the learning rate");
        }
    }

    /** Each clause has a rate of its own, and every gradient is 1: the step of a parameter tells whose it is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void parametersFollowTheMostSpecificClauseThatMeansThem(long seed) {
        Random random = new Random(seed);
        Map<String, Double> clauses = new LinkedHashMap<>();
        List<String> roles = List.of("weights", "biases", "norms", "norm_weights", "weights, biases", "");
        List<String> selectors = List.of(
                "head",
                "levels.**",
                "levels.1.**",
                "levels.2.*",
                "**.fc2",
                "levels.0.norm",
                "levels.2.fc1",
                "**",
                "le*.*.fc*");
        int count = 1 + random.nextInt(5);
        while (clauses.size() < count) {
            String role = roles.get(random.nextInt(roles.size()));
            String selector = selectors.get(random.nextInt(selectors.size()));
            clauses.put(role + (role.isEmpty() ? "" : " of ") + selector, 0.25 / (2 + clauses.size()));
        }
        StringBuilder text = new StringBuilder("""
                block Level(size: int) {
                    input x
                    norm = LayerNorm(size)
                    fc1 = Linear(size, size)
                    fc2 = Linear(size, size, bias=false)
                    output y = x + fc2(relu(fc1(norm(x))))
                }
                network Random {
                    input x: float[batch, 3]
                    levels = [Level(3), Level(3), Level(3)]
                    head = Linear(3, 2)
                    output y = sequential(levels + [head])(x)
                    loss MSELoss()
                    optimizer SGD(lr=0.25)
                    precision float64
                """);
        clauses.forEach((clause, lr) -> text.append("    optimize ")
                .append(clause)
                .append(" with lr=")
                .append(lr)
                .append('\n'));
        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("random.net", text + "}\n")));
        Map<String, Double> expected = new LinkedHashMap<>();
        boolean clear =
                clauses.keySet().stream().allMatch(clause -> NAMES.stream().anyMatch(name -> means(clause, name)));
        for (String name : NAMES) {
            List<String> means = clauses.keySet().stream()
                    .filter(clause -> means(clause, name))
                    .sorted((a, b) -> compare(b, a))
                    .toList();
            clear &= means.size() < 2 || compare(means.get(0), means.get(1)) != 0;
            expected.put(name, means.isEmpty() ? 0.25 : clauses.get(means.get(0)));
        }
        boolean effective = clauses.entrySet().stream().allMatch(clause -> expected.containsValue(clause.getValue()));

        assertThat(compilation.hasErrors())
                .as(text + "\n" + compilation.diagnostics())
                .isEqualTo(!(clear && effective));
        if (clear && effective) {
            GeneratedCode code = GeneratedCode.compile(compilation.sources());
            try (CompiledNetwork network = new CompiledNetwork(
                    compilation.programs().get(0),
                    code.load(compilation.sources().get(0)),
                    2,
                    seed)) {
                network.forward();
                network.backward();
                Map<String, Double> found = new LinkedHashMap<>();
                Map<String, INDArray> before = new LinkedHashMap<>();
                for (Parameter parameter : network.network().parameters()) {
                    parameter.gradient().assign(1);
                    before.put(parameter.name(), parameter.value().dup());
                }
                network.network().update();
                for (Parameter parameter : network.network().parameters()) {
                    INDArray moved = before.get(parameter.name()).sub(parameter.value());
                    found.put(parameter.name(), Math.round(moved.getDouble(0) * 1e9) / 1e9);
                }
                expected.replaceAll((name, lr) -> Math.round(lr * 1e9) / 1e9);
                assertThat(found).as(text.toString()).isEqualTo(expected);
            }
        }
    }

    private static final List<String> NAMES = Stream.concat(
                    Stream.of("levels.0", "levels.1", "levels.2")
                            .flatMap(level -> Stream.of(
                                            "norm.weight", "norm.bias", "fc1.weight", "fc1.bias", "fc2.weight")
                                    .map(name -> level + "." + name)),
                    Stream.of("head.weight", "head.bias"))
            .toList();

    private static String selector(String clause) {
        return clause.substring(clause.lastIndexOf(' ') + 1);
    }

    private static boolean means(String clause, String name) {
        int dot = name.lastIndexOf('.');
        String role = (name.contains("norm.") ? "norm_" : "") + (name.endsWith("weight") ? "weights" : "biases");
        String roles = clause.contains(" of ") ? clause.substring(0, clause.indexOf(" of ")) : "weights, biases, norms";
        boolean meant = Stream.of(roles.split(", ", -1))
                .anyMatch(word -> word.equals(role) || (role.startsWith("norm_") && word.equals("norms")));
        String regex = Stream.of(selector(clause).split("\\.", -1))
                .map(part -> part.equals("**") ? "(?:[^.]+\\.)*" : part.replace("*", "[^.]*") + "\\.")
                .reduce("", String::concat);
        return meant && Pattern.matches(regex, name.substring(0, dot) + ".");
    }

    /** Compares by segments without asterisks, then by those with some, then by single asterisks. */
    private static int compare(String a, String b) {
        for (String segment : List.of("[^*]+", "[^*]*\\*?[^*]+\\*?[^*]*", "\\*")) {
            int order = Long.compare(count(a, segment), count(b, segment));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static long count(String clause, String segment) {
        return Stream.of(selector(clause).split("\\.", -1))
                .filter(part -> part.matches(segment))
                .count();
    }
}
