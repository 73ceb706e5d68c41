package org.espalier.training.report;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;

/** Reports that somebody changed since they were written. */
class ReportFuzzTest extends FuzzTargets {
    @Override
    protected List<FuzzTarget> targets() {
        return List.of(new FuzzTarget("report", ReportFuzzTest::runs, ReportFuzzTest::restore));
    }

    private static void restore(byte[] input) {
        RunRecord run = new RunRecord();
        try {
            OldRun.restore(new String(input, StandardCharsets.UTF_8), run, 1_000, 10);
        } catch (IllegalArgumentException documented) {
            return;
        }
        run.json();
    }

    private static List<byte[]> runs() {
        RunRecord run = new RunRecord();
        for (int step = 1; step <= 3; step++) {
            run.steps.put(step, Map.of("loss", 1.0 / step));
        }
        run.epochs.put(1, Map.of("validation", 0.5));
        return List.of(run.json().getBytes(StandardCharsets.UTF_8));
    }
}
