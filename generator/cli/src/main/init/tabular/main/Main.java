package ${package};

import java.io.IOException;
import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.augment.StandardScaler;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.R2;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains the network of prices.net, and tells which columns of the table it uses. */
public final class Main {
    private static final long SEED = 42;

    private Main() {}

    /** Prints how good the estimates are and what they are made by, and saves the weights. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of("target", "training");
        Dataset houses = Houses.read(Houses.write(folder.resolve("houses.csv"), 800, SEED));
        try (Prices net = Prices.create(Init.seed(SEED))) {
            double explained = train(net, houses, 60, folder, Progress.console());
            System.out.printf("R² of prices not trained on  %.3f%n", explained);
            for (int column = 0; column < Houses.COLUMNS.size(); column++) {
                System.out.printf("  %-14s %s%n", Houses.COLUMNS.get(column), uses(net, column) ? "used" : "not used");
            }
            System.out.println("Weights, and losses of each epoch  " + folder.toAbsolutePath());
        }
    }

    /**
     * Trains on four fifths of a table, and saves weights and losses after each epoch.
     *
     * @return R² for the last fifth: 1 for perfect estimates, 0 for those that always say the mean
     */
    static double train(Prices net, Dataset houses, int epochs, Path folder, Progress progress) {
        Dataset training = houses.split(SEED, 0.8, 0.2).get(0);
        Dataset validation = houses.split(SEED, 0.8, 0.2).get(1);
        StandardScaler scale = StandardScaler.fit(training.batches(100));
        net.note("normalization", scale.text());
        Trainer trainer = Trainer.of(net, training.batches(32).shuffled(SEED).map(scale))
                .epochs(epochs)
                .validation(validation.batches(100).map(scale), new R2())
                .weights(folder.resolve("prices.safetensors"))
                .ledger(folder.resolve("prices.csv"))
                .progress(progress);
        trainer.run();
        EpochReport last = trainer.history().get(trainer.history().size() - 1);
        return last.validation().get("r2");
    }

    /** Estimates prices by features as the table has them: the weights know how to normalize them. */
    static INDArray estimate(Prices net, INDArray features) {
        return net.predict(StandardScaler.parse(net.note("normalization")).apply(features));
    }

    /** Tells whether the network looks at a column: a weight that leaves it is not 0. */
    static boolean uses(Prices net, int column) {
        return !net.parameters().get("first.weight").zerosAlong(1).contains(column);
    }
}
