package org.espalier.inference;

import org.espalier.inference.convolution.ResultWork;
import org.espalier.inference.curve.ActivationCurves;
import org.espalier.inference.curve.FloatCurve;
import org.espalier.inference.forward.ElementwiseLoops;
import org.espalier.inference.forward.ForwardReduction;
import org.espalier.inference.tensor.FloatTensor;

/** Activation functions, which generated classes apply to tensors, or to a convolution on its way to memory. */
public final class InferenceActivations {
    private InferenceActivations() {}

    private static ResultWork then(FloatCurve curve) {
        return new ResultWork(null, null, curve);
    }

    /** Applies relu to a convolution. */
    public static ResultWork relu() {
        return then(ActivationCurves::relu);
    }

    /** Applies tanh to a convolution. */
    public static ResultWork tanh() {
        return then(ActivationCurves::tanh);
    }

    /** Applies sigmoid to a convolution. */
    public static ResultWork sigmoid() {
        return then(ActivationCurves::sigmoid);
    }

    /** Applies silu to a convolution. */
    public static ResultWork silu() {
        return then(ActivationCurves::silu);
    }

    /** Applies gelu to a convolution. */
    public static ResultWork gelu() {
        return then(ActivationCurves::gelu);
    }

    /** Applies tanhGelu to a convolution. */
    public static ResultWork tanhGelu() {
        return then(ActivationCurves::tanhGelu);
    }

    /** Applies relu6 to a convolution. */
    public static ResultWork relu6() {
        return then(ActivationCurves.hardtanh(0, 6));
    }

    /** Applies hardtanh to a convolution. */
    public static ResultWork hardtanh(double min, double max) {
        return then(ActivationCurves.hardtanh((float) min, (float) max));
    }

    /** Applies leakyRelu to a convolution. */
    public static ResultWork leakyRelu(double slope) {
        return then(ActivationCurves.leakyRelu((float) slope));
    }

    /** Applies elu to a convolution. */
    public static ResultWork elu(double alpha) {
        return then(ActivationCurves.elu((float) alpha));
    }

    /** Applies softplus to a convolution. */
    public static ResultWork softplus(double beta, double threshold) {
        return then(ActivationCurves.softplus(beta, threshold));
    }

    /** Applies relu to each element. */
    public static void relu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves::relu);
    }

    /** Applies tanh to each element. */
    public static void tanh(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::tanh);
    }

    /** Applies sigmoid to each element. */
    public static void sigmoid(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::sigmoid);
    }

    /** Applies silu to each element. */
    public static void silu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::silu);
    }

    /** Applies gelu to each element. */
    public static void gelu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::gelu);
    }

    /** Applies tanhGelu to each element. */
    public static void tanhGelu(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves::tanhGelu);
    }

    /** Applies ReLU6 to each element. */
    public static void relu6(FloatTensor x, FloatTensor y) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.hardtanh(0, 6));
    }

    /** Limits each element. */
    public static void hardtanh(FloatTensor x, FloatTensor y, double min, double max) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.hardtanh((float) min, (float) max));
    }

    /** Multiplies elements below 0 by a slope. */
    public static void leakyRelu(FloatTensor x, FloatTensor y, double slope) {
        ElementwiseLoops.map(x, y, 2, ActivationCurves.leakyRelu((float) slope));
    }

    /** Applies ELU to each element. */
    public static void elu(FloatTensor x, FloatTensor y, double alpha) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves.elu((float) alpha));
    }

    /** Applies softplus to each element. */
    public static void softplus(FloatTensor x, FloatTensor y, double beta, double threshold) {
        ElementwiseLoops.map(x, y, 16, ActivationCurves.softplus(beta, threshold));
    }

    /** Computes softmax along an axis. */
    public static void softmax(FloatTensor x, FloatTensor y, int axis) {
        ForwardReduction.softmax(x, y, axis, false);
    }

    /** Computes the logarithm of softmax along an axis. */
    public static void logSoftmax(FloatTensor x, FloatTensor y, int axis) {
        ForwardReduction.softmax(x, y, axis, true);
    }

    /** Computes softmax of scaled rows, of all keys or those up to the query. */
    public static void attentionWeights(FloatTensor x, FloatTensor y, double scale, boolean causal) {
        ForwardReduction.attentionWeights(x, y, (float) scale, causal);
    }
}
