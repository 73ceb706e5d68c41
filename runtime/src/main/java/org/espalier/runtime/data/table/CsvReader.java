package org.espalier.runtime.data.table;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.DataFiles;

/**
 * Reads a file of comma-separated values (RFC 4180), a record at a time: fields in quotation marks may hold commas,
 * ends of lines, and quotation marks, doubled. A byte order mark is passed over; lines end as on any system.
 */
final class CsvReader implements AutoCloseable {
    /** No table has such a line; a file without ends of lines would fill the memory. */
    private static final int LONGEST = 1 << 24;

    private static final int END = -1;

    private final Path file;
    private final Reader reader;
    private final char[] buffer = new char[1 << 13];
    private int at;
    private int filled;
    private boolean begun;
    private int next;
    private int line = 1;
    private int recordLine = 1;
    private int length;

    /** @throws DataException if the file is missing or cannot be read */
    CsvReader(Path file) {
        this.file = file;
        this.reader = new InputStreamReader(DataFiles.open(file, "a CSV file"), StandardCharsets.UTF_8.newDecoder());
    }

    /**
     * The fields of the next record, or empty at the end of the file. An empty line is a record of one empty field.
     *
     * @throws DataException if the file cannot be read, is not UTF-8, or has a quoted field that does not end
     */
    Optional<List<String>> read() {
        if (!begun) {
            begun = true;
            advance();
            if (next == '\uFEFF') {
                advance();
            }
        }
        if (next == END) {
            return Optional.empty();
        }
        recordLine = line;
        length = 0;
        List<String> fields = new ArrayList<>();
        fields.add(field());
        while (next == ',') {
            advance();
            fields.add(field());
        }
        endLine();
        return Optional.of(fields);
    }

    /** The number of the line, from 1, in which the record that was read last begins. */
    int line() {
        return recordLine;
    }

    private String field() {
        StringBuilder field = new StringBuilder();
        if (next == '"') {
            quoted(field);
        }
        while (next != ',' && next != '\n' && next != '\r' && next != END) {
            take(field);
        }
        return field.toString();
    }

    private void quoted(StringBuilder field) {
        advance();
        while (true) {
            if (next == END) {
                throw new DataException(
                        file, "a quotation mark that ends the field which one begins in line " + recordLine, "none");
            }
            if (next == '"') {
                advance();
                if (next != '"') {
                    return;
                }
            }
            take(field);
        }
    }

    private void take(StringBuilder field) {
        if (++length > LONGEST) {
            throw new DataException(
                    file,
                    "at most " + LONGEST + " characters from line " + recordLine + " to the end of its record",
                    "more");
        }
        field.append((char) next);
        if (next == '\n') {
            line++;
        }
        advance();
    }

    private void endLine() {
        if (next == '\r') {
            advance();
            if (next != '\n') {
                line++;
                return;
            }
        }
        if (next == '\n') {
            line++;
            advance();
        }
    }

    private void advance() {
        if (at == filled) {
            fill();
        }
        next = at < filled ? buffer[at++] : END;
    }

    private void fill() {
        try {
            filled = Math.max(0, reader.read(buffer));
            at = 0;
        } catch (CharacterCodingException e) {
            throw new DataException(file, "a text file in UTF-8", "other bytes", e);
        } catch (IOException e) {
            throw new DataException(file, "a CSV file", "a file that cannot be read (" + e + ")", e);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new DataException(file, "a CSV file", "a file that cannot be closed (" + e + ")", e);
        }
    }
}
