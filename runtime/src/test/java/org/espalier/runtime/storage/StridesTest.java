package org.espalier.runtime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StridesTest {
    @Test
    void theLastAxisIsTheFastest() {
        assertThat(Strides.of(2, 3, 4)).containsExactly(12, 4, 1);
    }

    @Test
    void samplesWithGapsKeepThem() {
        assertThat(Strides.reshaped(new long[] {2, 3, 4}, new long[] {100, 4, 1}, 2, 2, 6))
                .containsExactly(100, 6, 1);
    }

    @Test
    void axesAreDividedAndMergedWithinTheirStrides() {
        long[] shape = {2, 4, 1, 2, 5};
        long[] strides = {120, 30, 10, 5, 1};

        assertThat(Strides.reshaped(shape, strides, 2, 2, 2, 10)).containsExactly(120, 60, 30, 1);
        assertThatThrownBy(() -> Strides.reshaped(shape, strides, 2, 40))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, 4, 1, 2, 5] and strides [120, 30, 10, 5, 1] cannot be seen as [2, 40]");
    }
}
