package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Lets processes take turns, so that whatever else the machine does meets them all alike. */
final class Turns {
    /**
     * Threads wait actively for a while after their last work, and would take a core from whose turn is next: ONNX
     * Runtime's for 30 to 40 ms, those of OpenMP and of Espalier for less.
     */
    private static final int SETTLE_MILLISECONDS = 60;

    private final MeasuringTime effort;

    Turns(MeasuringTime effort) {
        this.effort = effort;
    }

    /** Nanoseconds of a step in each turn, for each process. */
    List<List<Double>> measure(List<SubjectProcess> processes) {
        List<Integer> steps = processes.stream().map(this::warmUp).toList();
        List<List<Double>> times = new ArrayList<>();
        processes.forEach(process -> times.add(new ArrayList<>()));
        long start = System.nanoTime();
        int rounds = 0;
        while (!effort.isOver(rounds, (System.nanoTime() - start) / 1e9)) {
            for (int i = 0; i < processes.size(); i++) {
                settle();
                times.get(i).add(processes.get(i).run(steps.get(i)));
            }
            rounds++;
        }
        return times;
    }

    /** Returns how many steps fill a turn. */
    private int warmUp(SubjectProcess process) {
        long start = System.nanoTime();
        int steps = 0;
        int next = 1;
        do {
            double last = process.run(next);
            steps += next;
            next = fitting(last / 1e9);
        } while (!effort.isWarm(steps, (System.nanoTime() - start) / 1e9));
        return next;
    }

    private int fitting(double secondsOfStep) {
        return (int) Math.max(1, Math.min(1_000_000, Math.round(effort.turnSeconds() / Math.max(secondsOfStep, 1e-9))));
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SubjectException("interrupted");
        }
    }
}
