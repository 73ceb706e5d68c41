package ${package};

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.train.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void learnsToForecast() {
        try (Forecaster net = Forecaster.create(Init.seed(1))) {
            double explained = Main.train(net, 12, folder, Progress.silent());

            assertTrue(explained > 0.9, () -> "R² is " + explained);
        }
    }

    @Test
    void thePredictionsOfSavedWeightsAreTheSame() {
        INDArray readings = Readings.make(5, 3).all().input();
        try (Forecaster net = Forecaster.create(Init.seed(1));
                Forecaster loaded = Forecaster.create(Init.seed(2))) {
            Main.train(net, 1, folder, Progress.silent());
            loaded.load(folder.resolve("forecaster.safetensors"));

            INDArray next = net.predict(readings);

            assertArrayEquals(new long[] {5, 1}, next.shape());
            assertEquals(next, loaded.predict(readings));
        }
    }
}
