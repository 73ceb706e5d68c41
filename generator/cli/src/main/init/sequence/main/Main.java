package ${package};

import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.R2;

/** Trains the network of forecaster.net, and tests it on sequences that it has not seen. */
public final class Main {
    private static final long SEED = 42;

    private Main() {}

    /** Prints how good the forecasts are, and saves the weights. */
    public static void main(String[] arguments) {
        Path folder = Path.of("target", "training");
        try (Forecaster net = Forecaster.create(Init.seed(SEED))) {
            double explained = train(net, 20, folder, Progress.console());
            System.out.printf("R² of forecasts for sequences not trained on  %.3f%n", explained);
            System.out.println("Weights, and losses of each epoch  " + folder.toAbsolutePath());
        }
    }

    /**
     * Trains, and saves weights and losses after each epoch.
     *
     * @return R² for sequences not trained on: 1 for perfect forecasts, 0 for those that always say the mean
     */
    static double train(Forecaster net, int epochs, Path folder, Progress progress) {
        Dataset training = Readings.make(800, SEED);
        Dataset validation = Readings.make(200, SEED + 1);
        Trainer trainer = Trainer.of(net, training.batches(32).shuffled(SEED))
                .epochs(epochs)
                .clipNorm(1)
                .validation(validation.batches(100), new R2())
                .weights(folder.resolve("forecaster.safetensors"))
                .ledger(folder.resolve("forecaster.csv"))
                .progress(progress);
        trainer.run();
        EpochReport last = trainer.history().get(trainer.history().size() - 1);
        return last.validation().get("r2");
    }
}
