package org.espalier.runtime.kernel.convolution;

import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;

/**
 * Convolutions by kernels of 3 × 3 elements that move by one, without dilation or groups, on floats. An implementation
 * is found as a {@link java.util.ServiceLoader} service; without one, they are computed like others.
 */
public interface ThreeByThree {
    /** Tells whether it works in this JVM. */
    boolean isAvailable();

    /** Tells whether it is faster than the others for a convolution by such a kernel. */
    boolean takes(Operand image, Operand map, Window window);

    /** The same for the gradient of the weight. */
    boolean takesWeight(Operand image, Operand map, Window window);

    /** Makes the convolutions of one network. */
    Convolutions open();

    /**
     * The convolutions of one network, with their memory on the heap. Two must not run at the same time. Of image, map
     * and weight, two give the third, as {@link ReferenceConvolution} says.
     */
    interface Convolutions {
        /** map = W · columns + b. */
        void toMap(Operand image, Operand weight, float[] bias, Operand map, Window window);

        /** image = the sum of Wᵀ · map over the columns, + b. */
        void toImage(Operand map, Operand weight, float[] bias, Operand image, Window window);

        /** dW = map · columnsᵀ. */
        void toWeight(Operand image, Operand map, Operand weight, Window window, boolean accumulate);

        /** Returns the size of their memory. */
        long bytes();
    }
}
