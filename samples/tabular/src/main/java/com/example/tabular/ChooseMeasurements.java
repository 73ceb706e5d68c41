package com.example.tabular;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.Accuracy;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains the network of tumours.net while λ of its group lasso grows, and watches the measurements drop out: a
 * regularization path.
 */
public final class ChooseMeasurements {
    static final Path DATA = Path.of("src", "main", "data", "breast-cancer", "breast_cancer.csv");

    /** λ doubles each time, and the network goes on from where it was. */
    private static final double FIRST_LAMBDA = 1e-4;

    private static final int LAMBDAS = 10;
    private static final int STEPS = 1000;
    private static final long SEED = 42;

    private ChooseMeasurements() {}

    /**
     * A network trained at one λ.
     *
     * @param lambda of the group lasso on the first layer
     * @param accuracy share of test tumours that it told right
     * @param norms ‖w‖₂ of the weights that leave each measurement, 0 for those it does without
     */
    record Point(double lambda, double accuracy, List<Double> norms) {
        /** The measurements that it uses, as places in the table. */
        List<Integer> survivors() {
            return IntStream.range(0, norms.size())
                    .filter(measurement -> norms.get(measurement) != 0)
                    .boxed()
                    .toList();
        }
    }

    /** Prints how many measurements are left at each λ, how good the network is with them, and which they are. */
    public static void main(String[] args) {
        Measurements.Split tumours = Measurements.read(DATA);
        Path plot = Path.of("target", "demo", "path.svg");

        List<Point> path = path(tumours);
        System.out.printf(
                "     λ  measurements  accuracy on %d tumours not trained on%n",
                tumours.test().size());
        for (Point point : path) {
            System.out.printf(
                    "%.4f  %12d  %.1f %%%n", point.lambda(), point.survivors().size(), 100 * point.accuracy());
        }
        Point last = path.get(path.size() - 1);
        System.out.println("What is left at the end, by the length of its weights");
        last.survivors().stream()
                .sorted(Comparator.comparing(last.norms()::get).reversed())
                .forEach(place ->
                        System.out.printf("  %.3f  %s%n", last.norms().get(place), Measurements.NAMES.get(place)));
        PathPlot.write(path, plot);
        System.out.println("The whole path  " + plot.toAbsolutePath());
    }

    /** One network, trained at one λ after the other. */
    static List<Point> path(Measurements.Split tumours) {
        Measurements training = tumours.training();
        Batches all = Batches.of(training.inputs(), training.labels(), training.size(), SEED);
        List<Point> path = new ArrayList<>();
        try (Tumours net = Tumours.create(Init.seed(SEED))) {
            Term selection = net.regularizer("selection").term("group_lasso");
            for (int i = 0; i < LAMBDAS; i++) {
                selection.lambda(FIRST_LAMBDA * (1 << i));
                Trainer.of(net, all).epochs(STEPS).run();
                path.add(new Point(selection.lambda(), accuracy(net, tumours.test()), norms(net)));
            }
        }
        return path;
    }

    private static double accuracy(Tumours net, Measurements test) {
        Accuracy accuracy = new Accuracy();
        accuracy.add(net.predict(test.inputs()), test.labels());
        return accuracy.value();
    }

    private static List<Double> norms(Tumours net) {
        INDArray weight = net.parameters().get("hidden.weight").value();
        return Arrays.stream(weight.norm2(0).toDoubleVector()).boxed().toList();
    }
}
