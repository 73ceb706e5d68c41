package ${package};

import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.ContactSheet;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.Image;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.MeanError;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Trains the network of denoiser.net, and shows what it makes of pictures that it has not seen. */
public final class Main {
    private static final long SEED = 42;

    private Main() {}

    /** Prints how far the pictures are from the true ones, writes some of them, and saves the weights. */
    public static void main(String[] arguments) {
        Path folder = Path.of("target", "training");
        try (Denoiser net = Denoiser.create(Init.seed(SEED))) {
            double error = train(net, 8, folder, Progress.console());
            System.out.printf("Mean absolute error of pictures not trained on  %.3f%n", error);
            show(net, folder.resolve("pictures.png"));
            System.out.println("Weights, losses of each epoch, pictures  " + folder.toAbsolutePath());
        }
    }

    /**
     * Trains, and saves weights and losses after each epoch.
     *
     * @return the mean absolute error of pictures not trained on
     */
    static double train(Denoiser net, int epochs, Path folder, Progress progress) {
        Dataset training = Pictures.paint(256, SEED);
        Dataset validation = Pictures.paint(64, SEED + 1);
        Trainer trainer = Trainer.of(net, training.batches(16).shuffled(SEED))
                .epochs(epochs)
                .validation(validation.batches(32), MeanError.mae())
                .weights(folder.resolve("denoiser.safetensors"))
                .ledger(folder.resolve("denoiser.csv"))
                .progress(progress);
        trainer.run();
        EpochReport last = trainer.history().get(trainer.history().size() - 1);
        return last.validation().get("loss");
    }

    /** Writes pictures side by side: with noise, what the network makes of them, and without noise. */
    static void show(Denoiser net, Path png) {
        Batch pictures = Pictures.paint(4, SEED + 2).all();
        INDArray made = net.predict(pictures.input());
        ContactSheet sheet = new ContactSheet("noisy", "cleaned", "true");
        for (int i = 0; i < pictures.size(); i++) {
            sheet.row(picture(pictures.input(), i), picture(made, i), picture(pictures.target(), i));
        }
        sheet.write(png, 4);
    }

    private static Image picture(INDArray pictures, int place) {
        return Image.of(pictures.get(NDArrayIndex.point(place)));
    }
}
