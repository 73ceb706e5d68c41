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
    void learnsToTellShapesApart() {
        try (ShapeClassifier net = ShapeClassifier.create(Init.seed(1))) {
            double accuracy = Main.train(net, 6, folder, Progress.silent());

            assertTrue(accuracy > 0.9, () -> "right about " + accuracy);
        }
    }

    @Test
    void thePredictionsOfSavedWeightsAreTheSame() {
        INDArray pictures = Shapes.draw(6, 3).all().input();
        try (ShapeClassifier net = ShapeClassifier.create(Init.seed(1));
                ShapeClassifier loaded = ShapeClassifier.create(Init.seed(2))) {
            Main.train(net, 1, folder, Progress.silent());
            loaded.load(folder.resolve("shapes.safetensors"));

            INDArray scores = net.predict(pictures);

            assertArrayEquals(new long[] {6, 3}, scores.shape());
            assertEquals(scores, loaded.predict(pictures));
        }
    }
}
