package org.espalier.runtime.train;

import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.kernel.loss.DataLosses;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;

/**
 * The mean of several reports, each counted as often as it has examples: what an epoch's loss is called, although the
 * weights change on the way.
 */
public final class MeanReport {
    private long examples;
    private double dataLoss;
    private List<LossEntry> losses = List.of();
    private final List<LedgerEntry> sums = new ArrayList<>();

    /**
     * Running sums over the reports that were counted in.
     *
     * @param examples of all reports
     * @param dataLoss sum over the examples
     * @param losses sums over the examples, of a network with several losses
     * @param penalties sums over the examples
     */
    record Sums(long examples, double dataLoss, List<LossEntry> losses, List<LedgerEntry> penalties) {
        Sums {
            losses = List.copyOf(losses);
            penalties = List.copyOf(penalties);
        }
    }

    /** Of no report yet. */
    public MeanReport() {}

    /** Goes on from sums. */
    MeanReport(Sums sums) {
        examples = sums.examples();
        dataLoss = sums.dataLoss();
        losses = sums.losses();
        this.sums.addAll(sums.penalties());
    }

    /** Tells whether nothing was counted in. */
    boolean isEmpty() {
        return examples == 0;
    }

    Sums sums() {
        return new Sums(examples, dataLoss, losses, sums);
    }

    /**
     * Counts a report in.
     *
     * @param report of one step
     * @param size examples of its batch
     * @throws IllegalArgumentException if its ledger has other entries than the first one's
     */
    public void add(StepReport report, int size) {
        if (examples == 0) {
            report.ledger().forEach(entry -> sums.add(new LedgerEntry(entry.group(), entry.term(), 0)));
        }
        if (examples > 0 && report.losses().size() != losses.size()) {
            throw new IllegalArgumentException(
                    "a report has " + report.losses().size() + " losses, the first had " + losses.size());
        }
        if (report.ledger().size() != sums.size()) {
            throw new IllegalArgumentException(
                    "a report has " + report.ledger().size() + " penalties, the first had " + sums.size());
        }
        examples += size;
        dataLoss += size * report.dataLoss();
        losses = DataLosses.sum(
                losses, report.losses().stream().map(loss -> loss.times(size)).toList());
        for (int i = 0; i < sums.size(); i++) {
            LedgerEntry sum = sums.get(i);
            sums.set(
                    i,
                    new LedgerEntry(
                            sum.group(),
                            sum.term(),
                            sum.value() + size * report.ledger().get(i).value()));
        }
    }

    /**
     * The mean.
     *
     * @throws IllegalStateException if nothing was counted in
     */
    public StepReport mean() {
        if (examples == 0) {
            throw new IllegalStateException("the mean of no report is not known");
        }
        return StepReport.of(
                dataLoss / examples,
                losses.stream().map(loss -> loss.times(1.0 / examples)).toList(),
                sums.stream()
                        .map(sum -> new LedgerEntry(sum.group(), sum.term(), sum.value() / examples))
                        .toList());
    }
}
