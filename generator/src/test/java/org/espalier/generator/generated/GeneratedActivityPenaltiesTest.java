package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Penalties on activities, from the {@code .net} to the report of a step. */
class GeneratedActivityPenaltiesTest {
    private static final String TEXT = """
            package com.example

            regularizer sparse = l1(0.25)
            regularizer tame(d) = w -> if abs(w) < d then w * w / 2 else d * (abs(w) - d / 2)

            network Mean {
                precision float64
                input x: float[batch, 2]
                hidden = Linear(2, 2, bias=false, activity_regularizer=sparse)
                answer = Linear(2, 1, bias=false, weight_regularizer=sparse)
                output y = [hidden, ReLU(inplace=true), answer](x)
                loss MSELoss()
                optimizer SGD(lr=0.5)
            }

            network Sum {
                precision float64
                input x: float[batch, 2]
                hidden = Linear(2, 2, bias=false)
                answer = Linear(2, 1, bias=false)
                penalty = ActivityRegularization(0.5 * l2(1) + tame(d=0.5), reduction=sum)
                output y = [hidden, penalty, ReLU(), answer](x)
                loss MSELoss()
                optimizer SGD(lr=0.5)
            }
            """;

    private static final INDArray X = Nd4j.createFromArray(new double[][] {{1, -2}, {0.5, 4}});
    private static final INDArray TARGET = Nd4j.zeros(DataType.DOUBLE, 2, 1);

    private static GeneratedCode code;
    private static Compilation compiled;
    private Network mean;
    private Network sum;

    @BeforeAll
    static void compile() {
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("activities.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    @BeforeEach
    void create() {
        mean = network("Mean");
        sum = network("Sum");
    }

    /** With the identity as the hidden layer and zeros behind it: the hidden activities are x, the data loss is 0. */
    private static Network network(String name) {
        Class<?> type = code.load(compiled.sources().stream()
                .filter(source -> source.className().equals(name))
                .findFirst()
                .orElseThrow());
        Network network;
        try {
            network = (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        network.parameters().get("hidden.weight").value().assign(Nd4j.eye(2));
        network.parameters().get("answer.weight").value().assign(0);
        return network;
    }

    @AfterEach
    void close() {
        mean.close();
        sum.close();
    }

    private static StepReport step(Network network) {
        return ((Supervised) network).trainStep(X, TARGET);
    }

    @Test
    void theMeanOverTheBatchIsInTheLedgerAndInTheTotal() {
        StepReport report = step(mean);

        assertThat(report.ledger()).containsExactly(new LedgerEntry("sparse", "l1", 0.25 * 7.5 / 2));
        assertThat(report.total()).isEqualTo(report.dataLoss() + 0.25 * 7.5 / 2);
    }

    @Test
    void itsSubgradientReachesTheWeightsThoughARectifierFollowsInPlace() {
        step(mean);

        // dY = 0.25/2 · sgn(x), dW = dYᵀ x.
        double share = 0.5 * 0.25 / 2;
        assertThat(mean.parameters().get("hidden.weight").value().ravel().toDoubleVector())
                .containsExactly(
                        new double[] {1 - share * 1.5, -share * 2, -share * -0.5, 1 - share * 6}, within(1e-15));
    }

    @Test
    void aSumHasAnEntryForEachTermAndTermsMayBeFormulas() {
        StepReport report = step(sum);

        double squares = 1 + 4 + 0.25 + 16;
        double straight = 0.5 * (1 - 0.25) + 0.5 * (2 - 0.25) + 0.5 * (0.5 - 0.25) + 0.5 * (4 - 0.25);
        assertThat(report.ledger().get(0).value()).isCloseTo(0.25 * squares, within(1e-12));
        assertThat(report.ledger().get(1).value()).isCloseTo(straight, within(1e-12));
        assertThat(report.ledger()).hasSize(2);
    }

    @Test
    void severalBackwardsAddUpAsTheDataLossDoes() {
        Supervised network = (Supervised) mean;
        for (int i = 0; i < 2; i++) {
            network.forward(X);
            network.loss(TARGET);
            network.backward();
        }

        assertThat(mean.update().ledger()).containsExactly(new LedgerEntry("sparse", "l1", 2 * 0.25 * 7.5 / 2));
        assertThat(step(mean).ledger().get(0).value()).isLessThan(0.25 * 7.5 / 2);
    }

    @Test
    void gradientsThatAreForgottenTakeTheirPenaltyAlong() {
        Supervised network = (Supervised) mean;
        network.forward(X);
        network.loss(TARGET);
        network.backward();
        mean.zeroGradients();

        assertThat(step(mean).ledger()).containsExactly(new LedgerEntry("sparse", "l1", 0.25 * 7.5 / 2));
    }

    @Test
    void lambdaChangesByNameForWeightsAndActivitiesAlike() {
        mean.regularizer("sparse").term("l1").lambda(0.5);
        mean.parameters().get("answer.weight").value().assign(1);

        assertThat(step(mean).ledger()).containsExactly(new LedgerEntry("sparse", "l1", 0.5 * 7.5 / 2 + 0.5 * 2));
        assertThat(sum.regularizers())
                .singleElement()
                .satisfies(only -> assertThat(only.names()).containsExactly("l2", "tame"));
    }

    @Test
    void askingCostsNothingAndPenaltiesAreThoseOfWeights() {
        mean.parameters().get("answer.weight").value().assign(1);
        ((Supervised) mean).predict(X);

        assertThat(mean.penalties()).containsExactly(new LedgerEntry("sparse", "l1", 0.25 * 2));
        assertThat(sum.penalties()).isEqualTo(List.of());
    }
}
