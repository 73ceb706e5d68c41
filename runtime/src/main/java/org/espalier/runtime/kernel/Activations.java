package org.espalier.runtime.kernel;

import org.espalier.inference.curve.ActivationCurves;
import org.espalier.inference.curve.Normal;
import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.elementwise.CurveGradients;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.elementwise.ReferenceElementwise;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions applied to each element, and softmax. Arrays are as for {@link Kernels}; a result may be the array of an
 * operand, save of softmax. NaN in, NaN out.
 *
 * <p>A backward pass is given what tells the most: the result where that determines the derivative, since the argument
 * may be overwritten then, else the argument.
 */
public final class Activations {
    private Activations() {}

    /** y = max(x, 0). */
    public static void relu(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, relu());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue relu() {
        return Epilogue.map(ActivationCurves::relu, value -> Math.max(value, 0));
    }

    /** dX = dY · step(y), where step is 1 for positive numbers, 0 for others (so at the kink), NaN for NaN. */
    public static void reluBackward(INDArray y, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, reluBackward(y));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue reluBackward(INDArray y) {
        return Epilogue.zip(y, FloatElementwise::reluBackward, (d, v) -> d * ReferenceElementwise.step(v));
    }

    /**
     * y = x for positive x, else slope · x.
     *
     * @param slope not negative, so that y has the sign of x
     */
    public static void leakyRelu(INDArray x, INDArray y, double slope) {
        Kernels.inOnePass(x, y, leakyRelu(slope));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue leakyRelu(double slope) {
        return Epilogue.map(ActivationCurves.leakyRelu((float) slope), value -> value > 0 ? value : slope * value);
    }

    /** dX = dY for positive y, else slope · dY; NaN where y is. */
    public static void leakyReluBackward(INDArray y, INDArray dY, INDArray dX, double slope) {
        Kernels.inOnePass(dY, dX, leakyReluBackward(y, slope));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue leakyReluBackward(INDArray y, double slope) {
        return Epilogue.zip(
                y,
                FloatElementwise.leakyReluBackward((float) slope),
                (d, v) -> d * (slope + (1 - slope) * ReferenceElementwise.step(v)));
    }

    /** y = tanh x. */
    public static void tanh(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, tanh());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue tanh() {
        return Epilogue.map(ActivationCurves::tanh, Math::tanh);
    }

    /** dX = dY (1 − y²). */
    public static void tanhBackward(INDArray y, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, tanhBackward(y));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue tanhBackward(INDArray y) {
        return Epilogue.zip(y, FloatElementwise::tanhBackward, (d, v) -> d * (1 - v * v));
    }

    /** y = 1/(1 + exp(−x)). */
    public static void sigmoid(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, sigmoid());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue sigmoid() {
        return Epilogue.map(ActivationCurves::sigmoid, value -> 1 / (1 + Math.exp(-value)));
    }

    /** dX = dY y (1 − y). */
    public static void sigmoidBackward(INDArray y, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, sigmoidBackward(y));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue sigmoidBackward(INDArray y) {
        return Epilogue.zip(y, FloatElementwise::sigmoidBackward, (d, v) -> d * v * (1 - v));
    }

    /** y = x for positive x, else alpha (eˣ − 1) (Clevert and others, arXiv:1511.07289). */
    public static void elu(INDArray x, INDArray y, double alpha) {
        Kernels.inOnePass(x, y, elu(alpha));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue elu(double alpha) {
        return Epilogue.map(ActivationCurves.elu((float) alpha), v -> v > 0 ? v : alpha * Math.expm1(v));
    }

    /** dX = dY for positive y, else dY (y + alpha). */
    public static void eluBackward(INDArray y, INDArray dY, INDArray dX, double alpha) {
        Kernels.inOnePass(dY, dX, eluBackward(y, alpha));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue eluBackward(INDArray y, double alpha) {
        return Epilogue.zip(y, CurveGradients.eluBackward((float) alpha), (d, v) -> v > 0 ? d : d * (v + alpha));
    }

    /** y = x σ(x), σ(x) = 1/(1 + exp(−x)) (Elfwing and others, arXiv:1702.03118). */
    public static void silu(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, silu());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue silu() {
        return Epilogue.map(ActivationCurves::silu, v -> v / (1 + Math.exp(-v)));
    }

    /** dX = dY σ(x) (1 + x (1 − σ(x))). */
    public static void siluBackward(INDArray x, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, siluBackward(x));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue siluBackward(INDArray x) {
        return Epilogue.zip(x, CurveGradients::siluBackward, (d, v) -> {
            double s = 1 / (1 + Math.exp(-v));
            return d * s * (1 + v * (1 - s));
        });
    }

    /** y = x Φ(x), Φ the distribution function of the normal distribution (Hendrycks and Gimpel, arXiv:1606.08415). */
    public static void gelu(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, gelu());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue gelu() {
        return Epilogue.map(ActivationCurves::gelu, v -> v * Normal.distribution(v));
    }

    /** dX = dY (Φ(x) + x φ(x)), φ the density. */
    public static void geluBackward(INDArray x, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, geluBackward(x));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue geluBackward(INDArray x) {
        return Epilogue.zip(
                x, CurveGradients::geluBackward, (d, v) -> d * (Normal.distribution(v) + v * Normal.density(v)));
    }

    /** y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), which is close to {@link #gelu}. */
    public static void tanhGelu(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, tanhGelu());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue tanhGelu() {
        return Epilogue.map(ActivationCurves::tanhGelu, v -> 0.5 * v * (1 + Math.tanh(CurveGradients.bent(v))));
    }

    /** dX = dY (½ (1 + t) + ½ x (1 − t²) √(2/π) (1 + 0.134145 x²)), t the hyperbolic tangent of the forward pass. */
    public static void tanhGeluBackward(INDArray x, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, tanhGeluBackward(x));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue tanhGeluBackward(INDArray x) {
        return Epilogue.zip(x, CurveGradients::tanhGeluBackward, (d, v) -> {
            double t = Math.tanh(CurveGradients.bent(v));
            return d * 0.5 * (1 + t + v * (1 - t * t) * CurveGradients.bentSlope(v));
        });
    }

    /** y = log(1 + exp(beta x))/beta, and x where beta x is above the threshold. */
    public static void softplus(INDArray x, INDArray y, double beta, double threshold) {
        Kernels.inOnePass(x, y, softplus(beta, threshold));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue softplus(double beta, double threshold) {
        return Epilogue.map(
                ActivationCurves.softplus(beta, threshold),
                v -> beta * v > threshold ? v : Math.log1p(Math.exp(beta * v)) / beta);
    }

    /** dX = dY σ(beta x), and dY where beta x is above the threshold. */
    public static void softplusBackward(INDArray x, INDArray dY, INDArray dX, double beta, double threshold) {
        Kernels.inOnePass(dY, dX, softplusBackward(x, beta, threshold));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue softplusBackward(INDArray x, double beta, double threshold) {
        return Epilogue.zip(
                x,
                CurveGradients.softplusBackward(beta, threshold),
                (d, v) -> beta * v > threshold ? d : d / (1 + Math.exp(-beta * v)));
    }

    /** y = x, but at least min and at most max. */
    public static void hardtanh(INDArray x, INDArray y, double min, double max) {
        Kernels.inOnePass(x, y, hardtanh(min, max));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue hardtanh(double min, double max) {
        return Epilogue.map(ActivationCurves.hardtanh((float) min, (float) max), v -> Math.max(min, Math.min(max, v)));
    }

    /** dX = dY where y is above min and below max, else 0 (so at both kinks). */
    public static void hardtanhBackward(INDArray y, INDArray dY, INDArray dX, double min, double max) {
        Kernels.inOnePass(dY, dX, hardtanhBackward(y, min, max));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue hardtanhBackward(INDArray y, double min, double max) {
        return Epilogue.zip(
                y,
                CurveGradients.hardtanhBackward((float) min, (float) max),
                (d, v) -> d * ReferenceElementwise.step(v - min) * ReferenceElementwise.step(max - v));
    }

    /** y = min(max(x, 0), 6). */
    public static void relu6(INDArray x, INDArray y) {
        Kernels.inOnePass(x, y, relu6());
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue relu6() {
        return hardtanh(0, 6);
    }

    /** dX = dY where y is between 0 and 6, else 0. */
    public static void relu6Backward(INDArray y, INDArray dY, INDArray dX) {
        Kernels.inOnePass(dY, dX, relu6Backward(y));
    }

    /** The same as an epilogue of another kernel. */
    public static Epilogue relu6Backward(INDArray y) {
        return hardtanhBackward(y, 0, 6);
    }

    /**
     * y[c] = exp(x[c])/Σ_k exp(x[k]) along an axis, at each place of the others; the largest x is subtracted first, so
     * that nothing overflows.
     *
     * @param x [batch, …]
     * @param axis which, counted with the batch, which it is not
     */
    public static void softmax(INDArray x, INDArray y, int axis) {
        KernelSet.of(x).softmax(samples(x, axis), samples(y, axis), Math.max(1, axis), false);
    }

    /** dX = y (dY − Σ_k dY[k] y[k]). */
    public static void softmaxBackward(INDArray y, INDArray dY, INDArray dX, int axis) {
        KernelSet.of(y)
                .softmaxBackward(samples(y, axis), samples(dY, axis), samples(dX, axis), Math.max(1, axis), false);
    }

    /**
     * Weights of attention (Vaswani and others, arXiv:1706.03762): the softmax of scale · x along the last axis, in one
     * pass over memory. y may be x.
     *
     * @param x [batch, …, queries, keys]
     * @param causal whether query i sees only the keys up to i; the weights of others are 0
     */
    public static void attentionWeights(INDArray x, INDArray y, double scale, boolean causal) {
        KernelSet.of(x).attentionWeights(x, y, scale, causal);
    }

    /** dX = scale · y (dY − Σ_k dY[k] y[k]), which is 0 where a key is not seen. dX may be dY. */
    public static void attentionWeightsBackward(INDArray y, INDArray dY, INDArray dX, double scale) {
        KernelSet.of(y).attentionWeightsBackward(y, dY, dX, scale);
    }

    /** The logarithm of {@link #softmax}, without the loss of digits that taking it afterwards would bring. */
    public static void logSoftmax(INDArray x, INDArray y, int axis) {
        KernelSet.of(x).softmax(samples(x, axis), samples(y, axis), Math.max(1, axis), true);
    }

    /** dX = dY − exp(y) Σ_k dY[k]. */
    public static void logSoftmaxBackward(INDArray y, INDArray dY, INDArray dX, int axis) {
        KernelSet.of(y)
                .softmaxBackward(samples(y, axis), samples(dY, axis), samples(dX, axis), Math.max(1, axis), true);
    }

    /** The array as one sample where the axis would be that of the samples. */
    private static INDArray samples(INDArray array, int axis) {
        return axis == 0 ? NdArrays.asSample(array) : array;
    }
}
