package org.espalier.runtime.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class TableReaderTest {
    private static final String FLOWERS =
            "petal, width ,species\n1.5,0.25,rose\n2.5,,daisy\n NA ,0.5,rose\n4,0.75,tulip\n";

    @TempDir
    private Path folder;

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    @Test
    void columnsAreTakenByTheirNames() throws IOException {
        Table table = new TableReader().missing("", "NA").categories("species").read(csv(FLOWERS));

        assertThat(table.columns(List.of("width", "petal"), DataType.DOUBLE)
                        .ravel()
                        .toDoubleVector())
                .containsExactly(0.25, 1.5, Double.NaN, 2.5, 0.5, Double.NaN, 0.75, 4);
        assertThat(table.categories("species")).containsExactly("daisy", "rose", "tulip");
        assertThat(table.column("species", DataType.INT32).toIntVector()).containsExactly(1, 0, 1, 2);
        assertThat(table.categories("petal")).isEmpty();
    }

    @Test
    void aColumnThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        Path csv = csv("a,b,b\n1,2,3\n");
        Table table = Table.read(csv);

        assertThatThrownBy(() -> table.column("c", DataType.FLOAT))
                .isInstanceOf(DataException.class)
                .hasMessage(csv + ": expected one column 'c', found none; there are [a, b, b]");
        assertThatThrownBy(() -> table.columns(List.of("a", "b"), DataType.FLOAT))
                .hasMessage(csv + ": expected one column 'b', found several among [a, b, b]");
        assertThatThrownBy(() -> new TableReader().categories("kind").read(csv))
                .hasMessage(csv + ": expected one column 'kind', found none; there are [a, b, b]");
    }

    @Test
    void whatIsNeitherANumberNorMissingIsNamedByLineAndField() throws IOException {
        Path csv = csv("a,b\n1,?\n");

        assertThatThrownBy(() -> new TableReader().missing("NA").read(csv))
                .hasMessage(csv
                        + ": expected a finite number in line 2, field 2, found '?'; missing(\"?\") of a TableReader"
                        + " takes it for a missing number, categories(\"b\") the column for one of words");
        Table table = new TableReader().missing("?").read(csv);
        assertThat(table.column("b", DataType.FLOAT).getFloat(0)).isNaN();
        assertThatThrownBy(() -> table.column("b", DataType.INT32))
                .hasMessage(csv + ": expected a number that INT can hold in line 2, field 2, found a missing one");
    }

    @Test
    void wordsGivenAreTheOnlyOnesAndKeepTheirOrder() throws IOException {
        List<String> words = List.of("tulip", "rose", "daisy");
        Path csv = csv("species\nrose\ntulip\n");

        assertThat(new TableReader()
                        .categories("species", words)
                        .read(csv)
                        .column("species", DataType.FLOAT)
                        .toFloatVector())
                .containsExactly(1, 0);
        assertThatThrownBy(() ->
                        new TableReader().categories("species", List.of("rose")).read(csv))
                .hasMessage(csv + ": expected one of [rose] in line 3, field 1, found 'tulip'");
    }

    @Test
    void anEmptyLineOfOneColumnIsAMissingNumberIfEmptyFieldsAre() throws IOException {
        Path csv = csv("a\n1\n\n3\n");

        assertThat(Table.read(csv).rows()).isEqualTo(2);
        assertThat(new TableReader().missing("").read(csv).rows()).isEqualTo(3);
    }

    @Test
    void batchesAreReadInTheOrderOfTheLines() throws IOException {
        Batches batches = new TableReader()
                .missing("", "NA")
                .categories("species", List.of("daisy", "rose", "tulip"))
                .batches(csv(FLOWERS), List.of("width"), "species", 3);

        assertThat(batches.perEpoch()).isEqualTo(2);
        for (int epoch = 1; epoch <= 2; epoch++) {
            List<Double> seen = new ArrayList<>();
            for (Batch batch : batches.epoch(epoch)) {
                for (int i = 0; i < batch.size(); i++) {
                    seen.add(batch.input().getDouble(i, 0));
                    seen.add(batch.target().getDouble(i));
                }
            }
            assertThat(seen).containsExactly(0.25, 1.0, Double.NaN, 0.0, 0.5, 1.0, 0.75, 2.0);
        }
    }

    @Test
    void faultsOfLinesAreFoundBeforeTheFirstEpoch() throws IOException {
        Path csv = csv("a,b\n1,2\n1,x\n");
        TableReader reader = new TableReader();

        assertThatThrownBy(() -> reader.batches(csv, List.of("a"), "b", 2))
                .hasMessageStartingWith(csv + ": expected a finite number in line 3, field 2, found 'x'; missing(");
        Path gap = csv("a,b\n1,2\n,2\n1,\n");
        assertThatThrownBy(() -> reader.missing("").batches(gap, List.of("a"), "b", 2))
                .hasMessage(gap + ": expected a target in line 4, field 2, found a missing one; leave such lines out of"
                        + " the file");
        Path large = csv("a,b\n1,2\n1e39,2\n");
        assertThatThrownBy(() -> reader.batches(large, List.of("a"), "b", 2))
                .hasMessage(large + ": expected a number that FLOAT can hold in line 3, field 1, found 1.0E39");
        assertThatThrownBy(() -> reader.categories("b").batches(large, List.of("a"), "b", 2))
                .hasMessage("expected the words of column 'b', which batches cannot collect ahead; give"
                        + " categories(column, words)");
    }

    @Test
    void aFileThatChangesIsNoticed() throws IOException {
        Path csv = csv("a,b\n1,2\n3,4\n");
        Batches batches = new TableReader().batches(csv, List.of("a"), "b", 2);
        csv("a,b\n1,2\n");

        assertThatThrownBy(() -> batches.epoch(1).iterator().next())
                .hasMessage(csv + ": expected 2 rows as when they were counted, found fewer");
    }
}
