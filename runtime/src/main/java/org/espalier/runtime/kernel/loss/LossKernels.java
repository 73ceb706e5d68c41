package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The losses that are written by hand, in one precision; {@link Losses} says what each computes. */
interface LossKernels {
    /** Those for an array, and so for all arrays of a call. */
    static LossKernels of(INDArray array) {
        return Operand.of(array).isFloat ? FloatLosses.CPU : ReferenceLosses.CPU;
    }

    /** Mean of |p − t|; dP = sgn(p − t)/N. */
    double l1(INDArray prediction, INDArray target, double scale, INDArray dPrediction);

    /** Mean of (p − t)²; dP = 2 (p − t)/N. */
    double mse(INDArray prediction, INDArray target, double scale, INDArray dPrediction);

    /**
     * Mean over the batch of −z[label] + log Σ exp z, the logarithm taken after the largest logit is subtracted, so
     * that nothing overflows; dZ = (softmax(z) − onehot(label))/batch.
     */
    double crossEntropy(INDArray logits, int[] labels, double scale, INDArray dLogits);
}
