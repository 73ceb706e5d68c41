package org.espalier.runtime.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SamplingTest {
    private static final int DRAWS = 20_000;
    private static final double[] LOGITS = {0.5, 2, -1, 1};

    private static double[] shares(Sampling sampling, INDArray scores) {
        Random random = new Random(1);
        double[] shares = new double[(int) scores.length()];
        for (int i = 0; i < DRAWS; i++) {
            shares[sampling.draw(scores, random)] += 1.0 / DRAWS;
        }
        return shares;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void tokensComeAsOftenAsTheSoftmaxSays(double temperature) {
        double[] shares = shares(new Sampling(temperature), Nd4j.createFromArray(LOGITS));

        double sum = 0;
        for (double logit : LOGITS) {
            sum += Math.exp(logit / temperature);
        }
        for (int i = 0; i < LOGITS.length; i++) {
            assertThat(shares[i]).as("token " + i).isCloseTo(Math.exp(LOGITS[i] / temperature) / sum, within(0.01));
        }
    }

    @Test
    void onlyTheGreatestScoresAreChosenFrom() {
        double[] shares = shares(new Sampling(1).top(2), Nd4j.createFromArray(LOGITS));

        assertThat(shares[0]).isZero();
        assertThat(shares[2]).isZero();
        assertThat(shares[1]).isCloseTo(Math.E / (1 + Math.E), within(0.01));
    }

    @Test
    void temperature0TakesTheGreatestScoreAndOfEqualOnesTheFirst() {
        Sampling sampling = new Sampling(0);

        assertThat(sampling.draw(Nd4j.createFromArray(LOGITS), new Random(1))).isEqualTo(1);
        assertThat(sampling.draw(Nd4j.createFromArray(1f, 3f, 3f), new Random(1)))
                .isEqualTo(1);
    }

    @Test
    void veryUnequalScoresDoNotOverflow() {
        INDArray scores = Nd4j.createFromArray(1e4f, Float.NEGATIVE_INFINITY, 0f);

        assertThat(shares(new Sampling(0.1), scores)).containsExactly(shares(new Sampling(0.1).top(1), scores));
    }

    @Test
    void scoresMayBePartOfALargerArray() {
        INDArray all = Nd4j.createFromArray(new float[][] {{9, 0, 9}, {9, 5, 9}, {9, 1, 9}});

        INDArray column = all.get(NDArrayIndex.all(), NDArrayIndex.point(1));

        assertThat(new Sampling(0).draw(column, new Random(1))).isEqualTo(1);
    }

    @Test
    void whatIsNoScoreIsRefused() {
        Random random = new Random(1);
        Sampling sampling = new Sampling(1);

        assertThatThrownBy(() -> sampling.draw(Nd4j.zeros(2, 3), random))
                .hasMessage("expected a vector, a score for each token, found [2, 3]");
        assertThatThrownBy(() -> sampling.draw(Nd4j.createFromArray(0f, Float.NaN), random))
                .hasMessage("expected finite scores, found NaN for token 1");
        assertThatThrownBy(() -> sampling.draw(Nd4j.createFromArray(Float.NEGATIVE_INFINITY), random))
                .hasMessage("expected finite scores, found -Infinity for token 0");
        assertThatThrownBy(() -> new Sampling(-1)).hasMessage("temperature must be finite and at least 0, but is -1.0");
        assertThatThrownBy(() -> new Sampling(1).top(0))
                .hasMessage("expected at least one token to choose from, found 0");
    }
}
