package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures small steps with JMH, which forks a process for each subject in each of its turns. */
final class Jmh {
    private static final int TURNS = 2;
    private static final int WARM_UPS = 4;
    private static final int MEASUREMENTS = 6;

    private Jmh() {}

    /** Nanoseconds of a step in each iteration, for each subject. */
    static List<List<Double>> measure(List<Entry> entries, boolean quick) {
        List<List<Double>> times = new ArrayList<>();
        entries.forEach(entry -> times.add(new ArrayList<>()));
        for (int turn = 0; turn < (quick ? 1 : TURNS); turn++) {
            for (int i = 0; i < entries.size(); i++) {
                times.get(i).addAll(turn(entries.get(i), quick));
            }
        }
        return times;
    }

    private static List<Double> turn(Entry entry, boolean quick) {
        OptionsBuilder options = new OptionsBuilder();
        options.include(SmallStep.class.getName())
                .param("benchmark", entry.benchmark())
                .param("subject", entry.subject())
                .forks(1)
                .jvmArgsPrepend(SubjectProcess.jvmArguments(entry).toArray(String[]::new))
                .warmupIterations(quick ? 1 : WARM_UPS)
                .measurementIterations(quick ? 1 : MEASUREMENTS)
                .warmupTime(TimeValue.milliseconds(quick ? 100 : 1_000))
                .measurementTime(TimeValue.milliseconds(quick ? 100 : 1_000))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        try {
            List<Double> nanoseconds = new ArrayList<>();
            for (RunResult run : new Runner(options.build()).run()) {
                for (BenchmarkResult fork : run.getBenchmarkResults()) {
                    for (IterationResult iteration : fork.getIterationResults()) {
                        nanoseconds.add(iteration.getPrimaryResult().getScore());
                    }
                }
            }
            return nanoseconds;
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH cannot measure " + entry.subject() + ": " + e.getMessage(), e);
        }
    }
}
