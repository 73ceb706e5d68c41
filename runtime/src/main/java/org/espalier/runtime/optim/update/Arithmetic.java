package org.espalier.runtime.optim.update;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations of the update on a block of numbers, for one precision.
 *
 * @param <A> array of the precision: {@code float[]} or {@code double[]}
 */
interface Arithmetic<A> {
    /** Numbers outside the heap, read and written block by block. */
    interface Store<A> {
        /** Copies {@code n} numbers from {@code index} on to the start of {@code block}. */
        void get(int index, A block, int n);

        /** Copies the first {@code n} numbers of {@code block} to {@code index} on. */
        void put(int index, A block, int n);

        /** Returns the number of elements. */
        int length();

        /**
         * Their sum of squares, as fast as they can be read: not finite if one of them is not, but perhaps not even if
         * all are.
         *
         * @param block is overwritten
         */
        double squares(A block);
    }

    /** The numbers of {@code flat} from {@code offset} on. */
    Store<A> store(INDArray flat, long offset, int length);

    /** Steps of Adam without copying. */
    interface InPlace<A> {
        /** As {@link InPlaceAdam.Stretch#step}, with Adam's state. */
        void step(int from, int n, A[] state, InPlaceAdam.Coefficients coefficients, double[] sums);
    }

    /** Steps for the numbers that {@link #store} would be for, if there are any without copying. */
    Optional<InPlace<A>> inPlace(INDArray values, INDArray gradients, long offset, int length);

    /** Bytes of one number. */
    int bytes();

    /** Zeros. */
    A block(int length);

    /** Some blocks of zeros. */
    A[] blocks(int count, int length);

    /** Sets the first {@code n} to 0. */
    void clear(A block, int n);

    /** Multiplies by {@code scale}, then clamps to ±{@code limit}; NaN stays NaN. */
    void clip(A g, double scale, double limit, int n);

    /**
     * Adds the gradients of all penalties to {@code g}, one after the other, and the value of each to its own of
     * {@code sums}. L1 and L2 mostly come together; then one loop does for both, L1 first.
     */
    default void accumulate(List<Penalty> penalties, A w, A g, A[] sums, int n) {
        for (int term = 0; term < penalties.size(); term++) {
            Penalty penalty = penalties.get(term);
            Penalty next = term + 1 < penalties.size() ? penalties.get(term + 1) : penalty;
            if (isSubgradient(penalty) && next instanceof L2 l2) {
                accumulate((L1) penalty, l2, w, g, sums[term], sums[term + 1], n);
                term++;
            } else if (penalty instanceof L2 l2 && isSubgradient(next)) {
                accumulate((L1) next, l2, w, g, sums[term + 1], sums[term], n);
                term++;
            } else {
                accumulate(penalty, w, g, sums[term], n);
            }
        }
    }

    private static boolean isSubgradient(Penalty penalty) {
        return penalty instanceof L1 l1 && l1.mode() == Mode.SUBGRADIENT;
    }

    /** Calls the method of this precision. */
    void accumulate(Penalty penalty, A w, A g, A sum, int n);

    /** Does what {@code l1} and then {@code l2} do, to the bit. */
    void accumulate(L1 l1, L2 l2, A w, A g, A sum, A squares, int n);

    /** Calls the method of this precision. */
    void addSums(GroupPenalty penalty, A w, int from, int to, double[] sums);

    /** Calls the method of this precision. */
    void addGradient(GroupPenalty penalty, A w, A g, int from, int to, double[] factors);

    /** Copies {@code scale} times the elements from {@code from} up to {@code to} to the same places. */
    void copyScaled(A w, double scale, A copy, int from, int to);

    /** Calls the method of this precision. */
    void apply(Optimizer.Update step, A w, A g, A[] state, int n);

    /** Calls the method of this precision. */
    void direct(Optimizer.WholeUpdate step, A w, A g, A[] state, int n);

    // A factor comes with a divisor where the quotient may be beyond what the precision holds, though its product with
    // a weight is not: λ / ‖w‖ of a tiny w.

    /** Multiplies the elements from {@code from} up to {@code to} by {@code factor / divisor}. */
    void scale(A w, double factor, double divisor, int from, int to);

    /** g ← g + factor / divisor · w for the elements from {@code from} up to {@code to}. */
    void addScaled(A g, double factor, double divisor, A w, int from, int to);

    // Sums of squares neither overflow nor vanish, for whatever numbers. So they are in double precision for floats,
    // whose squares it holds, and square roots of sums for doubles; joinSquares adds two, norm is the root of one.

    /** A sum of squares, with those of the elements from {@code from} up to {@code to} added. */
    double addSquares(double sum, A w, int from, int to);

    /** The same of w / rate. */
    double addSquares(double sum, A w, A rates, int from, int to);

    /** Both sums of squares together. */
    double joinSquares(double one, double other);

    /** The root of a sum of squares. */
    double norm(double sum);

    /** Sum of the squares of the elements from {@code from} up to {@code to}, each divided by {@code divisor}. */
    double squares(A w, double divisor, int from, int to);

    /** Greatest absolute value of the elements from {@code from} up to {@code to}, NaN if one is. */
    double largest(A w, int from, int to);

    /** Copies the elements from {@code from} up to {@code to} to {@code row}, from {@code place} on. */
    void toDoubles(A w, int from, int to, double[] row, int place);

    /** Adds what {@link #toDoubles} would copy to. */
    void addDoubles(A g, int from, int to, double[] row, int place);

    /** Calls the method of this precision. */
    void rates(Optimizer.Update step, A rates, A[] state, int n);

    /** w ← sgn(w) · max(|w| − rate · λ, 0); NaN stays NaN. */
    void shrink(A w, A rates, double lambda, int n);

    /** Sum in double precision, in an order that depends on {@code n} only. */
    double sum(A block, int n);

    /** Tells whether a sum over a chunk is so large that it, or the next step's, may be beyond the precision. */
    boolean mayOverflow(double sum);

    /** Σ f(w) of a penalty, in double precision. */
    double sum(Penalty penalty, A w, int n);

    /** Appends the first {@code n} to {@code bytes}. */
    void write(A block, int n, ByteBuffer bytes);

    /** Takes the first {@code n} from {@code bytes}. */
    void read(A block, int n, ByteBuffer bytes);
}
