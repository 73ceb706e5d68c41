package org.espalier.runtime;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The scale γ and the shift β of a normalization, as kernels take them: null where there is none.
 *
 * @param weight γ
 * @param bias β
 */
record Affine(@Nullable Parameter weight, @Nullable Parameter bias) {
    /** Neither. */
    static final Affine NONE = new Affine(null, null);

    @Nullable
    INDArray gamma() {
        return weight == null ? null : weight.numbers();
    }

    @Nullable
    INDArray beta() {
        return bias == null ? null : bias.numbers();
    }

    @Nullable
    INDArray dGamma() {
        return weight == null ? null : weight.gradientNumbers();
    }

    @Nullable
    INDArray dBeta() {
        return bias == null ? null : bias.gradientNumbers();
    }
}
