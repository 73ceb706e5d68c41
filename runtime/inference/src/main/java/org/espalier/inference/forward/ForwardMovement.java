package org.espalier.inference.forward;

import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.IntTensor;
import org.espalier.inference.tensor.ParallelLoop;

/** Copies that put elements elsewhere. */
public final class ForwardMovement {
    private ForwardMovement() {}

    /** Element for element, sample for sample. */
    public static void copy(FloatTensor from, FloatTensor to) {
        for (int n = 0; n < from.samples; n++) {
            System.arraycopy(from.data(), from.at(n), to.data(), to.at(n), from.elements);
        }
    }

    /** Axes in another order, the batch counted and in its place. */
    public static void permute(FloatTensor x, FloatTensor y, int... order) {
        int before = x.batched ? 1 : 0;
        int axes = x.sizes.length;
        int[] steps = new int[axes];
        int step = 1;
        int[] ofX = new int[axes];
        for (int i = axes - 1; i >= 0; i--) {
            ofX[i] = step;
            step *= x.sizes[i];
        }
        for (int i = 0; i < axes; i++) {
            steps[i] = ofX[order[i + before] - before];
        }
        int columns = y.last();
        int columnStep = steps[axes - 1];
        int rows = y.elements / columns;
        ParallelLoop.forEach(y.samples * rows, 4L * y.samples * y.elements, turn -> {
            int rest = turn % rows;
            int from = x.at(turn / rows);
            for (int axis = axes - 2; axis >= 0; axis--) {
                from += rest % y.sizes[axis] * steps[axis];
                rest /= y.sizes[axis];
            }
            int to = y.at(turn / rows) + turn % rows * columns;
            for (int i = 0; i < columns; i++) {
                y.data()[to + i] = x.data()[from + i * columnStep];
            }
        });
    }

    /** Elements of the axes behind one, and of those before it within a sample. */
    private static int inner(FloatTensor x, int axis) {
        int inner = 1;
        for (int i = axis + 1; i < x.sizes.length; i++) {
            inner *= x.sizes[i];
        }
        return inner;
    }

    /** Copies a part along an axis of a whole, from a place on, or back. */
    public static void part(FloatTensor whole, FloatTensor part, int axis, int from, boolean back) {
        int place = whole.batched ? axis - 1 : axis;
        int inner = inner(whole, place);
        int long1 = whole.sizes[place] * inner;
        int short1 = part.sizes[place] * inner;
        for (int n = 0; n < whole.samples; n++) {
            for (int outer = 0; outer < part.elements / short1; outer++) {
                int atWhole = whole.at(n) + outer * long1 + from * inner;
                int atPart = part.at(n) + outer * short1;
                if (back) {
                    System.arraycopy(part.data(), atPart, whole.data(), atWhole, short1);
                } else {
                    System.arraycopy(whole.data(), atWhole, part.data(), atPart, short1);
                }
            }
        }
    }

    /** The element that each whole number names along an axis; its axes take the place of the axis. */
    public static void indexSelect(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        int place = x.batched ? axis - 1 : axis;
        int inner = inner(x, place);
        int length = x.sizes[place];
        int outer = x.elements / (length * inner);
        for (int n = 0; n < x.samples; n++) {
            for (int line = 0; line < outer; line++) {
                for (int k = 0; k < index.data().length; k++) {
                    int from = x.at(n) + (line * length + checked(index.data()[k], length)) * inner;
                    int to = y.at(n) + (line * index.data().length + k) * inner;
                    System.arraycopy(x.data(), from, y.data(), to, inner);
                }
            }
        }
    }

    /** y = x, whole numbers. */
    public static void toFloat(IntTensor x, FloatTensor y) {
        for (int i = 0; i < x.data().length; i++) {
            y.data()[y.at(i / y.elements) + i % y.elements] = x.data()[i];
        }
    }

    /** y[…, k, …] = x[…, index[…, k, …], …]. */
    public static void gather(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        int place = x.batched ? axis - 1 : axis;
        int inner = inner(x, place);
        int ofX = x.sizes[place];
        int ofY = y.sizes[place];
        for (int n = 0; n < y.samples; n++) {
            for (int i = 0; i < y.elements; i++) {
                int line = i / (ofY * inner);
                int picked = checked(index.data()[n * y.elements + i], ofX);
                y.data()[y.at(n) + i] = x.data()[x.at(n) + (line * ofX + picked) * inner + i % inner];
            }
        }
    }

    /** A row of the weights for each whole number. */
    public static void embedding(IntTensor x, FloatTensor weight, FloatTensor y) {
        int columns = weight.last();
        int ofSample = y.elements / columns;
        for (int i = 0; i < x.data().length; i++) {
            int from = weight.offset + checked(x.data()[i], weight.sizes[0]) * columns;
            System.arraycopy(weight.data(), from, y.data(), y.at(i / ofSample) + i % ofSample * columns, columns);
        }
    }

    private static int checked(int index, int size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException(
                    "there is no element " + index + ": there are " + size + ", counted from 0");
        }
        return index;
    }
}
