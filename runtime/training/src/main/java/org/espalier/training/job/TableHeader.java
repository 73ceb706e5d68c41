package org.espalier.training.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.runtime.data.DataException;

/** Reads the first line of a table that cannot be read as one of numbers. */
final class TableHeader {
    private TableHeader() {}

    /** The name of the last column. */
    static String last(Path csv) {
        try (BufferedReader lines = Files.newBufferedReader(csv)) {
            String header = lines.readLine();
            if (header == null) {
                throw new DataException(csv, "a header line", "none");
            }
            String last = header.substring(header.lastIndexOf(',') + 1).strip();
            return last.startsWith("\"") && last.endsWith("\"") && last.length() > 1
                    ? last.substring(1, last.length() - 1)
                    : last;
        } catch (IOException e) {
            throw new DataException(csv, "a CSV file", "a file that cannot be read (" + e + ")", e);
        }
    }
}
