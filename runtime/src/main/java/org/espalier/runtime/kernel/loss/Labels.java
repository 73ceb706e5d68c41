package org.espalier.runtime.kernel.loss;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the class indices that losses compare predictions with. */
public final class Labels {
    private Labels() {}

    /**
     * The labels in 'c' order, in any number format.
     *
     * @param count how many there should be
     * @param classes what each of them is below
     * @param besides another number that each may be
     * @throws IllegalArgumentException if one is neither a class nor {@code besides}, or there are not as many
     */
    public static int[] of(INDArray labels, int count, int classes, int besides) {
        if (labels.length() != count) {
            throw new IllegalArgumentException("the loss has predictions for " + count + " labels, but "
                    + Arrays.toString(labels.shape()) + " were given");
        }
        INDArray inOrder = labels.rank() == 1 ? labels : labels.dup('c').reshape(count);
        int[] found = new int[count];
        for (int i = 0; i < count; i++) {
            double label = inOrder.getDouble(i);
            boolean isClass = label >= 0 && label < classes && label == Math.rint(label);
            if (!isClass && label != besides) {
                throw new IllegalArgumentException("label " + i + " is " + inOrder.getNumber(i)
                        + ", but the classes are the whole numbers from 0 to " + (classes - 1) + " (" + classes
                        + " predictions)");
            }
            found[i] = (int) label;
        }
        return found;
    }

    /**
     * The lengths of the samples' sequences, in any number format.
     *
     * @param what they are lengths of, for messages
     * @param most what each of them is at most
     * @throws IllegalArgumentException if one is no whole number from 0 to that, or there are not as many as samples
     */
    static int[] lengths(String what, INDArray lengths, int samples, int most) {
        if (lengths.length() != samples) {
            throw new IllegalArgumentException("there are " + samples + " samples, but " + what + " lengths "
                    + Arrays.toString(lengths.shape()) + " were given");
        }
        int[] found = new int[samples];
        for (int i = 0; i < samples; i++) {
            double length = lengths.getDouble(i);
            if (!(length >= 0 && length <= most) || length != Math.rint(length)) {
                throw new IllegalArgumentException("the " + what + " length of sample " + i + " is " + length
                        + ", but there is room for 0 to " + most);
            }
            found[i] = (int) length;
        }
        return found;
    }

    /** Tells whether an array of any number format has a label. */
    public static boolean contains(INDArray labels, int label) {
        for (long i = 0; i < labels.length(); i++) {
            if (labels.getDouble(i) == label) {
                return true;
            }
        }
        return false;
    }
}
