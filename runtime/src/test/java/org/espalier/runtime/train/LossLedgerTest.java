package org.espalier.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of networks with several losses, in means and in ledgers. */
class LossLedgerTest {
    private static StepReport report(double first, double second) {
        return StepReport.of(
                first + second,
                List.of(new LossEntry("L1Loss", 100, first), new LossEntry("BCELoss", 1, second)),
                List.of(new LedgerEntry("elastic", "l1", 0.5)));
    }

    @Test
    void aLedgerHasAColumnForEachLoss(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("ledger.csv");

        new LedgerCsv(file).write(1, report(3, 0.25));

        assertThat(Files.readAllLines(file))
                .containsExactly("epoch,data,L1Loss,BCELoss,elastic:l1,total", "1,3.25,3.0,0.25,0.5,3.75");
    }

    @Test
    void aMeanHasTheMeanOfEachLoss() {
        MeanReport mean = new MeanReport();
        mean.add(report(3, 0.25), 1);
        mean.add(report(1, 1.25), 3);

        assertThat(mean.mean().losses())
                .containsExactly(new LossEntry("L1Loss", 100, 1.5), new LossEntry("BCELoss", 1, 1));
        assertThat(mean.mean().dataLoss()).isEqualTo(2.5);
    }

    @Test
    void aMeanIsOfReportsWithTheSameLosses() {
        MeanReport mean = new MeanReport();
        mean.add(report(3, 0.25), 1);
        StepReport other = StepReport.of(1, List.of(new LedgerEntry("elastic", "l1", 0.5)));

        assertThatThrownBy(() -> mean.add(other, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a report has 0 losses, the first had 2");
    }

    @Test
    void aCheckpointNotesEachLoss() {
        MeanReport mean = new MeanReport();
        mean.add(report(3, 0.25), 2);

        assertThat(new Position(0, 1, 4, 2, mean.sums()).notes())
                .containsEntry("trainer.losses", "2")
                .containsEntry("trainer.losses.0.name", "L1Loss")
                .containsEntry("trainer.losses.0.weight", "100.0")
                .containsEntry("trainer.losses.1.sum", "0.5");
    }
}
