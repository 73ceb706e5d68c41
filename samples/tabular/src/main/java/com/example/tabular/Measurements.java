package com.example.tabular;

import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.runtime.data.table.Table;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The table of tumours: 30 measurements of the nuclei of their cells, each with mean 0 and standard deviation 1 over
 * the tumours to train on, and what they are.
 *
 * @param inputs {@code [tumours, 30]}
 * @param labels {@code [tumours]}, 0 malignant and 1 benign
 */
record Measurements(INDArray inputs, INDArray labels) {
    private static final List<String> OF_A_NUCLEUS = List.of(
            "radius",
            "texture",
            "perimeter",
            "area",
            "smoothness",
            "compactness",
            "concavity",
            "concave points",
            "symmetry",
            "fractal dimension");

    /**
     * Of the nuclei of a tumour, each measurement has its mean, its standard error, and the mean of the worst three.
     */
    static final List<String> NAMES = Stream.of("mean", "error of", "worst")
            .flatMap(of -> OF_A_NUCLEUS.stream().map(measurement -> of + " " + measurement))
            .toList();

    /** A table, cut in two. */
    record Split(Measurements training, Measurements test) {}

    /** Reads the table. Every fourth tumour is kept for the test. */
    static Split read(Path csv) {
        Table table = Table.read(csv);
        INDArray inputs = table.columns(0, NAMES.size(), DataType.FLOAT);
        INDArray labels = table.column(NAMES.size(), DataType.FLOAT);
        Measurements training = new Measurements(inputs, labels).rows(row -> row % 4 != 0);
        Measurements test = new Measurements(inputs, labels).rows(row -> row % 4 == 0);
        INDArray mean = training.inputs.mean(true, 0);
        INDArray deviation = training.inputs.std(false, true, 0);
        return new Split(training.standardized(mean, deviation), test.standardized(mean, deviation));
    }

    /** Returns the number of tumours. */
    int size() {
        return (int) inputs.size(0);
    }

    private Measurements rows(IntPredicate chosen) {
        int[] rows = IntStream.range(0, size()).filter(chosen).toArray();
        INDArray column = labels.reshape(size(), 1);
        return new Measurements(
                Nd4j.pullRows(inputs, 1, rows), Nd4j.pullRows(column, 1, rows).reshape(rows.length));
    }

    private Measurements standardized(INDArray mean, INDArray deviation) {
        return new Measurements(inputs.sub(mean).div(deviation), labels);
    }
}
