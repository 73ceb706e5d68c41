package org.espalier.runtime.kernel.loss;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.elementwise.FloatFormula;
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
     * @param labels [batch], whole numbers from 0 to classes − 1 in any number format, or −100, which counts for
     *     nothing
     * @param dLogarithms receives −scale/batch at the label, else 0
     * @throws IllegalArgumentException if a label is not a class, or there are not as many as logarithms' rows
     */
    public static double nllLoss(INDArray logarithms, INDArray labels, double scale, INDArray dLogarithms) {
        return nllLoss(logarithms, labels, weights(), ClassLosses.IGNORED, scale, dLogarithms);
    }

    /**
     * scale × mean over the batch of −log softmax(logits)[label].
     *
     * @param logits [batch, classes]
     * @param labels [batch], whole numbers from 0 to classes − 1 in any number format, or −100, which counts for
     *     nothing
     * @param dLogits receives scale/batch · (softmax(logits) − onehot(label))
     * @throws IllegalArgumentException if a label is not a class, or there are not as many as logits' rows
     */
    public static double crossEntropyLoss(INDArray logits, INDArray labels, double scale, INDArray dLogits) {
        if (Labels.contains(labels, ClassLosses.IGNORED)) {
            return crossEntropyLoss(logits, labels, weights(), ClassLosses.IGNORED, 0, scale, dLogits);
        }
        int[] classes = classes(labels, logits);
        return LossKernels.of(logits).crossEntropy(logits, classes, scale, dLogits);
    }

    /** Weights, as losses take them; none if everything weighs 1. */
    public static double[] weights(double... weights) {
        return weights.clone();
    }

    /**
     * scale × Σ w[label] −log softmax(logits)[label] / Σ w[label] over all places whose label is not ignored. Smoothing
     * gives each class its share of the target besides, weighed by the class.
     *
     * @param logits [batch, classes, …]
     * @param labels [batch, …], whole numbers from 0 to classes − 1 in any number format, or {@code ignored}
     * @param weights of the classes, none if they weigh 1
     * @param smoothing from 0 to 1
     * @param dLogits receives scale/Σ w · (Σ a · softmax(logits) − a), a the weighed target
     * @throws IllegalArgumentException if a label is neither a class nor ignored, or their number is another
     */
    public static double crossEntropyLoss(
            INDArray logits,
            INDArray labels,
            double[] weights,
            int ignored,
            double smoothing,
            double scale,
            INDArray dLogits) {
        return ClassLosses.ofLabels(logits, labels, weights, ignored, smoothing, true, true, scale, dLogits);
    }

    /** The same without the division by the weights of the labels. */
    public static double summedCrossEntropyLoss(
            INDArray logits,
            INDArray labels,
            double[] weights,
            int ignored,
            double smoothing,
            double scale,
            INDArray dLogits) {
        return ClassLosses.ofLabels(logits, labels, weights, ignored, smoothing, false, true, scale, dLogits);
    }

    /**
     * scale × mean over all places of −Σ w[c] t[c] log softmax(logits)[c], of probabilities t of the classes c.
     *
     * @param logits [batch, classes, …]
     * @param target the same shape
     * @param weights of the classes, none if they weigh 1
     * @param smoothing from 0 to 1: the share of t that all classes have alike
     * @param dLogits receives scale/places · (Σ a · softmax(logits) − a), a the weighed target
     */
    public static double crossEntropyLoss(
            INDArray logits, INDArray target, double[] weights, double smoothing, double scale, INDArray dLogits) {
        return ClassLosses.ofProbabilities(logits, target, weights, smoothing, scale, dLogits);
    }

    /**
     * scale × Σ −w[label] logarithms[label] / Σ w[label] over all places whose label is not ignored.
     *
     * @param logarithms of probabilities, [batch, classes, …]
     * @param labels [batch, …], whole numbers from 0 to classes − 1 in any number format, or {@code ignored}
     * @param weights of the classes, none if they weigh 1
     * @param dLogarithms receives −scale/Σ w · w[label] at the label, else 0
     * @throws IllegalArgumentException if a label is neither a class nor ignored, or their number is another
     */
    public static double nllLoss(
            INDArray logarithms, INDArray labels, double[] weights, int ignored, double scale, INDArray dLogarithms) {
        return ClassLosses.ofLabels(logarithms, labels, weights, ignored, 0, true, false, scale, dLogarithms);
    }

    /** The same without the division by the weights of the labels. */
    public static double summedNllLoss(
            INDArray logarithms, INDArray labels, double[] weights, int ignored, double scale, INDArray dLogarithms) {
        return ClassLosses.ofLabels(logarithms, labels, weights, ignored, 0, false, false, scale, dLogarithms);
    }

    /**
     * {@link #bceLoss(INDArray, INDArray, double, INDArray)} with weights along the last axis, a mean over all
     * elements.
     *
     * @param weights as many as the last axis has elements, or one
     */
    public static double bceLoss(
            INDArray prediction, INDArray target, double[] weights, double scale, INDArray dPrediction) {
        return Pointwise.mean(List.of(Pointwise.BCE), weights, prediction, target, scale, dPrediction);
    }

    /**
     * scale × mean of w ((1 − t) z + (1 + (q − 1) t) log(1 + exp(−z))), without overflow.
     *
     * @param logits z
     * @param target t in [0, 1]
     * @param weights w, as many as the last axis has elements, or one, or none
     * @param positive q, what the elements weigh besides where t is 1, likewise
     * @param dLogits receives scale/N · w ((1 − t) − (1 + (q − 1) t) σ(−z))
     */
    public static double bceWithLogitsLoss(
            INDArray logits, INDArray target, double[] weights, double[] positive, double scale, INDArray dLogits) {
        List<Pointwise> losses = positive.length == 0
                ? List.of(Pointwise.BCE_WITH_LOGITS)
                : Arrays.stream(positive).mapToObj(Pointwise::bceWithLogits).toList();
        return Pointwise.mean(losses, weights.length == 0 ? new double[] {1} : weights, logits, target, scale, dLogits);
    }

    /**
     * {@link #bceWithLogitsLoss(INDArray, INDArray, double, INDArray)} of each class of a sample: Soft margin of
     * several labels, a mean over all elements.
     */
    public static double multiLabelSoftMarginLoss(INDArray logits, INDArray target, double scale, INDArray dLogits) {
        return bceWithLogitsLoss(logits, target, scale, dLogits);
    }

    /**
     * The same with weights of the classes, the last axis.
     *
     * @param weights as many as there are classes, or one
     */
    public static double multiLabelSoftMarginLoss(
            INDArray logits, INDArray target, double[] weights, double scale, INDArray dLogits) {
        return bceWithLogitsLoss(logits, target, weights, weights(), scale, dLogits);
    }

    /**
     * scale × mean over the batch of w[label]/classes · Σ max(0, margin − x[label] + x[i])ᵖ over the other classes i.
     *
     * @param scores x, [batch, classes]
     * @param labels [batch], whole numbers from 0 to classes − 1 in any number format
     * @param weights of the classes, none if they weigh 1
     * @param power p, 1 or 2
     * @param dScores receives the gradient; where the margin is just kept it is 0
     * @throws IllegalArgumentException if a label is not a class, or their number is another
     */
    public static double multiMarginLoss(
            INDArray scores,
            INDArray labels,
            double[] weights,
            int power,
            double margin,
            double scale,
            INDArray dScores) {
        return MarginLosses.multiMargin(scores, labels, weights, power, margin, scale, dScores);
    }

    /**
     * scale × mean over the batch of Σ max(0, 1 − x[j] + x[i])/classes over the right classes j and all others i.
     *
     * @param scores x, [batch, classes]
     * @param labels [batch, classes], the right classes of each sample in any order and number format, and behind them
     *     −1
     * @param dScores receives the gradient; where the margin is just kept it is 0
     * @throws IllegalArgumentException if a label is neither a class nor −1
     */
    public static double multiLabelMarginLoss(INDArray scores, INDArray labels, double scale, INDArray dScores) {
        return MarginLosses.multiLabelMargin(scores, labels, scale, dScores);
    }

    /**
     * scale × mean over the batch of −log p/max(1, labels) of the probability p to read a target from a sequence, where
     * blanks and repetitions may stand between and behind its labels (Graves et al., ICML 2006).
     *
     * @param logarithms of probabilities, [batch, length, classes], as a log softmax makes them
     * @param targets [batch, most], class indices in any number format; those behind a target's length are not looked
     *     at
     * @param lengths [batch], the steps of each sequence that count
     * @param targetLengths [batch], the labels of each target
     * @param blank the class that stands for none
     * @param zeroInfinity whether a sequence that is too short for its target counts for nothing
     * @param dLogarithms receives the gradient that PyTorch has, which is that through the log softmax: scale/… ·
     *     (exp(logarithm) − the share of p that has the class at the step); 0 behind the steps
     * @throws IllegalArgumentException if a label is no class or the blank, or a length is beyond its room
     */
    public static double ctcLoss(
            INDArray logarithms,
            INDArray targets,
            INDArray lengths,
            INDArray targetLengths,
            int blank,
            boolean zeroInfinity,
            double scale,
            INDArray dLogarithms) {
        CtcLosses.Settings settings = new CtcLosses.Settings(blank, zeroInfinity, true);
        return CtcLosses.of(logarithms, targets, lengths, targetLengths, settings, scale, dLogarithms);
    }

    /** The same without the divisions by the batch and the labels of a target. */
    public static double summedCtcLoss(
            INDArray logarithms,
            INDArray targets,
            INDArray lengths,
            INDArray targetLengths,
            int blank,
            boolean zeroInfinity,
            double scale,
            INDArray dLogarithms) {
        CtcLosses.Settings settings = new CtcLosses.Settings(blank, zeroInfinity, false);
        return CtcLosses.of(logarithms, targets, lengths, targetLengths, settings, scale, dLogarithms);
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
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static double elementwiseLoss(
            INDArray prediction,
            INDArray target,
            double scale,
            INDArray dPrediction,
            FloatFormula loss,
            FloatFormula slope) {
        return ElementwiseLosses.of(operands(prediction, target), scale, loss, List.of(slope(dPrediction, slope)));
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static double elementwiseLoss(
            INDArray prediction,
            INDArray target,
            double scale,
            INDArray dPrediction,
            DoubleFormula loss,
            DoubleFormula slope) {
        return ElementwiseLosses.of(operands(prediction, target), scale, loss, List.of(slope(dPrediction, slope)));
    }

    /**
     * scale × mean of a formula of an element of each of several arrays over all elements. The formula and its
     * derivatives run in the arrays' precision.
     *
     * @param operands of one shape, in the order of the formula's variables
     * @param loss of an element of each
     * @param slopes its derivatives by some of them, with the arrays that receive scale/N · slope
     */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static double elementwiseLoss(INDArray[] operands, double scale, FloatFormula loss, FloatSlope... slopes) {
        return ElementwiseLosses.of(operands, scale, loss, List.of(slopes));
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static double elementwiseLoss(INDArray[] operands, double scale, DoubleFormula loss, DoubleSlope... slopes) {
        return ElementwiseLosses.of(operands, scale, loss, List.of(slopes));
    }

    /** Arrays that a loss reads. */
    public static INDArray[] operands(INDArray... operands) {
        return operands.clone();
    }

    /** A derivative of a loss, and where the gradient by its operand goes. */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static FloatSlope slope(INDArray gradient, FloatFormula slope) {
        return new FloatSlope(gradient, slope);
    }

    /** The same on doubles. */
    @SuppressWarnings("overloads") // As in Formulas: a method reference tells the precision.
    public static DoubleSlope slope(INDArray gradient, DoubleFormula slope) {
        return new DoubleSlope(gradient, slope);
    }

    /** A derivative of a loss, and the array that receives the gradient. */
    public record FloatSlope(INDArray gradient, FloatFormula slope) {}

    /** The same on doubles. */
    public record DoubleSlope(INDArray gradient, DoubleFormula slope) {}

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
