package org.espalier.runtime.optim.update;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.jspecify.annotations.Nullable;

/**
 * Steps of {@link Adam} with the gradients and values of {@link L1} and {@link L2}, in one loop over weights and
 * gradients where they lie. Plain Java vectorizes nothing outside the heap, so that the update copies blocks there and
 * back; an implementation saves that. It is found as a {@link ServiceLoader} service; without one, blocks are copied.
 */
public interface InPlaceAdam {
    /** Tells whether it works in this JVM. */
    boolean isAvailable();

    /**
     * Prepares for numbers that stay where they are.
     *
     * @param values floats in the processor's byte order, in a direct buffer
     * @param gradients as many
     */
    Stretch over(ByteBuffer values, ByteBuffer gradients);

    /** Numbers that lie one behind the other. */
    interface Stretch {
        /**
         * One step of some of them, with results like those of {@link Adam}, {@link L1} and {@link L2}, to the bit but
         * for the sums:
         *
         * <pre>
         *   g ← clip g + λ₁ sgn(w) + λ₂ w
         *   m ← β₁ m + (1 − β₁) g
         *   v ← β₂ v + (1 − β₂) g²
         *   w ← keep w − stepSize · m / (√v · vScale + ε)
         * </pre>
         *
         * @param from the first number's place in the stretch
         * @param n how many
         * @param m their means, changed
         * @param v their mean squares, changed
         * @param sums Σ|w| and Σw² of the weights before the step are added to its two elements, unless there is no
         *     penalty
         */
        void step(int from, int n, float[] m, float[] v, Coefficients coefficients, double[] sums);
    }

    /**
     * Coefficients of a step, the same for all its numbers.
     *
     * @param clip what gradients are multiplied by first
     * @param l1 whether there is L1's gradient
     * @param lambda1 its λ
     * @param l2 whether there is L2's gradient
     * @param lambda2 its λ
     * @param keep what decoupled decay leaves of a weight
     * @param keep1 β₁
     * @param take1 1 − β₁
     * @param keep2 β₂
     * @param take2 1 − β₂
     * @param stepSize learning rate, divided by 1 − β₁ᵗ
     * @param vScale 1 / √(1 − β₂ᵗ)
     * @param eps ε
     */
    record Coefficients(
            float clip,
            boolean l1,
            float lambda1,
            boolean l2,
            float lambda2,
            float keep,
            float keep1,
            float take1,
            float keep2,
            float take2,
            float stepSize,
            float vScale,
            float eps) {
        /** Returns that one of the two sums, Σ|w| and Σw², which is a penalty's. */
        static double sumOf(Penalty penalty, double[] sums) {
            return sums[penalty instanceof L1 ? 0 : 1];
        }

        /**
         * Those of a step, if it is one of Adam's with ε above 0, what gradients are multiplied by has all its digits
         * in single precision, and the penalties, each there once at most, are L1 by its subgradient and L2.
         */
        static Optional<Coefficients> of(Optimizer.Update step, List<Penalty> penalties, double keep, double clip) {
            @Nullable L1 l1 = null;
            @Nullable L2 l2 = null;
            for (Penalty penalty : penalties) {
                if (penalty instanceof L1 first && first.mode() == Mode.SUBGRADIENT) {
                    l1 = first;
                } else if (penalty instanceof L2 second) {
                    l2 = second;
                } else {
                    return Optional.empty();
                }
            }
            if (!(step instanceof Adam.AdamUpdate adam)
                    || (float) adam.epsilon() == 0
                    || !Floats.isExact((float) clip)) {
                return Optional.empty();
            }
            return Optional.of(new Coefficients(
                    (float) clip,
                    l1 != null,
                    l1 == null ? 0 : (float) l1.lambda(),
                    l2 != null,
                    l2 == null ? 0 : (float) l2.lambda(),
                    (float) keep,
                    (float) adam.b1(),
                    (float) adam.c1(),
                    (float) adam.b2(),
                    (float) adam.c2(),
                    (float) adam.stepSize(),
                    (float) adam.vScale(),
                    (float) adam.epsilon()));
        }

        /** Tells whether there is a penalty. */
        public boolean penalizes() {
            return l1 || l2;
        }
    }

    /** The first on the class path that works in this JVM. */
    static Optional<InPlaceAdam> find() {
        return ServiceLoader.load(InPlaceAdam.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(InPlaceAdam::isAvailable)
                .findFirst();
    }
}
