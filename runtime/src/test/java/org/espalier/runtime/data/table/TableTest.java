package org.espalier.runtime.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.espalier.runtime.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class TableTest {
    @TempDir
    private Path folder;

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    @Test
    void aTableOfScikitLearnIsRead() throws IOException {
        Table table = Table.read(csv("2,3,malignant,benign\r\n17.99,1e-2,-3,0\r\n20.57, 4 ,5.5,1\r\n\r\n"));

        assertThat(table.header()).containsExactly("2", "3", "malignant", "benign");
        assertThat(table.rows()).isEqualTo(2);
        assertThat(table.columns()).isEqualTo(4);
        assertThat(table.columns(0, 3, DataType.DOUBLE).toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{17.99, 0.01, -3}, {20.57, 4, 5.5}});
        assertThat(table.column(3, DataType.FLOAT).toFloatVector()).containsExactly(0f, 1f);
    }

    @Test
    void oneColumnAloneIsATable() throws IOException {
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
                "a,b\\n1,1f\\n       | a finite number in line 2, field 2 | '1f'",
                "a,b\\n1,1d\\n       | a finite number in line 2, field 2 | '1d'",
                "a,b\\n1,0x1p3\\n    | a finite number in line 2, field 2 | '0x1p3'",
                "a,b\\n1,Infinity\\n | a finite number in line 2, field 2 | 'Infinity'",
                "a,b\\n1,-inf\\n     | a finite number in line 2, field 2 | '-inf'",
                "a,b\\n1,1e400\\n    | a finite number in line 2, field 2 | '1e400'",
                "a,b\\n1,1_000\\n    | a finite number in line 2, field 2 | '1_000'",
                "a,b\\n1,.\\n        | a finite number in line 2, field 2 | '.'",
                "a,b\\n1,e5\\n       | a finite number in line 2, field 2 | 'e5'",
                "a,b\\n1,1e\\n       | a finite number in line 2, field 2 | '1e'",
                "a,b\\n1,1e+\\n      | a finite number in line 2, field 2 | '1e+'",
                "a,b\\n1,+-1\\n      | a finite number in line 2, field 2 | '+-1'",
                "a,b\\n1,1 2\\n      | a finite number in line 2, field 2 | '1 2'",
                "a,b\\n1,1.2.3\\n    | a finite number in line 2, field 2 | '1.2.3'",
                "a,b\\n1,\u0663\\n   | a finite number in line 2, field 2 | '\u0663'",
                "a,b\\n1,2,\\n       | a finite number in line 2, field 3 | ''",
                "a,b\\n1;2\\n        | a finite number in line 2, field 1 | '1;2'",
                "a,b\\n1,\u001b[2J\\n | a finite number in line 2, field 2 | '\\u001b[2J'",
                "a,b\\n1,2\\n1,~2\\n    | a quotation mark that ends the field which one begins in line 3 | none",
                "a,b\\n1,~2~3x\\n    | a finite number in line 2, field 2 | '23x'",
                "a,b\\n1,2\\n\\n1,2,3 | 2 fields in line 4 as above it | 3",
                "a,b\\n              | lines of numbers below a header line | none",
            })
    void aFaultIsFoundByLineAndField(String text, String expected, String found) throws IOException {
        Path csv = csv(text.replace('~', '"').replace("\\n", "\n"));

        assertThatThrownBy(() -> Table.read(csv))
                .isInstanceOf(DataException.class)
                .hasMessageMatching(Pattern.quote(csv + ": expected " + expected + ", found " + found)
                        + "(; a comma separates fields|; missing\\(.*)?");
    }

    @Test
    void aFieldThatIsNoNumberComesWithAdvice() throws IOException {
        Path csv = csv("size,kind\n1,rose\n");
        assertThatThrownBy(() -> Table.read(csv))
                .hasMessage(csv + ": expected a finite number in line 2, field 2, found 'rose'; missing(\"rose\") of a"
                        + " TableReader takes it for a missing number, categories(\"kind\") the column for one of"
                        + " words");
        Path gap = csv("size,kind\n1,\n");
        assertThatThrownBy(() -> Table.read(gap))
                .hasMessage(gap + ": expected a finite number in line 2, field 2, found ''; missing(\"\") of a"
                        + " TableReader takes it for a missing number");
        Path semicolons = csv("size;kind\n1,5;2\n");
        assertThatThrownBy(() -> Table.read(semicolons))
                .hasMessage(semicolons
                        + ": expected a finite number in line 2, field 2, found '5;2'; a comma separates fields");
        Path words = csv("size\tkind\n1\trose\n");
        assertThatThrownBy(() -> new TableReader().categories("kind").read(words))
                .hasMessage(words + ": expected one column 'kind', found none; there are [size\tkind]; a comma"
                        + " separates fields");
    }

    @Test
    void aFirstLineOfNumbersIsNoHeaderUnlessItCountsColumns() throws IOException {
        Path csv = csv("1.5,2\n3,4\n");
        assertThatThrownBy(() -> Table.read(csv))
                .isInstanceOf(DataException.class)
                .hasMessage(csv + ": expected a header line, which names the columns, above the lines of numbers, found"
                        + " numbers [1.5, 2] in line 1; add a line such as 'a,b,c' above them");
        assertThatThrownBy(() -> new TableReader().batches(csv("5\n6\n"), List.of("5"), "5", 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("found numbers [5] in line 1");
        for (String header : List.of("0,1", "1,2", "a,2")) {
            assertThat(Table.read(csv(header + "\n3,4\n")).rows()).isEqualTo(1);
        }
    }

    @Test
    void namesAreThoseOfColumnsOnlyIfThereAreAsMany() throws IOException {
        for (String header : List.of("size,kind", "row,size,kind,colour")) {
            Path csv = csv(header + "\n1,2,3\n");
            Table table = Table.read(csv);
            assertThat(table.column(1, DataType.INT32).toIntVector()).containsExactly(2);
            assertThatThrownBy(() -> table.column("kind", DataType.FLOAT))
                    .isInstanceOf(DataException.class)
                    .hasMessage(csv + ": expected a header with a name for each of the 3 columns, found "
                            + header.split(",").length + " fields: [" + header.replace(",", ", ")
                            + "]; columns(from, to, type) takes columns by their places");
        }
    }

    @Test
    void numbersAreReadAsCsvFilesWriteThem() throws IOException {
        Path csv = csv("\uFEFF\"one, two\",\"a \"\"b\"\"\"\r+1, -2.5e-1\r\"3\",.5\r\n\n4., \t0E+5 \n1e-400,-0\n");

        Table table = Table.read(csv);

        assertThat(table.header()).containsExactly("one, two", "a \"b\"");
        assertThat(table.columns(0, 2, DataType.DOUBLE).toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{1, -0.25}, {3, 0.5}, {4, 0}, {0, -0.0}});
    }

    @Test
    void aLineIsCountedWhateverEndsIt() throws IOException {
        Path csv = csv("\"two\nlines\"\r\n1\r\r2\nx");

        assertThatThrownBy(() -> Table.read(csv))
                .hasMessage(
                        csv
                                + ": expected a finite number in line 6, field 1, found 'x'; missing(\"x\") of a TableReader"
                                + " takes it for a missing number, categories(\"two\\u000alines\") the column for one of words");
    }

    @Test
    void aNumberThatTheTypeCannotHoldIsRefusedByLineAndField() throws IOException {
        Path csv = csv("a,b\n\n1,3.4028234e38\n2,1e39\n-1.5,70000\n");
        Table table = Table.read(csv);

        assertThat(table.columns(0, 2, DataType.DOUBLE).getDouble(1, 1)).isEqualTo(1e39);
        assertThat(table.column(0, DataType.FLOAT).toFloatVector()).containsExactly(1f, 2f, -1.5f);
        assertThatThrownBy(() -> table.columns(0, 2, DataType.FLOAT))
                .isInstanceOf(DataException.class)
                .hasMessage(csv + ": expected a number that FLOAT can hold in line 4, field 2, found 1.0E39");
        assertThatThrownBy(() -> table.column(1, DataType.FLOAT16))
                .hasMessage(csv + ": expected a number that HALF can hold in line 3, field 2, found 3.4028234E38");
        assertThatThrownBy(() -> table.column(0, DataType.INT32))
                .hasMessage(csv + ": expected a number that INT can hold in line 5, field 1, found -1.5");
        assertThatThrownBy(() -> table.column(1, DataType.INT64))
                .hasMessage(csv + ": expected a number that LONG can hold in line 3, field 2, found 3.4028234E38");
        assertThatThrownBy(() -> table.column(0, DataType.UTF8)).hasMessage("expected a type of number, found UTF8");
    }

    @Test
    void theGreatestFloatIsTheOneThatRoundsToItAndTheSmallestIs0() throws IOException {
        Table table = Table.read(csv("a\n3.40282356e38\n-3.40282356e38\n1e-50\n1e-45\n"));

        assertThat(table.column(0, DataType.FLOAT).toFloatVector())
                .containsExactly(Float.MAX_VALUE, -Float.MAX_VALUE, 0, Float.MIN_VALUE);
    }

    @Test
    void wholeNumbersAreLabelsOfAnyType() throws IOException {
        Table table = Table.read(csv("a\n0\n1\n1\n"));

        for (DataType type : List.of(DataType.INT32, DataType.INT64, DataType.INT16, DataType.UINT8, DataType.BOOL)) {
            INDArray column = table.column(0, type);
            assertThat(column.dataType()).isEqualTo(type);
            assertThat(column.castTo(DataType.INT32).toIntVector()).containsExactly(0, 1, 1);
        }
        assertThatThrownBy(() -> Table.read(csv("a\n256\n")).column(0, DataType.UINT8))
                .hasMessageContaining("a number that UBYTE can hold in line 2, field 1, found 256.0");
    }

    @Test
    void aLineWithoutEndDoesNotFillTheMemory() throws IOException {
        Path csv = csv("a\n" + "1".repeat((1 << 24) + 1));

        assertThatThrownBy(() -> Table.read(csv))
                .isInstanceOf(DataException.class)
                .hasMessage(csv + ": expected at most 16777216 characters from line 2 to the end of its record, found"
                        + " more");
    }

    @Test
    void missingAndForeignFilesAreNamed() throws IOException {
        Path missing = folder.resolve("nothing.csv");
        Path foreign = Files.write(folder.resolve("foreign.csv"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});

        assertThatThrownBy(() -> Table.read(missing))
                .hasMessage(missing + ": expected a CSV file, found nothing there");
        assertThatThrownBy(() -> Table.read(foreign))
                .hasMessage(foreign + ": expected a text file in UTF-8, found other bytes");
    }

    @Test
    void columnsThatAreNotThereAreRefused() throws IOException {
        Table table = Table.read(csv("a,b\n1,2"));

        assertThatThrownBy(() -> table.columns(1, 3, DataType.FLOAT))
                .hasMessage("expected columns within 0 to 2, found 1 to 3");
    }
}
