package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class TableTest {
    @TempDir
    private Path folder;

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    @Test
    void a_table_of_scikit_learn_is_read() throws IOException {
        Table table = Table.read(csv("2,3,malignant,benign\r\n17.99,1e-2,-3,0\r\n20.57, 4 ,5.5,1\r\n\r\n"));

        assertThat(table.header()).containsExactly("2", "3", "malignant", "benign");
        assertThat(table.rows()).isEqualTo(2);
        assertThat(table.columns()).isEqualTo(4);
        assertThat(table.columns(0, 3, DataType.DOUBLE).toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{17.99, 0.01, -3}, {20.57, 4, 5.5}});
        assertThat(table.column(3, DataType.FLOAT).toFloatVector()).containsExactly(0f, 1f);
    }

    @Test
    void one_column_alone_is_a_table() throws IOException {
        Table table = Table.read(csv("x\n1\n2\n3"));

        assertThat(table.columns(0, 1, DataType.FLOAT).shape()).containsExactly(3, 1);
        assertThat(table.column(0, DataType.FLOAT).shape()).containsExactly(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a,b\\n1,2\\n1,x     | a finite number in line 3, field 2 | 'x'",
                "a,b\\n1,\\n         | a finite number in line 2, field 2 | ''",
                "a,b\\n1,NaN\\n      | a finite number in line 2, field 2 | 'NaN'",
                "a,b\\n1,2\\n\\n1,2,3 | 2 fields in line 4 as above it | 3",
                "a,b\\n              | lines of numbers below a header line | none",
            })
    void a_fault_is_found_by_line_and_field(String text, String expected, String found) throws IOException {
        Path csv = csv(text.replace("\\n", "\n"));

        assertThatThrownBy(() -> Table.read(csv))
                .isInstanceOf(DataException.class)
                .hasMessage(csv + ": expected " + expected + ", found " + found);
    }

    @Test
    void missing_and_foreign_files_are_named() throws IOException {
        Path missing = folder.resolve("nothing.csv");
        Path foreign = Files.write(folder.resolve("foreign.csv"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});

        assertThatThrownBy(() -> Table.read(missing))
                .hasMessage(missing + ": expected a CSV file, found nothing there");
        assertThatThrownBy(() -> Table.read(foreign))
                .hasMessage(foreign + ": expected a text file in UTF-8, found other bytes");
    }

    @Test
    void columns_that_are_not_there_are_refused() throws IOException {
        Table table = Table.read(csv("a,b\n1,2"));

        assertThatThrownBy(() -> table.columns(1, 3, DataType.FLOAT))
                .hasMessage("expected columns within 0 to 2, found 1 to 3");
    }
}
