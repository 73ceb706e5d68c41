package org.espalier.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.weights.KilledWriters;

/** Reports, of which a browser may read any. */
class KilledReportTest extends KilledWriters {
    private static final int CURVES = 2_000;

    @Override
    protected void write(Path into, int version) {
        RunRecord run = new RunRecord();
        Map<String, Double> values = IntStream.range(0, CURVES)
                .boxed()
                .collect(Collectors.toMap(curve -> "loss of part " + curve, curve -> (double) version));
        run.epochs.put(version, values);
        ReportPage.write(into.resolve("report.html"), "Killed", run);
    }

    @Override
    protected int version(Path in) {
        RunRecord run = new RunRecord();
        OldRun.restore(ReportPage.json(in.resolve("report.html")).orElseThrow(), run, 0, Double.MAX_VALUE);
        double version = run.epochs.places().get(0);
        assertThat(run.epochs.numbers()).hasSize(CURVES);
        assertThat(run.epochs.numbers().values())
                .allSatisfy(curve -> assertThat(curve).containsExactly(version));
        return (int) version;
    }
}
