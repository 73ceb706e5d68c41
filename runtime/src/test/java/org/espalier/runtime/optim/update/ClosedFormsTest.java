package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Regularized least squares, ‖Xw − y‖² / 2n, ends where mathematics says. */
class ClosedFormsTest {
    private static final int ROWS = 40;

    /** Σ over steps of the gradient of {@code ‖Xw − y‖² / 2n}, followed by an optimizer. */
    private static double[] fit(
            double[][] x, double[] y, Optimizer optimizer, int steps, List<Long> shape, Term... terms) {
        int columns = x[0].length;
        INDArray w = Nd4j.create(DataType.DOUBLE, columns);
        INDArray g = Nd4j.create(DataType.DOUBLE, columns);
        Regularizer regularizer = new Regularizer("terms", terms);
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, shape, regularizer)));
        for (int step = 0; step < steps; step++) {
            g.assign(Nd4j.createFromArray(gradient(x, y, w.toDoubleVector())));
            update.update(optimizer);
        }
        return w.toDoubleVector();
    }

    private static double[] gradient(double[][] x, double[] y, double[] w) {
        double[] gradient = new double[w.length];
        for (int row = 0; row < x.length; row++) {
            double residual = -y[row];
            for (int column = 0; column < w.length; column++) {
                residual += x[row][column] * w[column];
            }
            for (int column = 0; column < w.length; column++) {
                gradient[column] += x[row][column] * residual / x.length;
            }
        }
        return gradient;
    }

    /** Columns that share a few causes, as measurements of one thing do; standardized. */
    private static double[][] correlated(int columns) {
        Random random = new Random(3);
        double[][] x = new double[ROWS][columns];
        double[][] loads = new double[3][columns];
        for (double[] load : loads) {
            for (int column = 0; column < columns; column++) {
                load[column] = random.nextGaussian();
            }
        }
        for (double[] row : x) {
            double[] causes = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            for (int column = 0; column < columns; column++) {
                row[column] = 0.5 * random.nextGaussian();
                for (int cause = 0; cause < 3; cause++) {
                    row[column] += causes[cause] * loads[cause][column];
                }
            }
        }
        for (int column = 0; column < columns; column++) {
            double square = 0;
            for (double[] row : x) {
                square += row[column] * row[column];
            }
            for (double[] row : x) {
                row[column] /= Math.sqrt(square / ROWS);
            }
        }
        return x;
    }

    /** XᵀX / n = I, by Gram and Schmidt's process. */
    private static double[][] orthonormal(int columns) {
        double[][] x = correlated(columns);
        for (int column = 0; column < columns; column++) {
            for (int before = 0; before <= column; before++) {
                double dot = 0;
                for (double[] row : x) {
                    dot += row[column] * row[before] / ROWS;
                }
                for (double[] row : x) {
                    row[column] = before == column ? row[column] / Math.sqrt(dot) : row[column] - dot * row[before];
                }
            }
        }
        return x;
    }

    private static double[] answers() {
        Random random = new Random(4);
        return random.doubles(ROWS, -2, 2).toArray();
    }

    private static double[] leastSquares(double[][] orthonormal, double[] y) {
        double[] negative = gradient(orthonormal, y, new double[orthonormal[0].length]);
        return DoubleStream.of(negative).map(value -> -value).toArray();
    }

    @Test
    void lassoOnAnOrthonormalDesignIsSoftThresholdingOfLeastSquares() {
        double[][] x = orthonormal(20);
        double[] z = leastSquares(x, answers());

        double[] w = fit(x, answers(), new Sgd(0.5), 200, List.of(20L), new L1(0.1, Mode.PROX));

        for (int i = 0; i < w.length; i++) {
            double expected = Math.signum(z[i]) * Math.max(Math.abs(z[i]) - 0.1, 0);
            assertThat(w[i]).isCloseTo(expected, within(1e-12));
            assertThat(w[i] == 0).isEqualTo(expected == 0);
        }
        assertThat(w).contains(0.0);
        assertThat(DoubleStream.of(w).filter(value -> value != 0).count()).isPositive();
    }

    @Test
    void withoutItsProximalMapLassoHasNoZeros() {
        double[] w = fit(orthonormal(20), answers(), new Sgd(0.3), 200, List.of(20L), new L1(0.1));

        assertThat(w).doesNotContain(0.0);
    }

    @Test
    void groupLassoOnAnOrthonormalDesignThresholdsTheNormsOfGroups() {
        double[][] x = orthonormal(20);
        double[] z = leastSquares(x, answers());

        // Five groups of four neighbours, and four groups whose elements are four apart.
        double[] norms = IntStream.range(0, 5)
                .mapToDouble(group -> norm(z, 4 * group, 1, 4))
                .sorted()
                .toArray();
        // λ √4 lies between the second and the third norm, so that two groups die and three live.
        double lambda = (norms[1] + norms[2]) / 4;
        double[] rows = fit(x, answers(), new Sgd(0.5), 200, List.of(5L, 4L), new GroupLasso(lambda, 0, Mode.PROX));
        double[] columns = fit(x, answers(), new Sgd(0.5), 200, List.of(5L, 4L), new GroupLasso(0.16, 1, Mode.PROX));

        int dead = 0;
        for (int i = 0; i < 20; i++) {
            double row = Math.max(0, 1 - lambda * 2 / norm(z, i / 4 * 4, 1, 4));
            double column = Math.max(0, 1 - 0.16 * Math.sqrt(5) / norm(z, i % 4, 4, 5));
            assertThat(rows[i]).isCloseTo(row * z[i], within(1e-12));
            assertThat(columns[i]).isCloseTo(column * z[i], within(1e-12));
            assertThat(rows[i] == 0).isEqualTo(row == 0);
            dead += row == 0 ? 1 : 0;
        }
        assertThat(dead).isEqualTo(8);
    }

    private static double norm(double[] z, int from, int stride, int count) {
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += z[from + i * stride] * z[from + i * stride];
        }
        return Math.sqrt(squares);
    }

    @Test
    void ridgeSolvesTheNormalEquations() {
        double[][] x = correlated(12);
        double[] expected = solveRidge(x, answers(), 0.2);

        double[] w = fit(x, answers(), new Sgd(0.1, 0.9, 0, true), 3_000, List.of(12L), new L2(0.2));

        assertThat(w).containsExactly(expected, within(1e-10));
    }

    /** (XᵀX / n + λI) w = Xᵀy / n by elimination; the matrix is positive definite, so no row need be exchanged. */
    private static double[] solveRidge(double[][] x, double[] y, double lambda) {
        int n = x[0].length;
        double[][] a = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int row = 0; row < ROWS; row++) {
                for (int j = 0; j < n; j++) {
                    a[i][j] += x[row][i] * x[row][j] / ROWS;
                }
                a[i][n] += x[row][i] * y[row] / ROWS;
            }
            a[i][i] += lambda;
        }
        for (int pivot = 0; pivot < n; pivot++) {
            for (int row = 0; row < n; row++) {
                double factor = row == pivot ? 0 : a[row][pivot] / a[pivot][pivot];
                for (int column = pivot; column <= n; column++) {
                    a[row][column] -= factor * a[pivot][column];
                }
            }
        }
        double[] w = new double[n];
        for (int i = 0; i < n; i++) {
            w[i] = a[i][n] / a[i][i];
        }
        return w;
    }

    /** α and ρ as scikit-learn's ElasticNet has them; its optimum is where these conditions hold. */
    @Test
    void elasticNetMeetsTheOptimalityConditionsOfCorrelatedData() {
        double[][] x = correlated(30);
        double[] y = answers();
        double alpha = 0.3;
        double ratio = 0.7;
        Term[] terms = {new L1(alpha * ratio, Mode.PROX), new L2(alpha * (1 - ratio))};

        double[] w = fit(x, y, new Sgd(0.05), 5_000, List.of(30L), terms);

        double[] g = gradient(x, y, w);
        for (int i = 0; i < w.length; i++) {
            double smooth = g[i] + alpha * (1 - ratio) * w[i];
            if (w[i] == 0) {
                assertThat(Math.abs(smooth)).isLessThanOrEqualTo(alpha * ratio + 1e-4);
            } else {
                assertThat(smooth).isCloseTo(-alpha * ratio * Math.signum(w[i]), within(1e-4));
            }
        }
        assertThat(DoubleStream.of(w).filter(value -> value == 0).count()).isBetween(1L, 29L);
    }

    @Test
    void rowsUnderTheOrthogonalPenaltyAloneBecomeOrthonormal() {
        INDArray w = Nd4j.createFromArray(1.2, 0.3, -0.4, 0.1, 0.9, 0.2);
        INDArray g = Nd4j.create(DataType.DOUBLE, 6);
        Regularizer right = new Regularizer("right", new Orthogonal(1));
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, List.of(2L, 3L), right)));
        for (int step = 0; step < 500; step++) {
            update.update(new Sgd(0.05));
        }
        double[] v = w.toDoubleVector();
        assertThat(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).isCloseTo(1, within(1e-12));
        assertThat(v[3] * v[3] + v[4] * v[4] + v[5] * v[5]).isCloseTo(1, within(1e-12));
        assertThat(v[0] * v[3] + v[1] * v[4] + v[2] * v[5]).isCloseTo(0, within(1e-12));
        assertThat(update.penalties().get(0).value()).isCloseTo(0, within(1e-20));
    }
}
