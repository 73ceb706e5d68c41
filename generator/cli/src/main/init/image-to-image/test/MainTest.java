package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.metric.MeanError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void learnsToTakeTheNoiseOut() {
        Batch pictures = Pictures.paint(16, 5).all();
        MeanError before = MeanError.mae();
        before.add(pictures.input(), pictures.target());
        try (Denoiser net = Denoiser.create(Init.seed(1))) {
            double error = Main.train(net, 3, folder, Progress.silent());
            Main.show(net, folder.resolve("pictures.png"));

            assertTrue(error < before.value() / 2, () -> "error " + error + ", with noise " + before.value());
            assertTrue(Files.isRegularFile(folder.resolve("pictures.png")));
        }
    }

    @Test
    void thePredictionsOfSavedWeightsAreTheSame() {
        Batch pictures = Pictures.paint(2, 5).all();
        try (Denoiser net = Denoiser.create(Init.seed(1));
                Denoiser loaded = Denoiser.create(Init.seed(2))) {
            Main.train(net, 1, folder, Progress.silent());
            loaded.load(folder.resolve("denoiser.safetensors"));

            assertEquals(net.predict(pictures.input()), loaded.predict(pictures.input()));
        }
    }
}
