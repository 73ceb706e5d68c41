package org.espalier.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays the inputs of {@code src/test/corpus} for each target of a module, its seeds, and some of those damaged at
 * random: the ordinary build does nothing else. {@code mvn -Pfuzz verify -Dfuzz.seconds=600 -Dfuzz.target=png} has
 * Jazzer look for further ones.
 */
public abstract class FuzzTargets {
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final Path CORPUS = Path.of("src", "test", "corpus");

    /** Seconds of search for each target. */
    private static final int SECONDS = Integer.getInteger("espalier.fuzz.seconds", 0);

    /** Inputs that are damaged at random for each target, and what decides which; a target says how many by itself. */
    private static final long DAMAGED = Long.getLong("espalier.fuzz.damaged", -1);

    private static final long SEED = Long.getLong("espalier.fuzz.seed", 0);

    /** The one target to search, or all of them. */
    private static final String ONLY = System.getProperty("espalier.fuzz.target", "");

    /** The readers of this module. */
    protected abstract List<FuzzTarget> targets();

    @TestFactory
    Stream<DynamicTest> answersToEveryInput() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (FuzzTarget target : targets()) {
            if (!ONLY.isEmpty() && !ONLY.equals(target.name())) {
                continue;
            }
            tests.addAll(SECONDS > 0 ? List.of(search(target)) : replays(target));
        }
        return tests.stream();
    }

    private DynamicTest search(FuzzTarget target) {
        List<Path> corpora = List.of(CORPUS.resolve(target.name()));
        return DynamicTest.dynamicTest(
                target.name(),
                () -> System.out.println(
                        target.name() + ": " + Jazzer.search(getClass(), target, corpora, SECONDS) + " inputs"));
    }

    private static List<DynamicTest> replays(FuzzTarget target) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        List<byte[]> seeds = target.seeds().get();
        assertThat(seeds).as("seeds of " + target.name()).isNotEmpty();
        for (int i = 0; i < seeds.size(); i++) {
            byte[] seed = seeds.get(i);
            tests.add(DynamicTest.dynamicTest(target.name() + ", seed " + i, () -> answers(target, () -> seed, 1)));
        }
        for (Path input : inputs(target)) {
            byte[] kept = Files.readAllBytes(input);
            tests.add(DynamicTest.dynamicTest(
                    target.name() + ", " + input.getFileName(), () -> answers(target, () -> kept, 1)));
        }
        RandomDamage damage = new RandomDamage(SEED, seeds);
        long damaged = DAMAGED < 0 ? target.damaged() : DAMAGED;
        tests.add(DynamicTest.dynamicTest(target.name() + ", damaged", () -> answers(target, damage::next, damaged)));
        return tests;
    }

    /** On one thread, since starting one takes longer than most answers. */
    private static void answers(FuzzTarget target, Supplier<byte[]> inputs, long count) throws InterruptedException {
        AtomicReference<byte[]> input = new AtomicReference<>(new byte[0]);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicLong answered = new AtomicLong();
        Thread reader = new Thread(() -> {
            try {
                while (answered.get() < count) {
                    input.set(inputs.get());
                    target.check(input.get());
                    answered.incrementAndGet();
                }
            } catch (Throwable unexpected) {
                thrown.set(unexpected);
            }
        });
        reader.setDaemon(true);
        reader.start();
        while (reader.isAlive()) {
            long before = answered.get();
            long start = PROCESS.getProcessCpuTime();
            long blocked = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            // Of the processor: on a machine that is busy, seconds on the clock say little.
            while (reader.isAlive() && answered.get() == before) {
                reader.join(100);
                long taken = PROCESS.getProcessCpuTime() - start;
                if (answered.get() == before
                        && (taken > Duration.ofSeconds(FuzzTarget.SECONDS).toNanos()
                                || System.nanoTime() - blocked > 0)) {
                    throw new AssertionError(
                            "no answer in " + FuzzTarget.SECONDS + " seconds to " + shown(input.get()));
                }
            }
        }
        if (thrown.get() != null) {
            throw new AssertionError(shown(input.get()), thrown.get());
        }
    }

    private static List<Path> inputs(FuzzTarget target) throws IOException {
        Path folder = CORPUS.resolve(target.name());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** An input as a failure shows it, so that it can be kept. */
    private static String shown(byte[] input) {
        String hexadecimal = HexFormat.of().formatHex(input, 0, Math.min(2_000, input.length));
        return input.length + " bytes, " + hexadecimal + (input.length > 2_000 ? "…" : "");
    }
}
