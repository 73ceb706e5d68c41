package org.espalier.runtime.data.augment;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes probabilities of class numbers, 1 for the class and 0 for the others: of targets {@code [batch]} or
 * {@code [batch, 1]} those {@code [batch, classes]} of the inputs' type.
 */
public final class OneHot implements UnaryOperator<Batch> {
    private final int classes;

    /**
     * For so many classes.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public OneHot(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("expected at least one class, found " + classes);
        }
        this.classes = classes;
    }

    /**
     * The same inputs with probabilities for targets.
     *
     * @throws IllegalArgumentException if a target is not one whole number from 0 to below the classes
     */
    @Override
    public Batch apply(Batch batch) {
        INDArray labels = batch.target();
        if (labels.length() != batch.size()) {
            throw new IllegalArgumentException(
                    "expected a class number for each input, [batch], found " + Arrays.toString(labels.shape()));
        }
        INDArray probabilities = NdArrays.detached(batch.input().dataType(), batch.size(), classes)
                .assign(0);
        INDArray flat = labels.reshape(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            double label = flat.getDouble(i);
            if (!(label >= 0 && label < classes) || label != Math.rint(label)) {
                throw new IllegalArgumentException("expected class numbers from 0 to " + (classes - 1) + ", found "
                        + label + " in row " + i + " of the batch");
            }
            probabilities.putScalar(i, (int) label, 1);
        }
        return new Batch(batch.input(), probabilities);
    }
}
