package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import org.espalier.onnx.model.ElementKind;

/**
 * The shape that a tensor has in the model, and where its batch is. In the network the batch is the first axis. A model
 * may have it elsewhere, as recurrent networks do, and may have it multiplied with something, as attention in windows
 * does: [batch · 64, 49, 96] in the model is [batch, 64, 49, 96] in the network.
 *
 * @param kind the kind of its elements
 * @param sizes the sizes in the model; that of the axis of the batch is what the batch is multiplied with, most often 1
 * @param batch the axis of the batch, or {@link #NONE} if the model computes one sample and has no batch
 */
record Form(ElementKind kind, List<Long> sizes, int batch) {
    /** The model has no batch; the network has one in front. */
    static final int NONE = -1;

    /**
     * Stands for the batch where sizes are computed with: a prime that is no size of a tensor, so that a multiple of it
     * is known as a multiple of the batch.
     */
    static final long BATCH = 1_000_003;

    Form {
        sizes = List.copyOf(sizes);
    }

    int rank() {
        return sizes.size();
    }

    /** The sizes behind the batch in the network. */
    List<Long> own() {
        List<Long> own = new ArrayList<>(sizes);
        if (batch != NONE && sizes.get(batch) == 1) {
            own.remove(batch);
        }
        return own;
    }

    /** The sizes as the model computes them, with {@link #BATCH} for the batch. */
    List<Long> symbolic() {
        List<Long> all = new ArrayList<>(sizes);
        if (batch != NONE) {
            all.set(batch, all.get(batch) * BATCH);
        }
        return all;
    }

    /** Counts an axis from the front. */
    int positive(long axis) throws Unsupported {
        return positive(axis, rank());
    }

    static int positive(long axis, int rank) throws Unsupported {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank) {
            throw new Unsupported("axis " + axis + " is not one of the " + rank + " axes");
        }
        return (int) counted;
    }

    /** An axis of the network for one of the model, which must not be that of the batch. */
    int axis(int modelAxis) throws Unsupported {
        if (modelAxis == batch) {
            throw new Unsupported("it works along the batch, whose samples a network keeps apart");
        }
        return place(modelAxis);
    }

    /**
     * The axis of the network where an axis of the model is; that of a multiplied batch is what it is multiplied with.
     */
    int place(int modelAxis) {
        if (batch == NONE || modelAxis < batch) {
            return modelAxis + 1;
        }
        boolean multiplied = sizes.get(batch) != 1;
        if (modelAxis == batch) {
            return multiplied ? batch + 1 : 0;
        }
        return multiplied ? modelAxis + 1 : modelAxis;
    }

    Form of(ElementKind otherKind) {
        return new Form(otherKind, sizes, batch);
    }

    Form sized(List<Long> otherSizes) {
        return new Form(kind, otherSizes, batch);
    }

    /** {@code [batch, 64, 56, 56]}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < rank(); i++) {
            words.add(
                    i != batch ? String.valueOf(sizes.get(i)) : sizes.get(i) == 1 ? "batch" : sizes.get(i) + "·batch");
        }
        return words.toString();
    }
}
