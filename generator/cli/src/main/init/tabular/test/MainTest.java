package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class MainTest {
    @TempDir
    private Path folder;

    private Dataset houses;

    @BeforeEach
    void writeHouses() throws IOException {
        houses = Houses.read(Houses.write(folder.resolve("houses.csv"), 800, 1));
    }

    @Test
    void learnsPricesAndWhichColumnsMakeThem() {
        try (Prices net = Prices.create(Init.seed(1))) {
            double explained = Main.train(net, houses, 60, folder, Progress.silent());

            assertTrue(explained > 0.9, () -> "R² is " + explained);
            assertTrue(Main.uses(net, Houses.COLUMNS.indexOf("area")));
            assertFalse(Main.uses(net, Houses.COLUMNS.indexOf("letterbox")));
        }
    }

    @Test
    void savedWeightsKnowHowToNormalize() {
        INDArray features = houses.all().input();
        try (Prices net = Prices.create(Init.seed(1));
                Prices loaded = Prices.create(Init.seed(2))) {
            Main.train(net, houses, 2, folder, Progress.silent());
            loaded.load(folder.resolve("prices.safetensors"));

            assertEquals(Main.estimate(net, features), Main.estimate(loaded, features));
        }
    }
}
