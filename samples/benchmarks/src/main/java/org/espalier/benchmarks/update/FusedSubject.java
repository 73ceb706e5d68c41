package org.espalier.benchmarks.update;

import java.util.List;
import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Espalier's update: one pass. */
public final class FusedSubject implements Subject {
    private final INDArray weights;
    private final INDArray gradients;
    private final FusedUpdate<?> update;
    private final Adam adam = new Adam(Task.LR, Task.BETA1, Task.BETA2, Task.EPS);
    private List<LedgerEntry> penalties = List.of();

    /** For so many numbers. */
    public FusedSubject(int count) {
        weights = Nd4j.createFromArray(Task.weights(count));
        gradients = Nd4j.createFromArray(Task.gradients(count));
        Regularizer elastic = new Regularizer("elastic", new L1(Task.L1), new L2(Task.L2));
        update = FusedUpdate.over(weights, gradients, List.of(new FusedUpdate.Tensor(0, count, elastic)));
    }

    @Override
    public void step() {
        penalties = update.update(adam);
    }

    @Override
    public double amount() {
        return Task.GIGABYTES;
    }

    @Override
    public String build() {
        return Natives.JAVA;
    }

    @Override
    public void close() {
        weights.close();
        gradients.close();
    }

    /** The weights as they are. */
    public float[] weights() {
        return weights.data().asFloat();
    }

    /** Both penalties of the weights before the last step. */
    public double penalty() {
        return penalties.stream().mapToDouble(LedgerEntry::value).sum();
    }
}
