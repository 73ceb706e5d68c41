package org.espalier.benchmarks.update;

import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/** The same composed of ND4J's operations, each a pass, with no array made in a step. */
public final class OpsSubject implements Subject {
    private final INDArray weights;
    private final INDArray gradients;
    private final INDArray total;
    private final INDArray term;
    private final INDArray m;
    private final INDArray v;
    private int iteration;
    private double penalty;

    /** For so many numbers. */
    public OpsSubject(int count) {
        weights = Nd4j.createFromArray(Task.weights(count));
        gradients = Nd4j.createFromArray(Task.gradients(count));
        total = Nd4j.createUninitialized(weights.dataType(), count);
        term = Nd4j.createUninitialized(weights.dataType(), count);
        m = Nd4j.zeros(weights.dataType(), count);
        v = Nd4j.zeros(weights.dataType(), count);
    }

    @Override
    public void step() {
        double norm2 = weights.norm2Number().doubleValue();
        penalty = Task.L1 * weights.norm1Number().doubleValue() + 0.5 * Task.L2 * norm2 * norm2;
        weights.muli(Task.L2, total);
        total.addi(gradients);
        Nd4j.getExecutioner().exec(new Sign(weights, term));
        total.addi(term.muli(Task.L1));
        // Leaves what is to be subtracted in its first argument.
        Nd4j.getExecutioner()
                .exec(new AdamUpdater(total, v, m, Task.LR, Task.BETA1, Task.BETA2, Task.EPS, iteration++));
        weights.subi(total);
    }

    @Override
    public double amount() {
        return Task.GIGABYTES;
    }

    @Override
    public String build() {
        return Natives.nd4j();
    }

    /** The weights as they are. */
    float[] weights() {
        return weights.data().asFloat();
    }

    /** Both penalties of the weights before the last step. */
    double penalty() {
        return penalty;
    }
}
