package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Penalties on sums over groups that a {@code .net} defines do what the built-in words do where they mean the same. */
class UserDefinedGroupsTest {
    private static final String DECLARATIONS = """
            regularizer unit_norm = w -> sqrt(sum(w*w, axis=0))
            regularizer input_norm = w -> sqrt(sum(w*w, axis=1))
            regularizer norm = w -> sqrt(sum(w*w))
            regularizer fourth_norm = w -> sqrt(sqrt(sum(w**4, axis=0)))
            regularizer squared_l1 = w -> sum(abs(w))**2
            regularizer ratio(eps) = w -> sum(abs(w), axis=0) / sqrt(sum(w*w, axis=0) + eps)
            regularizer at_least_one = w -> if sum(w*w) >= 1 then sum(w*w) else 1
            regularizer huber(d) = w -> if abs(w) < d then w*w/2 else d*(abs(w) - d/2)
            """;

    private static GeneratedSource line(String regularizer, String precision) {
        String text = DECLARATIONS + "network Line {\n    input x: float[batch, 4]\n"
                + "    line = Linear(4, 6, bias=false, weight_regularizer=" + regularizer
                + ")\n    output y = line(x)\n"
                + "    loss MSELoss()\n    optimizer SGD(lr=0.5)\n    precision " + precision + "\n}\n";
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("line.net", text)));
        assertThat(compilation.diagnostics()).noneMatch(Diagnostic::isError);
        return compilation.sources().get(0);
    }

    /** One step of a network with a single weight, [6, 4], whose second row and third column are 0. */
    private static final class Stepped {
        final double[] weights;
        final List<LedgerEntry> ledger;

        Stepped(String regularizer, String precision) {
            this(regularizer, precision, Double.NaN);
        }

        /** The same with a first row of once, twice, twice and no times {@code size}, and zeros besides. */
        Stepped(String regularizer, String precision, double size) {
            GeneratedSource source = line(regularizer, precision);
            Class<?> type = GeneratedCode.compile(source).load(source);
            try (Network network =
                    (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(3))) {
                Parameter weight = network.parameters().get("line.weight");
                INDArray values = weight.value();
                values.getRow(1).assign(0);
                values.getColumn(2).assign(0);
                if (!Double.isNaN(size)) {
                    values.assign(0);
                    values.putScalar(0, 0, size);
                    values.putScalar(0, 1, -2 * size);
                    values.putScalar(0, 3, 2 * size);
                }
                // Of input and target 0 the loss is 0, and so is its gradient.
                INDArray x = Nd4j.zeros(values.dataType(), 1, 4);
                ledger = ((Supervised) network)
                        .trainStep(x, Nd4j.zeros(values.dataType(), 1, 6))
                        .ledger();
                weights = values.dup('c').data().asDouble();
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        double penalty() {
            return ledger.stream().mapToDouble(LedgerEntry::value).sum();
        }
    }

    private static void assertSame(String defined, String builtIn) {
        for (String precision : List.of("float32", "float64")) {
            Stepped one = new Stepped(defined, precision);
            Stepped other = new Stepped(builtIn, precision);
            assertThat(one.weights).containsExactly(other.weights, Offset.offset(1e-7));
            assertThat(one.penalty()).isCloseTo(other.penalty(), Offset.offset(1e-6));
            assertThat(one.weights[0]).isNotZero();
            assertThat(Arrays.copyOfRange(one.weights, 4, 8)).containsOnly(0);
        }
    }

    @Test
    void aRootOfASumOfSquaresIsANormAlsoOfGroupsThatAreZero() {
        assertSame("0.1 * norm", "l2_norm(0.1)");
        assertSame("0.1 * unit_norm", "group_lasso(0.1 / 2, axis=0)");
        assertSame("0.1 * input_norm", "group_lasso(0.1 / 2.4494897427831781, axis=1)");
    }

    /** λ = size and a learning rate of 0.5, so that the step is seen beside the weights. */
    @ParameterizedTest
    @CsvSource({
        "float32, 1e-40, 1e-4", "float32, 1e30, 1e-6", "float32, 1e38, 1e-6",
        "float64, 1e-40, 1e-12", "float64, 1e-200, 1e-12", "float64, 1e-310, 1e-9",
        "float64, 1e200, 1e-12", "float64, 1e300, 1e-12"
    })
    void normsOfWeightsWhoseSquaresNoNumberHoldsHaveTheGradientOfAllOthers(
            String precision, double size, double tolerance) {
        for (String norm : List.of("norm", "unit_norm", "input_norm", "fourth_norm")) {
            double[] w = {1, -2, 0, 2};
            double root = norm.equals("fourth_norm") ? Math.pow(33, 0.25) : 3;
            double[] expected = new double[4];
            for (int i = 0; i < 4; i++) {
                double slope = switch (norm) {
                    case "input_norm" -> Math.signum(w[i]);
                    case "fourth_norm" -> Math.pow(w[i] / root, 3);
                    default -> w[i] / root;
                };
                expected[i] = w[i] - 0.5 * slope;
            }

            Stepped stepped = new Stepped(size + " * " + norm, precision, size);

            double[] found =
                    Arrays.stream(stepped.weights).map(weight -> weight / size).toArray();
            assertThat(Arrays.copyOf(found, 4)).as(norm).containsExactly(expected, Offset.offset(tolerance));
            assertThat(Arrays.copyOfRange(found, 4, found.length)).containsOnly(0);
            double sum = norm.equals("input_norm") ? 5 : root;
            double unweighted = stepped.penalty() / size / size;
            if (size * size != 0 && Double.isFinite(size * size)) {
                assertThat(unweighted).as(norm).isCloseTo(sum, Offset.offset(tolerance * sum));
            }
        }
    }

    @Test
    void sumsEnterFormulasOfAnyKind() {
        Stepped before = new Stepped("0 * squared_l1", "float64");
        Stepped after = new Stepped("0.01 * squared_l1", "float64");
        double sum = Arrays.stream(before.weights).map(Math::abs).sum();

        assertThat(after.penalty()).isCloseTo(0.01 * sum * sum, Offset.offset(1e-12));
        for (int i = 0; i < before.weights.length; i++) {
            double gradient = 0.01 * 2 * sum * Math.signum(before.weights[i]);
            assertThat(after.weights[i]).isCloseTo(before.weights[i] - 0.5 * gradient, Offset.offset(1e-12));
        }
    }

    @Test
    void quotientsOfSumsHaveTheGradientOfBoth() {
        double eps = 1e-4;
        Stepped before = new Stepped("0 * ratio(1e-4)", "float64");
        Stepped after = new Stepped("0.1 * ratio(1e-4)", "float64");
        double[] w = before.weights;
        for (int row = 0; row < 6; row++) {
            double sum = 0;
            double squares = eps;
            for (int i = 4 * row; i < 4 * row + 4; i++) {
                sum += Math.abs(w[i]);
                squares += w[i] * w[i];
            }
            for (int i = 4 * row; i < 4 * row + 4; i++) {
                double gradient = Math.signum(w[i]) / Math.sqrt(squares) - sum * w[i] / Math.pow(squares, 1.5);
                assertThat(after.weights[i]).isCloseTo(w[i] - 0.05 * gradient, Offset.offset(1e-12));
            }
        }
    }

    @Test
    void theLedgerHasARegularizersNameAndItsArgumentsOnlyWhereThereAreTwo() {
        assertThat(new Stepped("0.1 * huber(1) + l1(0.1)", "float32").ledger)
                .extracting(LedgerEntry::term)
                .containsExactly("huber", "l1");
        assertThat(new Stepped("0.1 * huber(1) + 0.1 * huber(d=0.5) + 0.2 * huber(1)", "float32").ledger)
                .extracting(LedgerEntry::term)
                .containsExactly("huber(1)", "huber(0.5)");
    }

    @Test
    void whereTheFormulaOfASumHasAKinkTheClassSaysSoAndTakesTheLeastSlope() {
        String text = line("at_least_one", "float32").text();

        assertThat(text.replaceAll("\\n *\\* ", " "))
                .contains(
                        "is the sum of {@code w**2}, with derivative {@code 2 * w}; there are no kinks. A group of one"
                                + " weight has further kinks, and there the subgradient of least magnitude: 0 at w = -1 (slopes"
                                + " -2 and 0), 0 at w = 1 (slopes 0 and 2).");
        assertThat(text).contains("slopes[0] = sums[0] == 1 ? 0 : 1 <= sums[0] ? 1 : 0;");
        assertThat(text).doesNotContain("at_least_one = at_least_one");
    }
}
