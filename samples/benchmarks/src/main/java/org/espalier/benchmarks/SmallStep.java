package org.espalier.benchmarks;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.espalier.benchmarks.subject.Subject;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A subject's step as JMH wants it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallStep {
    /** The benchmark's name. */
    @Param("")
    public String benchmark = "";

    /** The subject's name. */
    @Param("")
    public String subject = "";

    private @Nullable Subject started;

    /** Makes the subject. */
    @Setup
    public void start() {
        started = Benchmarks.start(benchmark, subject);
    }

    /** Does the work once. */
    @Benchmark
    public void step() {
        Objects.requireNonNull(started).step();
    }

    /** Ends it. */
    @TearDown
    public void end() {
        Objects.requireNonNull(started).close();
    }
}
