package org.espalier.benchmarks;

/**
 * Rounds, warm-up and time limits of a measurement.
 *
 * @param rounds turns of each subject
 * @param warmUpSteps steps of each subject before them, at least
 * @param warmUpSeconds and for at least so long
 * @param turnSeconds about how long a turn is, where steps are shorter
 * @param limitSeconds after which no further round starts, once there are ten
 */
record MeasuringTime(int rounds, int warmUpSteps, double warmUpSeconds, double turnSeconds, double limitSeconds) {
    /** Rounds that a median needs. */
    private static final int ENOUGH = 10;

    /** After so long, even a few steps have warmed everything up. */
    private static final double PATIENCE_SECONDS = 8;

    /** As a benchmark wants it, or just enough to see that everything works. */
    static MeasuringTime of(Benchmark benchmark, boolean quick) {
        return quick ? new MeasuringTime(1, 1, 0, 0, 0) : new MeasuringTime(benchmark.rounds(), 3, 3, 0.1, 90);
    }

    boolean isOver(int rounds, double seconds) {
        return rounds >= this.rounds || (rounds >= ENOUGH && seconds > limitSeconds);
    }

    boolean isWarm(int steps, double seconds) {
        return (steps >= warmUpSteps || seconds >= PATIENCE_SECONDS) && seconds >= warmUpSeconds;
    }
}
