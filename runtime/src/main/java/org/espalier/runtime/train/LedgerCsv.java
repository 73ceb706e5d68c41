package org.espalier.runtime.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.Magnitudes;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.AtomicFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the loss is made of, a row for each epoch:
 *
 * <pre>
 *   epoch,data,elastic:l1,elastic:l2,total
 *   1,0.2134,0.0021,0.0007,0.2162
 * </pre>
 *
 * <p>A network with several losses has a column for each behind {@code data}, which is their sum:
 * {@code data,L1Loss,BCEWithLogitsLoss}.
 *
 * <p>Columns for what is measured on validation data follow the total, {@code validation:loss}, empty after epochs
 * without validation. For each parameter whose sparsity the network reports, columns follow with the share of exact
 * zeros after the epoch, {@code zeros:conv.weight}, and if a threshold is given, of small numbers, {@code below
 * 0.001:conv.weight}.
 *
 * <p>Rows are in the file when {@link #write} returns, so a run that is killed leaves those it came to. A run of a
 * {@link Trainer} that fails within an epoch leaves a row for what it did of it, whose epoch is a fraction: 2.5 in the
 * middle of the third.
 */
public final class LedgerCsv {
    private static final String BEGINNING = "epoch,data,";

    private final Path file;
    private List<String> columns = List.of();
    private State left = new State(null, 0);

    /** A file, so that one which somebody else has changed is noticed. */
    private record State(@Nullable Object key, long size) {
        static State of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(attributes.fileKey(), attributes.size());
        }
    }

    /**
     * Of a file that the first row begins anew, unless that is of a later epoch than the first: then the rows of the
     * epochs before it stay. A file that is no ledger is not overwritten.
     *
     * @param file its folders are made if need be
     */
    public LedgerCsv(Path file) {
        this.file = file;
    }

    /**
     * Adds a row.
     *
     * @param epoch counted from 1
     * @param report of the epoch
     * @throws UncheckedIOException if that fails
     * @throws IllegalArgumentException if the report has other penalties than the first one
     * @throws IllegalStateException if somebody else has written to the file since the row before
     */
    public void write(int epoch, StepReport report) {
        write(epoch, report, List.of());
    }

    /**
     * Adds a row that has sparsities too.
     *
     * @param epoch counted from 1
     * @param report of the epoch
     * @param sparsity of parameters after the epoch
     * @throws UncheckedIOException if that fails
     * @throws IllegalArgumentException if the report has other penalties, or the parameters are others, than the first
     *     one's
     * @throws IllegalStateException if somebody else has written to the file since the row before
     */
    public void write(int epoch, StepReport report, List<Magnitudes> sparsity) {
        write(epoch, report, sparsity, Map.of());
    }

    /**
     * Adds a row with sparsities and what was measured on validation data.
     *
     * @param validation numbers by their names; NaN where there is none
     */
    void write(int epoch, StepReport report, List<Magnitudes> sparsity, Map<String, Double> validation) {
        write(epoch, String.valueOf(epoch), report, sparsity, validation);
    }

    /**
     * Adds a row of an epoch that was not finished, under the number of epochs that are done, {@code 2.5}. The row of
     * the epoch itself, once it is finished, replaces it.
     */
    void writeUnfinished(double epochs, StepReport report, List<Magnitudes> sparsity, Map<String, Double> validation) {
        write((int) epochs + 1, String.valueOf(epochs), report, sparsity, validation);
        columns = List.of();
    }

    private void write(
            int epoch, String name, StepReport report, List<Magnitudes> sparsity, Map<String, Double> validation) {
        List<String> names = new ArrayList<>(List.of("epoch", "data"));
        List<String> values = new ArrayList<>(List.of(name, String.valueOf(report.dataLoss())));
        for (LossEntry loss : report.losses()) {
            names.add(loss.name());
            values.add(String.valueOf(loss.value()));
        }
        for (LedgerEntry entry : report.ledger()) {
            names.add(entry.name());
            values.add(String.valueOf(entry.value()));
        }
        names.add("total");
        values.add(String.valueOf(report.total()));
        validation.forEach((number, value) -> {
            names.add("validation:" + number);
            values.add(Double.isNaN(value) ? "" : String.valueOf(value));
        });
        for (Magnitudes one : sparsity) {
            names.add("zeros:" + one.parameter());
            values.add(String.valueOf(one.zeros()));
            if (one.below() > 0) {
                names.add("below " + one.below() + ":" + one.parameter());
                values.add(String.valueOf(one.small()));
            }
        }
        try {
            if (columns.isEmpty()) {
                begin(epoch, names);
            } else if (!State.of(file).equals(left)) {
                throw new IllegalStateException(file + " was changed by somebody else since the row before epoch "
                        + name + " was written; a ledger is one run's");
            }
            if (!columns.equals(names)) {
                throw new IllegalArgumentException("the ledger has the columns " + columns + ", not " + names);
            }
            append(row(values));
            left = State.of(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the ledger " + file + ": " + failure, failure);
        }
    }

    /** Adds a row or, on a disk that is full, nothing. */
    private void append(String row) throws IOException {
        long before = Files.size(file);
        try {
            Files.writeString(file, row, StandardOpenOption.APPEND);
        } catch (IOException full) {
            try (FileChannel rows = FileChannel.open(file, StandardOpenOption.WRITE)) {
                rows.truncate(before);
            } catch (IOException second) {
                full.addSuppressed(second);
            }
            throw full;
        }
    }

    /** Refuses to overwrite what is no ledger. */
    void requireReplaceable() {
        try {
            requireLedger();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the ledger " + file + ": " + failure.getMessage(), failure);
        }
    }

    private void requireLedger() throws IOException {
        AtomicFile.requireReplaceable(
                file, "a ledger", start -> new String(start, StandardCharsets.UTF_8).startsWith(BEGINNING));
    }

    private void begin(int epoch, List<String> names) throws IOException {
        requireLedger();
        StringBuilder rows = new StringBuilder(row(names));
        if (epoch > 1 && Files.exists(file)) {
            List<String> before = Files.readAllLines(file);
            if (before.isEmpty() || !(before.get(0) + "\n").equals(row(names))) {
                throw new IllegalArgumentException(
                        file + " is not the ledger of the epochs before: its columns should be " + names);
            }
            before.stream()
                    .skip(1)
                    .filter(line -> isBefore(epoch, line))
                    .forEach(line -> rows.append(line).append('\n'));
        }
        AtomicFile.write(file, rows.toString().getBytes(StandardCharsets.UTF_8));
        columns = names;
    }

    private static boolean isBefore(int epoch, String line) {
        int comma = line.indexOf(',');
        return comma > 0
                && line.substring(0, comma).matches("[0-9]{1,9}")
                && Integer.parseInt(line.substring(0, comma)) < epoch;
    }

    private static String row(List<String> cells) {
        return String.join(",", cells.stream().map(LedgerCsv::quoted).toList()) + "\n";
    }

    /** As RFC 4180 says. */
    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
    }
}
