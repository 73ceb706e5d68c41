package org.espalier.runtime.data.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to choose the next token by a network's scores for each: it is drawn with the probabilities that a softmax
 * makes of them.
 *
 * <pre>
 *   Sampling sampling = new Sampling(0.8).top(40);
 *   int next = sampling.draw(scores, random);
 * </pre>
 */
public final class Sampling {
    private final double temperature;
    private final int top;

    /**
     * By scores that are divided by a temperature first.
     *
     * @param temperature 1 for the network's own probabilities, less to be surer of what is likely; 0 takes the
     *     greatest score
     * @throws IllegalArgumentException if it is below 0 or not finite
     */
    public Sampling(double temperature) {
        this(temperature, Integer.MAX_VALUE);
    }

    private Sampling(double temperature, int top) {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be finite and at least 0, but is " + temperature);
        }
        if (top < 1) {
            throw new IllegalArgumentException("expected at least one token to choose from, found " + top);
        }
        this.temperature = temperature;
        this.top = top;
    }

    /**
     * The same among the tokens with the greatest scores alone.
     *
     * @param tokens how many
     * @throws IllegalArgumentException if that is below 1
     */
    public Sampling top(int tokens) {
        return new Sampling(temperature, tokens);
    }

    /**
     * Draws a token. Of equal scores the token with the smaller number counts as greater.
     *
     * @param scores of each token, a vector of logits
     * @return its number, counted from 0
     * @throws IllegalArgumentException if it is no vector, or a score is NaN or positive infinity, or all are negative
     *     infinity
     */
    public int draw(INDArray scores, RandomGenerator random) {
        if (!scores.isVector() && scores.length() != 1) {
            throw new IllegalArgumentException(
                    "expected a vector, a score for each token, found " + Arrays.toString(scores.shape()));
        }
        double[] logits = scores.dup().toDoubleVector();
        int[] ranked = IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparing((Integer token) -> logits[token]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        double greatest = logits[ranked[0]];
        if (!Double.isFinite(greatest)) {
            throw new IllegalArgumentException("expected finite scores, found " + greatest + " for token " + ranked[0]);
        }
        if (temperature == 0) {
            return ranked[0];
        }
        double[] upTo = new double[Math.min(top, ranked.length)];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += Math.exp((logits[ranked[i]] - greatest) / temperature);
            upTo[i] = sum;
        }
        double drawn = random.nextDouble() * sum;
        int i = 0;
        while (upTo[i] <= drawn && i < upTo.length - 1) {
            i++;
        }
        return ranked[i];
    }
}
