package org.espalier.runtime.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Losses, as PyTorch's with reduction {@code mean}: each returns scale × loss and writes the gradient of that by the
 * prediction. Sums are in double precision whatever the arrays' type.
 */
public final class Losses {
    private Losses() {}

    /**
     * scale × mean of |prediction − target| over all elements. The derivative of |d| at 0 is 0.
     *
     * @param prediction any shape
     * @param target the same shape
     * @param dPrediction receives scale/N · sgn(prediction − target)
     */
    public static double l1Loss(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        return Operand.of(prediction).isFloat
                ? FloatLosses.l1(Operand.of(prediction), Operand.of(target), scale, Operand.of(dPrediction))
                : ReferenceLosses.l1(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of (prediction − target)² over all elements.
     *
     * @param prediction any shape
     * @param target the same shape
     * @param dPrediction receives scale/N · 2 (prediction − target)
     */
    public static double mseLoss(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        return Operand.of(prediction).isFloat
                ? FloatLosses.mse(Operand.of(prediction), Operand.of(target), scale, Operand.of(dPrediction))
                : ReferenceLosses.mse(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean over the batch of −log softmax(logits)[label].
     *
     * @param logits [batch, classes]
     * @param labels [batch], whole numbers from 0 to classes − 1 in any number format
     * @param dLogits receives scale/batch · (softmax(logits) − onehot(label))
     * @throws IllegalArgumentException if a label is not a class, or there are not as many as logits' rows
     */
    public static double crossEntropyLoss(INDArray logits, INDArray labels, double scale, INDArray dLogits) {
        int[] classes = classes(labels, logits);
        return Operand.of(logits).isFloat
                ? FloatLosses.crossEntropy(Operand.of(logits), classes, scale, Operand.of(dLogits))
                : ReferenceLosses.crossEntropy(logits, classes, scale, dLogits);
    }

    private static int[] classes(INDArray labels, INDArray logits) {
        Operand shape = Operand.of(logits);
        if (labels.length() != shape.samples) {
            throw new IllegalArgumentException("crossEntropyLoss has " + shape.samples + " rows of logits, but "
                    + labels.length() + " labels; give one label for each sample");
        }
        int[] classes = new int[shape.samples];
        for (int n = 0; n < classes.length; n++) {
            double label = labels.getDouble(n);
            if (!(label >= 0 && label < shape.sampleSize && label == Math.rint(label))) {
                throw new IllegalArgumentException("label " + n + " is " + labels.getNumber(n)
                        + ", but the classes are the whole numbers from 0 to " + (shape.sampleSize - 1) + " ("
                        + shape.sampleSize + " logits)");
            }
            classes[n] = (int) label;
        }
        return classes;
    }
}
