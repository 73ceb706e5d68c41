package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.elementwise.FloatFormula;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Operand;
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
        return LossKernels.of(prediction).l1(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of (prediction − target)² over all elements.
     *
     * @param prediction any shape
     * @param target the same shape
     * @param dPrediction receives scale/N · 2 (prediction − target)
     */
    public static double mseLoss(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        return LossKernels.of(prediction).mse(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of d²/(2 beta) where |d| &lt; beta, else of |d| − beta/2, with d = prediction − target.
     *
     * @param beta above 0
     * @param dPrediction receives scale/N · d/beta, or scale/N · sgn(d)
     */
    public static double smoothL1Loss(
            INDArray prediction, INDArray target, double beta, double scale, INDArray dPrediction) {
        return Pointwise.smoothL1(beta).loss(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of d²/2 where |d| ≤ delta, else of delta (|d| − delta/2), with d = prediction − target (Huber,
     * 1964).
     *
     * @param delta above 0
     * @param dPrediction receives scale/N · d, or scale/N · delta sgn(d)
     */
    public static double huberLoss(
            INDArray prediction, INDArray target, double delta, double scale, INDArray dPrediction) {
        return Pointwise.huber(delta).loss(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of −t log p − (1 − t) log(1 − p), where a logarithm below −100 counts as −100.
     *
     * @param prediction probabilities p in [0, 1]
     * @param target t in [0, 1]
     * @param dPrediction receives scale/N · (p − t)/(p (1 − p)), the denominator at least 1e-12
     * @throws IllegalArgumentException if a prediction or a target is not between 0 and 1, as PyTorch
     */
    public static double bceLoss(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        return Pointwise.BCE.loss(prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of max(z, 0) − z t + log(1 + exp(−|z|)), which is {@link #bceLoss} of p = σ(z) without overflow.
     *
     * @param logits z
     * @param target t in [0, 1]
     * @param dLogits receives scale/N · (σ(z) − t)
     */
    public static double bceWithLogitsLoss(INDArray logits, INDArray target, double scale, INDArray dLogits) {
        return Pointwise.BCE_WITH_LOGITS.loss(logits, target, scale, dLogits);
    }

    /**
     * scale × mean over the batch of −logarithms[label].
     *
     * @param logarithms of probabilities, [batch, classes]
     * @param labels [batch], whole numbers from 0 to classes − 1 in any number format
     * @param dLogarithms receives −scale/batch at the label, else 0
     * @throws IllegalArgumentException if a label is not a class, or there are not as many as logarithms' rows
     */
    public static double nllLoss(INDArray logarithms, INDArray labels, double scale, INDArray dLogarithms) {
        int[] classes = classes(labels, logarithms);
        Operand from = Operand.of(logarithms);
        double[] values = from.read();
        double[] gradient = new double[values.length];
        double sum = 0;
        for (int n = 0; n < classes.length; n++) {
            int place = n * from.sampleSize + classes[n];
            sum -= values[place];
            gradient[place] = -scale / classes.length;
        }
        Operand.of(dLogarithms).write(gradient);
        return scale * sum / classes.length;
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
        return LossKernels.of(logits).crossEntropy(logits, classes, scale, dLogits);
    }

    /**
     * scale × mean of a formula of each prediction and its target over all elements. The formula and its derivative run
     * in the arrays' precision.
     *
     * @param prediction any shape
     * @param target the same shape
     * @param dPrediction receives scale/N · slope
     * @param loss of a prediction and a target
     * @param slope its derivative by the prediction, of the same two
     */
    @SuppressWarnings("overloads") // See Formulas.
    public static double elementwiseLoss(
            INDArray prediction,
            INDArray target,
            double scale,
            INDArray dPrediction,
            FloatFormula loss,
            FloatFormula slope) {
        Operand p = Operand.of(prediction);
        Operand t = Operand.of(target);
        Operand d = Operand.of(dPrediction);
        float factor = (float) (scale / p.size());
        double[] sums = new double[Blocks.count(p.samples, p.sampleSize)];
        Blocks.forEach(p.samples, p.sampleSize, (index, sample, from, count, scratch) -> {
            float[][] operands = scratch.operands(2);
            p.get(sample * p.sampleStride + from, operands[0], count);
            t.get(sample * t.sampleStride + from, operands[1], count);
            loss.apply(operands, scratch.a, count);
            for (int i = 0; i < count; i++) {
                sums[index] += scratch.a[i];
            }
            slope.apply(operands, scratch.a, count);
            for (int i = 0; i < count; i++) {
                scratch.a[i] *= factor;
            }
            d.put(sample * d.sampleStride + from, scratch.a, count);
        });
        return scale / p.size() * sum(sums);
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // See Formulas.
    public static double elementwiseLoss(
            INDArray prediction,
            INDArray target,
            double scale,
            INDArray dPrediction,
            DoubleFormula loss,
            DoubleFormula slope) {
        double[][] operands = {Operand.of(prediction).read(), Operand.of(target).read()};
        int size = operands[0].length;
        double[] result = new double[size];
        loss.apply(operands, result, size);
        double sum = sum(result);
        slope.apply(operands, result, size);
        for (int i = 0; i < size; i++) {
            result[i] *= scale / size;
        }
        Operand.of(dPrediction).write(result);
        return scale / size * sum;
    }

    private static double sum(double... parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        return sum;
    }

    private static int[] classes(INDArray labels, INDArray logits) {
        Operand shape = Operand.of(logits);
        if (labels.length() != shape.samples) {
            throw new IllegalArgumentException("the loss has " + shape.samples + " rows of predictions, but "
                    + labels.length() + " labels; give one label for each sample");
        }
        int[] classes = new int[shape.samples];
        for (int n = 0; n < classes.length; n++) {
            double label = labels.getDouble(n);
            if (!(label >= 0 && label < shape.sampleSize && label == Math.rint(label))) {
                throw new IllegalArgumentException("label " + n + " is " + labels.getNumber(n)
                        + ", but the classes are the whole numbers from 0 to " + (shape.sampleSize - 1) + " ("
                        + shape.sampleSize + " predictions)");
            }
            classes[n] = (int) label;
        }
        return classes;
    }
}
