package org.espalier.onnx.imported;

import java.util.List;

/** A tensor that the network computes, or is given; two are the same if they are the same object. */
public final class Ref implements OpOperand {
    private final List<Long> sizes;
    private final boolean condition;
    private final String hint;

    /**
     * A tensor.
     *
     * @param sizes its sizes behind the batch
     * @param condition whether it is a comparison, which only {@code where} reads
     * @param hint the name that the model has for it
     */
    public Ref(List<Long> sizes, boolean condition, String hint) {
        this.sizes = List.copyOf(sizes);
        this.condition = condition;
        this.hint = hint;
    }

    /** Its sizes behind the batch. */
    public List<Long> sizes() {
        return sizes;
    }

    /** Its axes, the batch among them. */
    public int rank() {
        return sizes.size() + 1;
    }

    /** Tells whether it is a comparison. */
    public boolean isCondition() {
        return condition;
    }

    /** The name that the model has for it. */
    public String hint() {
        return hint;
    }

    /** {@code relu_1 [batch, 64, 56, 56]}. */
    @Override
    public String toString() {
        return hint + " " + sizes;
    }
}
