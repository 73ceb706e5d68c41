package org.espalier.benchmarks;

import static org.espalier.benchmarks.Benchmark.Method.JMH;
import static org.espalier.benchmarks.Benchmark.Method.MEMORY;
import static org.espalier.benchmarks.Benchmark.Method.TURNS;
import static org.espalier.benchmarks.Benchmark.Unit.MICROSECONDS;
import static org.espalier.benchmarks.Benchmark.Unit.MILLISECONDS;
import static org.espalier.benchmarks.Benchmark.Unit.SECONDS;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.subject.Subject;

/** All that can be measured, and who takes part. */
public final class Benchmarks {
    private static final List<Benchmark> ALL = List.of(
            new Benchmark(
                    "update",
                    "Adam with L1 and L2 and the values of both penalties, 32 Mi parameters",
                    MILLISECONDS,
                    "GB/s",
                    20,
                    TURNS),
            new Benchmark(
                    "unet",
                    "training step of pix2pix's U-Net-256, 64 filters, batch 1, L1 and L2 on every convolution weight",
                    MILLISECONDS,
                    "",
                    12,
                    TURNS),
            new Benchmark("regcost", "the same step with and without L1 and L2", MILLISECONDS, "", 30, TURNS),
            new Benchmark("unet-memory", "most memory that a process held for that step", MILLISECONDS, "", 10, MEMORY),
            new Benchmark(
                    "digits",
                    "training epoch of the digits sample, batch 64",
                    SECONDS,
                    "samples/s",
                    10,
                    TURNS,
                    DigitsTask.STEPS),
            new Benchmark("mlp", "training step of a 30-64-32-1 network, batch 32", MICROSECONDS, "", 12, JMH),
            new Benchmark(
                    "infer", "inference of U-Net-256 and of the digits sample, batch 1", MILLISECONDS, "", 20, TURNS),
            new Benchmark(
                    "compile",
                    "from a specification to Java, and a Maven build with nothing to do",
                    MILLISECONDS,
                    "",
                    10,
                    TURNS),
            new Benchmark(
                    "resnet18",
                    "training step and inference of ResNet-18, 224 x 224 pixels, batch 8",
                    MILLISECONDS,
                    "",
                    12,
                    TURNS),
            new Benchmark(
                    "mobilenetv2",
                    "training step and inference of MobileNetV2, 224 x 224 pixels, batch 8",
                    MILLISECONDS,
                    "",
                    12,
                    TURNS),
            new Benchmark(
                    "transformer",
                    "training step and inference of a transformer's encoder, 4 layers, 128 wide, 4 heads, 64 tokens, batch 16",
                    MILLISECONDS,
                    "",
                    20,
                    TURNS),
            new Benchmark(
                    "lstm",
                    "training step and inference of 2 LSTMs, 128 wide, 64 steps, batch 32",
                    MILLISECONDS,
                    "",
                    20,
                    TURNS),
            new Benchmark(
                    "perceptron",
                    "training step and inference of a 784-512-512-10 network, batch 128",
                    MILLISECONDS,
                    "",
                    20,
                    TURNS),
            new Benchmark(
                    "scaling",
                    "the U-Net's training step by batch and input size",
                    MILLISECONDS,
                    "GFLOP/s",
                    10,
                    TURNS));

    private Benchmarks() {}

    /** The names, in the order in which {@code all} takes them. */
    public static List<String> names() {
        return ALL.stream().map(Benchmark::name).toList();
    }

    /**
     * Benchmarks by name.
     *
     * @param request a name, several with commas between them, or {@code all}
     * @throws IllegalArgumentException if a name is none of {@link #names()}; the message lists them
     */
    public static List<Benchmark> named(String request) {
        if (request.strip().equals("all")) {
            return ALL;
        }
        List<Benchmark> wanted = new ArrayList<>();
        for (String name : request.split(",", -1)) {
            wanted.add(ALL.stream()
                    .filter(benchmark -> benchmark.name().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(unknown(name.strip()))));
        }
        return wanted;
    }

    private static String unknown(String name) {
        String found = name.isEmpty() ? "no benchmark is named" : "there is no benchmark '" + name + "'";
        return found + "; give one, several with commas between them, or all, for instance -Dbench="
                + ALL.get(0).name()
                + "\n"
                + ALL.stream()
                        .map(benchmark -> String.format("  %-12s %s", benchmark.name(), benchmark.what()))
                        .collect(Collectors.joining("\n"));
    }

    /** The participants of a benchmark: Espalier first, PyTorch if there is one, then those on the class path. */
    public static List<Entry> entries(Benchmark benchmark) {
        List<Entry> entries = new ArrayList<>(OwnEntries.all());
        entries.addAll(ClassifierEntries.all());
        entries.addAll(PytorchEntries.all());
        for (Peers peers : ServiceLoader.load(Peers.class)) {
            entries.addAll(peers.entries());
        }
        return entries.stream()
                .filter(entry -> entry.benchmark().equals(benchmark.name()))
                .filter(entry -> !PytorchEntries.replaces(entry))
                .toList();
    }

    /**
     * Makes a subject.
     *
     * @throws IllegalArgumentException if it does not take part
     */
    static Subject start(String benchmark, String subject) {
        return entries(named(benchmark).get(0)).stream()
                .filter(entry -> entry.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(subject + " does not take part in " + benchmark))
                .jvm()
                .start()
                .get();
    }
}
