package org.espalier.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.memory.Guard;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.storage.OffHeap;
import org.espalier.runtime.storage.Shared;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A learned tensor of a network. Its value and its gradient are views of the network's flat arrays: writing to them
 * changes the network.
 */
public final class Parameter {
    private final Guard guard;
    private final String name;
    private final Initializer initializer;
    private final INDArray value;
    private final INDArray gradient;
    private final Shared sharedValue;
    private final Shared sharedGradient;
    private final long offset;
    private @Nullable Regularizer regularizer;
    private int outputAxis;
    private double sparsityBelow = Double.NaN;
    private boolean constant;
    private volatile boolean frozen;
    private boolean declared;
    private @Nullable TableGradient tableGradient;
    private boolean givenOut;

    /**
     * One of a network.
     *
     * @param guard the network's
     * @param values has its numbers, among others
     * @param gradients has its gradient at the same place
     * @param offset that place
     */
    Parameter(
            Guard guard,
            String name,
            Initializer initializer,
            OffHeap values,
            OffHeap gradients,
            long offset,
            long... shape) {
        this.guard = guard;
        this.name = name;
        this.initializer = initializer;
        this.value = values.view(offset, shape);
        this.gradient = gradients.view(offset, shape);
        this.sharedValue = new Shared(values, offset, shape);
        this.sharedGradient = new Shared(gradients, offset, shape);
        this.offset = offset;
    }

    /** Its path in the network, {@code unet.downconv.weight}, which is its key in weights files. */
    public String name() {
        return name;
    }

    /** Its shape. */
    public long[] shape() {
        return value.shape().clone();
    }

    /** Number of its elements. */
    public long count() {
        return value.length();
    }

    /**
     * Its numbers, a view into the network. An array that was asked for before the network was closed keeps them.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public INDArray value() {
        return declared ? guard.use(sharedValue::get) : value;
    }

    /**
     * The gradient of the loss by it, a view into the network; defined after a backward. An array that was asked for
     * before the network was closed keeps it.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public INDArray gradient() {
        if (!declared) {
            return gradient;
        }
        return guard.use(() -> {
            givesGradientOut();
            return sharedGradient.get();
        });
    }

    /**
     * Computes ‖gradient‖₂. Other than {@link #gradient}, it hands nothing out, so that updates of a table may go on
     * leaving out the rows that are 0.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public double gradientNorm() {
        return guard.use(() -> gradient.norm2Number().doubleValue());
    }

    /**
     * Its norms, and how many of its numbers are 0 or near it.
     *
     * @param below greatest absolute value, exclusive, of what counts as small
     * @throws IllegalArgumentException if {@code below} is negative or NaN
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public Magnitudes magnitudes(double below) {
        return guard.use(() -> Magnitudes.of(this, below));
    }

    /**
     * The indices of an axis at which every number is exactly 0: output channels that died on axis 0 of a convolution
     * weight, inputs that nothing looks at on its axis 1.
     *
     * @throws IllegalArgumentException if there is no such axis
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public List<Integer> zerosAlong(int axis) {
        return guard.use(() -> Magnitudes.zerosAlong(this, axis));
    }

    /** Returns its regularizer, if it has one. */
    public Optional<Regularizer> regularizer() {
        return Optional.ofNullable(regularizer);
    }

    /** Tells whether training leaves it alone. */
    public boolean isFrozen() {
        return frozen;
    }

    /** Says what regularizes it; for generated classes, while they declare their parameters. */
    public Parameter regularizedBy(Regularizer regularizer) {
        requireDeclaring();
        this.regularizer = regularizer;
        return this;
    }

    /**
     * Says which axis is that of the layer's output units, if it is not the first; for generated classes, while they
     * declare their parameters.
     */
    public Parameter outputAxis(int axis) {
        requireDeclaring();
        this.outputAxis = axis;
        return this;
    }

    /**
     * Asks for its sparsity, see {@link Network#sparsity}; for generated classes, while they declare their parameters.
     *
     * @param below greatest absolute value, exclusive, of what counts as small; 0 to look at exact zeros alone
     */
    public Parameter reportsSparsity(double below) {
        requireDeclaring();
        this.sparsityBelow = below;
        return this;
    }

    /**
     * Says that it is never trained, so that no gradient of it is computed; for generated classes, while they declare
     * their parameters. Afterwards see {@link Network#freeze}.
     */
    public Parameter freeze() {
        requireDeclaring();
        constant = true;
        frozen = true;
        return this;
    }

    /** Its numbers, for the network itself. */
    INDArray numbers() {
        return value;
    }

    /** Its gradient, for the network itself, which may write any of it. */
    INDArray gradientNumbers() {
        if (tableGradient != null) {
            tableGradient.writtenWhole();
        }
        return gradient;
    }

    /** Its gradient, for kernels that write some of its rows. */
    TableGradient tableGradient() {
        TableGradient present = tableGradient;
        if (present == null) {
            present = new TableGradient(gradient);
            tableGradient = present;
            if (givenOut) {
                present.givenOut();
            }
        }
        return present;
    }

    /** The same, if a kernel has asked for it. */
    Optional<TableGradient> knownTableGradient() {
        return Optional.ofNullable(tableGradient);
    }

    /** Takes note that others may write its gradient at any time, users or networks that share it. */
    void givesGradientOut() {
        givenOut = true;
        if (tableGradient != null) {
            tableGradient.givenOut();
        }
    }

    /** The index of an element by its place in 'c' order. */
    long[] index(long place) {
        long[] index = value.shape().clone();
        long rest = place;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            long size = index[axis];
            index[axis] = rest % size;
            rest /= size;
        }
        return index;
    }

    Initializer initializer() {
        return initializer;
    }

    long offset() {
        return offset;
    }

    /** Its magnitudes, if the {@code .net} asks for its sparsity. */
    Optional<Magnitudes> sparsity() {
        return Double.isNaN(sparsityBelow) ? Optional.empty() : Optional.of(magnitudes(sparsityBelow));
    }

    int outputAxis() {
        return outputAxis;
    }

    /** Tells whether the {@code .net} says that it is never trained. */
    boolean isConstant() {
        return constant;
    }

    void frozen(boolean frozen) {
        this.frozen = frozen;
    }

    void declared() {
        declared = true;
    }

    /** Keeps what was given out no longer than its users do. */
    void forgetShared() {
        sharedValue.forget();
        sharedGradient.forget();
    }

    @Nullable
    Regularizer regularizerOrNull() {
        return regularizer;
    }

    private void requireDeclaring() {
        if (declared) {
            throw new IllegalStateException(
                    "parameter '" + name + "' is declared already; use Network.freeze to freeze it");
        }
    }

    /** {@code conv.weight [8, 1, 4, 4]}. */
    @Override
    public String toString() {
        return name + " " + Arrays.toString(value.shape());
    }
}
