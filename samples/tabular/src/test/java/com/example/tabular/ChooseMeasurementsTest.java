package com.example.tabular;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.tabular.ChooseMeasurements.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChooseMeasurementsTest {
    private static List<Point> path;

    @BeforeAll
    static void train() {
        path = ChooseMeasurements.path(Measurements.read(ChooseMeasurements.DATA));
    }

    @Test
    void allMeasurementsAreUsedWhileThatCostsNextToNothing() {
        assertThat(path.get(0).survivors()).hasSize(30);
    }

    @Test
    void everFewerMeasurementsAreUsedAsLambdaGrows() {
        for (int i = 1; i < path.size(); i++) {
            assertThat(path.get(i).survivors().size())
                    .isLessThanOrEqualTo(path.get(i - 1).survivors().size());
        }
    }

    @Test
    void lessThanAThirdOfTheMeasurementsDoAsWellAsAll() {
        Point last = path.get(path.size() - 1);

        assertThat(last.survivors().size()).isBetween(3, 9);
        assertThat(last.accuracy())
                .isGreaterThan(0.92)
                .isGreaterThan(path.get(0).accuracy() - 0.03);
    }

    @Test
    void trainingInputsHaveMean0AndDeviation1() {
        Measurements.Split tumours = Measurements.read(ChooseMeasurements.DATA);

        assertThat(tumours.training().size() + tumours.test().size()).isEqualTo(569);
        assertThat(tumours.training().inputs().mean(0).amaxNumber().doubleValue())
                .isLessThan(1e-5);
        assertThat(tumours.training()
                        .inputs()
                        .std(false, true, 0)
                        .sub(1)
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(1e-4);
    }

    @Test
    void thePictureNamesTheMeasurementsThatAreLeft(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new").resolve("path.svg");

        PathPlot.write(path, file);

        String svg = Files.readString(file);
        for (int measurement = 0; measurement < 30; measurement++) {
            boolean left = path.get(path.size() - 1).survivors().contains(measurement);
            assertThat(svg.contains(">" + Measurements.NAMES.get(measurement) + "<"))
                    .isEqualTo(left);
        }
    }
}
