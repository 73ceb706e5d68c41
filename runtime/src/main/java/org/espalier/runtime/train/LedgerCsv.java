package org.espalier.runtime.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.Magnitudes;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.io.AtomicFile;
import org.espalier.runtime.optim.LedgerEntry;

/**
 * Writes what the loss is made of, a row for each epoch:
 *
 * <pre>
 *   epoch,data,elastic:l1,elastic:l2,total
 *   1,0.2134,0.0021,0.0007,0.2162
 * </pre>
 *
 * <p>For each parameter whose sparsity the network reports, columns follow with the share of exact zeros after the
 * epoch, {@code zeros:conv.weight}, and if a threshold is given, of small numbers, {@code below 0.001:conv.weight}.
 *
 * <p>Rows are on the disk when {@link #write} returns, so a run that is killed leaves those it came to.
 */
public final class LedgerCsv {
    private final Path file;
    private List<String> columns = List.of();

    /**
     * Of a file that the first row begins anew, unless that is of a later epoch than the first: then the rows of the
     * epochs before it stay.
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
     */
    public void write(int epoch, StepReport report, List<Magnitudes> sparsity) {
        List<String> names = new ArrayList<>(List.of("epoch", "data"));
        List<String> values = new ArrayList<>(List.of(String.valueOf(epoch), String.valueOf(report.dataLoss())));
        for (LedgerEntry entry : report.ledger()) {
            names.add(entry.name());
            values.add(String.valueOf(entry.value()));
        }
        names.add("total");
        values.add(String.valueOf(report.total()));
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
            }
            if (!columns.equals(names)) {
                throw new IllegalArgumentException("the ledger has the columns " + columns + ", not " + names);
            }
            Files.writeString(file, row(values), StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the ledger " + file, failure);
        }
    }

    private void begin(int epoch, List<String> names) throws IOException {
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
