package org.espalier.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.benchmarks.Differences;
import org.espalier.benchmarks.update.FusedSubject;
import org.junit.jupiter.api.Test;

class TorchUpdateTest {
    @Test
    void libtorch_takes_the_step_that_espalier_takes() {
        FusedSubject ours = new FusedSubject(5_000);
        TorchUpdate torch = new TorchUpdate(5_000, true);
        ours.step();
        torch.step();

        assertThat(Differences.largest(torch.weights(), ours.weights())).isLessThan(1e-7);
        assertThat(torch.penalty()).isCloseTo(ours.penalty(), within(1e-5 * ours.penalty()));
    }
}
