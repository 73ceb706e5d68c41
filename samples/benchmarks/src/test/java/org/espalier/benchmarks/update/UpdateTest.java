package org.espalier.benchmarks.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.benchmarks.Differences;
import org.junit.jupiter.api.Test;

class UpdateTest {
    @Test
    void operationsOfNd4jUpdateAsEspalierDoes() {
        FusedSubject ours = new FusedSubject(5_000);
        OpsSubject ops = new OpsSubject(5_000);
        for (int step = 0; step < 3; step++) {
            ours.step();
            ops.step();
        }

        // Three steps go as far as 6e-4. ND4J adds Adam's ε before it corrects the bias, which tiny gradients show.
        assertThat(Differences.mean(ops.weights(), ours.weights())).isLessThan(1e-6);
        assertThat(ops.penalty()).isCloseTo(ours.penalty(), within(1e-5 * ours.penalty()));
    }
}
