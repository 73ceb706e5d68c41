package org.espalier.runtime.data.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Mixes the examples of a batch (Zhang et al., arXiv:1710.09412), as torchvision's {@code MixUp} does. */
final class Mixup {
    private Mixup() {}

    /** Every example becomes share · example + (1 - share) · the one before it; before the first is the last. */
    static void mix(Batch batch, double share) {
        if (!batch.target().dataType().isFPType()) {
            throw unfit(batch.target());
        }
        if (batch.target().rank() == 1 && isWhole(batch.target())) {
            throw unfit(batch.target());
        }
        mix(batch.input(), share);
        mix(batch.target(), share);
    }

    private static boolean isWhole(INDArray labels) {
        return Arrays.stream(labels.toDoubleVector()).allMatch(label -> label == Math.rint(label));
    }

    private static IllegalArgumentException unfit(INDArray target) {
        return new IllegalArgumentException("expected targets that can be mixed, such as the probabilities of classes "
                + "[batch, classes], found " + Arrays.toString(target.shape()) + " " + target.dataType()
                + " that look like class numbers; map(new OneHot(classes)) makes probabilities of them");
    }

    private static void mix(INDArray array, double share) {
        int count = (int) array.size(0);
        INDArray last = array.slice(count - 1).dup();
        for (int i = count - 1; i >= 0; i--) {
            INDArray before = i == 0 ? last : array.slice(i - 1);
            array.slice(i).muli(share).addi(before.mul(1 - share));
        }
    }

    /** A number from Beta(α, α), as X / (X + Y) of two from Gamma(α). */
    static double beta(double alpha, RandomGenerator random) {
        double x = gamma(alpha, random);
        double y = gamma(alpha, random);
        return x + y > 0 ? x / (x + y) : random.nextInt(2);
    }

    /**
     * A number from Gamma(α), by the method of Marsaglia and Tsang (A simple method for generating gamma variables,
     * 2000); for α below 1 by Gamma(α + 1) · U^(1/α).
     */
    private static double gamma(double alpha, RandomGenerator random) {
        if (alpha < 1) {
            return gamma(alpha + 1, random) * StrictMath.pow(random.nextDouble(), 1 / alpha);
        }
        double d = alpha - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double v = StrictMath.pow(1 + c * normal, 3);
            double u = random.nextDouble();
            if (v > 0 && StrictMath.log(u) < 0.5 * normal * normal + d - d * v + d * StrictMath.log(v)) {
                return d * v;
            }
        }
    }
}
