package org.espalier.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.OtherProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger has whole rows, one for each epoch, whenever its process is killed and wherever the disk is full. */
class KilledLedgerTest {
    private static final int KILLS = Integer.getInteger("espalier.kills", 2);
    private static final String ROW = "row";
    private static final List<LedgerEntry> LEDGER = IntStream.range(0, 20)
            .mapToObj(i -> new LedgerEntry("parameter " + i, "l1", 1.0 / 3))
            .toList();

    @TempDir
    private Path folder;

    @Test
    void killedAtAnyMomentItHasWholeRows() throws Exception {
        Random random = new Random(Long.getLong("espalier.kills.seed", 0));
        Path file = folder.resolve("ledger.csv");
        int next = 1;
        for (int kill = 0; kill < KILLS; kill++) {
            int rows = 1 + random.nextInt(200);
            try (OtherProcess process =
                    OtherProcess.start(KilledLedgerTest.class, file.toString(), String.valueOf(next))) {
                assertThat(process.awaitLines(ROW, rows)).isTrue();
                TimeUnit.MICROSECONDS.sleep(random.nextInt(2_000));
                process.kill();
            }
            assertThat(wholeRows(file)).isGreaterThanOrEqualTo(next + rows - 1);
            next = next + rows - random.nextInt(rows);
        }
    }

    @Test
    void onAFullDiskItHasTheRowsBefore() throws Exception {
        Path file = folder.resolve("ledger.csv");
        try (OtherProcess process = OtherProcess.startLimited(16, KilledLedgerTest.class, file.toString(), "1")) {
            process.awaitLine("cannot write the ledger");
        }
        int rows = wholeRows(file);
        assertThat(rows).isGreaterThan(5);
        LedgerCsv ledger = new LedgerCsv(file);
        ledger.write(rows + 1, report());
        assertThat(wholeRows(file)).isEqualTo(rows + 1);
    }

    private static int wholeRows(Path file) throws IOException {
        assertThat(Files.readString(file)).endsWith("\n");
        List<String> lines = Files.readAllLines(file);
        int columns = lines.get(0).split(",", -1).length;
        for (int i = 1; i < lines.size(); i++) {
            assertThat(lines.get(i)).startsWith(i + ",");
            assertThat(lines.get(i).split(",", -1)).hasSize(columns);
        }
        return lines.size() - 1;
    }

    private static StepReport report() {
        return StepReport.of(0.1, LEDGER);
    }

    /** The process that is killed: writes rows until then. */
    public static void main(String[] args) {
        LedgerCsv ledger = new LedgerCsv(Path.of(args[0]));
        for (int epoch = Integer.parseInt(args[1]); ; epoch++) {
            ledger.write(epoch, report());
            System.out.println(ROW);
        }
    }
}
