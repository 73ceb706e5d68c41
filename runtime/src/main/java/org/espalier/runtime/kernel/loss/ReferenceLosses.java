package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses in plain loops of double arithmetic. */
final class ReferenceLosses implements LossKernels {
    static final ReferenceLosses CPU = new ReferenceLosses();

    private ReferenceLosses() {}

    @Override
    public double l1(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        double[] p = Operand.of(prediction).read();
        double[] t = Operand.of(target).read();
        double sum = 0;
        double[] dP = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            sum += Math.abs(p[i] - t[i]);
            dP[i] = scale / p.length * Math.signum(p[i] - t[i]);
        }
        Operand.of(dPrediction).write(dP);
        return scale * sum / p.length;
    }

    @Override
    public double mse(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        double[] p = Operand.of(prediction).read();
        double[] t = Operand.of(target).read();
        double sum = 0;
        double[] dP = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            double difference = p[i] - t[i];
            sum += difference * difference;
            dP[i] = scale / p.length * 2 * difference;
        }
        Operand.of(dPrediction).write(dP);
        return scale * sum / p.length;
    }

    @Override
    public double crossEntropy(INDArray logits, int[] labels, double scale, INDArray dLogits) {
        Operand shape = Operand.of(logits);
        int classes = shape.sampleSize;
        double[] z = shape.read();
        double[] dZ = new double[z.length];
        double sum = 0;
        for (int n = 0; n < labels.length; n++) {
            int row = n * classes;
            double largest = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                largest = Math.max(largest, z[row + c]);
            }
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += Math.exp(z[row + c] - largest);
            }
            sum += Math.log(total) + largest - z[row + labels[n]];
            for (int c = 0; c < classes; c++) {
                double softmax = Math.exp(z[row + c] - largest) / total;
                dZ[row + c] = scale / labels.length * (softmax - (c == labels[n] ? 1 : 0));
            }
        }
        Operand.of(dLogits).write(dZ);
        return scale * sum / labels.length;
    }
}
