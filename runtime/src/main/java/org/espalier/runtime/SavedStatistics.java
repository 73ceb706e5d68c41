package org.espalier.runtime;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean and the inverse standard deviation that a forward pass saves for its backward pass. */
final class SavedStatistics {
    private @Nullable INDArray mean;
    private @Nullable INDArray inverseStd;

    void allocate(INDArray newMean, INDArray newInverseStd) {
        this.mean = newMean;
        this.inverseStd = newInverseStd;
    }

    INDArray mean() {
        return allocated(mean);
    }

    INDArray inverseStd() {
        return allocated(inverseStd);
    }

    private static INDArray allocated(@Nullable INDArray statistics) {
        if (statistics == null) {
            throw new IllegalStateException("no memory has been allocated for the statistics of a batch");
        }
        return statistics;
    }
}
