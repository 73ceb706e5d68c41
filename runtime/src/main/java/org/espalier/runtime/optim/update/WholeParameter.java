package org.espalier.runtime.optim.update;

import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The directions of one parameter between the two passes of an {@link Optimizer.WholeUpdate}. Chunks sum squares by
 * themselves, and their sums are added in order, so that norms are the same however many threads there are.
 *
 * @param <A> array of the network's precision
 */
final class WholeParameter<A> implements Optimizer.Directions {
    private final Arithmetic<A> arithmetic;
    private final FusedUpdate.Tensor tensor;
    private final INDArray numbers;
    private final double[] squares;
    private final double[] weightSquares;
    private @Nullable NewtonSchulz iteration;

    WholeParameter(Arithmetic<A> arithmetic, Slot<A> slot, INDArray like) {
        this.arithmetic = arithmetic;
        this.tensor = slot.tensor;
        this.numbers = NdArrays.detached(like.dataType(), tensor.length());
        this.squares = new double[slot.chunks.size()];
        this.weightSquares = new double[slot.chunks.size()];
        slot.chunks.forEach(chunk -> chunk.directions = arithmetic.store(numbers, chunk.start, chunk.length));
    }

    /** Bytes of the directions, and of their iteration. */
    long bytes() {
        long count = tensor.length() + (iteration == null ? 0 : iteration.numbers());
        return count * arithmetic.bytes();
    }

    void clear(Chunk<A> chunk) {
        squares[chunk.index()] = 0;
        weightSquares[chunk.index()] = 0;
    }

    /** Takes the directions of a block. */
    void take(Chunk<A> chunk, A w, A directions, int n) {
        weightSquares[chunk.index()] = arithmetic.addSquares(weightSquares[chunk.index()], w, 0, n);
        squares[chunk.index()] = arithmetic.addSquares(squares[chunk.index()], directions, 0, n);
    }

    @Override
    public long rows() {
        return tensor.shape().get(0);
    }

    @Override
    public long columns() {
        return tensor.shape().get(1);
    }

    @Override
    public double norm() {
        return norm(squares);
    }

    @Override
    public double weightNorm() {
        return norm(weightSquares);
    }

    private double norm(double[] parts) {
        double sum = 0;
        for (double part : parts) {
            sum = arithmetic.joinSquares(sum, part);
        }
        return arithmetic.norm(sum);
    }

    @Override
    public void orthogonalize(double a, double b, double c, double eps, int steps) {
        if (iteration == null) {
            iteration = new NewtonSchulz(numbers.reshape('c', rows(), columns()));
        }
        iteration.run(Math.max(norm(), eps), a, b, c, steps);
    }
}
