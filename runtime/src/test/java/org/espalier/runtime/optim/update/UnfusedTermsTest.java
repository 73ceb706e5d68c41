package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** All terms at once under every optimizer, to the bit what they are one after the other over the whole parameter. */
class UnfusedTermsTest {
    private static final List<Long> SHAPE = List.of(5L, 4L, 50L);
    private static final int SIZE = 1_000;
    private static final int STEPS = 4;

    static Stream<UnfusedOptimizer.Pair> optimizers() {
        return UnfusedOptimizer.all();
    }

    private static float[] numbers(long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void theFusedUpdateIsTheUnfusedOneToTheBit(UnfusedOptimizer.Pair tested) {
        INDArray w = Nd4j.createFromArray(numbers(0));
        INDArray g = Nd4j.createFromArray(new float[SIZE]);
        Regularizer terms = new Regularizer(
                "terms",
                new L1(1e-2),
                new L2(2e-2),
                new L2Norm(3e-2),
                new GroupLasso(1e-3, 1, Mode.SUBGRADIENT),
                new GroupLasso(2e-3, 0, Mode.PROX),
                new Orthogonal(1e-6, 0),
                new Decay(0.5),
                new MaxNorm(12, 1));
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, SHAPE, terms)));
        UnfusedOptimizer unfused = tested.unfused().apply(SIZE);
        tested.optimizer().clipValue(1.5);
        float[] expected = numbers(0);
        for (int count = 1; count <= STEPS; count++) {
            float[] gradient = numbers(count);
            g.assign(Nd4j.createFromArray(gradient));
            update.update(tested.optimizer());
            step(unfused, count, expected, gradient, tested.optimizer().lr());
            assertThat(w.toFloatVector()).as("step %d", count).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void soIsTheProximalMapOfL1(UnfusedOptimizer.Pair tested) {
        INDArray w = Nd4j.createFromArray(numbers(0));
        INDArray g = Nd4j.createFromArray(new float[SIZE]);
        Regularizer lasso = new Regularizer("lasso", new L1(0.3, Mode.PROX));
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, SHAPE, lasso)));
        UnfusedOptimizer unfused = tested.unfused().apply(SIZE);
        float[] expected = numbers(0);
        for (int count = 1; count <= STEPS; count++) {
            float[] gradient = numbers(count);
            g.assign(Nd4j.createFromArray(gradient));
            update.update(tested.optimizer());
            for (int i = 0; i < SIZE; i++) {
                float u = unfused.step(i, count, unfused.keeps() * expected[i], gradient[i]);
                float threshold = unfused.rate(i, count) * 0.3f;
                expected[i] = Math.abs(u) <= threshold ? 0 : u - Math.copySign(threshold, u);
            }
            assertThat(w.toFloatVector()).as("step %d", count).containsExactly(expected);
        }
    }

    private static void step(UnfusedOptimizer optimizer, int count, float[] w, float[] gradient, double lr) {
        float[] g = new float[SIZE];
        double[] whole = factors(3e-2, norms(w, -1));
        double[] columns = factors(1e-3 * Math.sqrt(250), norms(w, 1));
        double[] right = orthogonal(1e-6, w);
        float keep = (float) ((1 - (optimizer.keeps() == 1 ? 0 : 1e-2 * 0.5)) * (1 - lr * 0.5));
        for (int i = 0; i < SIZE; i++) {
            g[i] = Math.max(-1.5f, Math.min(1.5f, gradient[i]));
            g[i] += 1e-2f * Math.signum(w[i]);
            g[i] += 2e-2f * w[i];
            g[i] += (float) whole[0] * w[i];
            g[i] += (float) columns[i / 50 % 4] * w[i];
            g[i] += (float) right[i];
        }
        for (int i = 0; i < SIZE; i++) {
            w[i] = optimizer.step(i, count, keep * w[i], g[i]);
        }
        double threshold = 2e-3 * Math.sqrt(200);
        double[] rows = new double[5];
        for (int i = 0; i < SIZE; i++) {
            double ratio = (double) w[i] / optimizer.rate(i, count);
            rows[i / 200] += ratio * ratio;
        }
        for (int i = 0; i < SIZE; i++) {
            double norm = Math.sqrt(rows[i / 200]);
            w[i] *= (float) (norm <= threshold ? 0 : 1 - threshold / norm);
        }
        double[] units = norms(w, 1);
        for (int i = 0; i < SIZE; i++) {
            double norm = units[i / 50 % 4];
            w[i] *= (float) (norm > 12 ? 12 / norm : 1);
        }
    }

    private static double[] factors(double lambda, double[] norms) {
        return Arrays.stream(norms).map(norm -> norm == 0 ? 0 : lambda / norm).toArray();
    }

    /** Of the columns, or of everything; each run of 50, or the whole, is added up in two sums that take turns. */
    private static double[] norms(float[] w, int axis) {
        int run = axis == 1 ? 50 : SIZE;
        double[] squares = new double[axis == 1 ? 4 : 1];
        for (int start = 0; start < SIZE; start += run) {
            double even = 0;
            double odd = 0;
            for (int i = start; i < start + run; i += 2) {
                even += (double) w[i] * w[i];
                odd += (double) w[i + 1] * w[i + 1];
            }
            squares[start / run % squares.length] += even + odd;
        }
        return Arrays.stream(squares).map(Math::sqrt).toArray();
    }

    /** 4λ (W Wᵀ − I) W with W as [5, 200], products in four sums that take turns. */
    private static double[] orthogonal(double lambda, float[] w) {
        double[] gradient = new double[SIZE];
        for (int row = 0; row < 5; row++) {
            for (int other = 0; other < 5; other++) {
                double[] sums = new double[4];
                for (int i = 0; i < 200; i++) {
                    sums[i % 4] += (double) w[200 * row + i] * w[200 * other + i];
                }
                double product = (sums[0] + sums[1]) + (sums[2] + sums[3]) - (row == other ? 1 : 0);
                double factor = 4 * lambda * product;
                for (int i = 0; i < 200; i++) {
                    gradient[200 * row + i] += factor * w[200 * other + i];
                }
            }
        }
        return gradient;
    }
}
