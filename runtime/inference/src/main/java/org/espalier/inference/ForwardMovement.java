package org.espalier.inference;

import java.util.Arrays;

/** Copies that put elements elsewhere. */
final class ForwardMovement {
    private ForwardMovement() {}

    /** Element for element, sample for sample. */
    static void copy(FloatTensor from, FloatTensor to) {
        for (int n = 0; n < from.samples; n++) {
            System.arraycopy(from.data, from.at(n), to.data, to.at(n), from.elements);
        }
    }

    /** Axes in another order, the batch counted and in its place. */
    static void permute(FloatTensor x, FloatTensor y, int... order) {
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
                y.data[to + i] = x.data[from + i * columnStep];
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
    static void part(FloatTensor whole, FloatTensor part, int axis, int from, boolean back) {
        int place = whole.batched ? axis - 1 : axis;
        int inner = inner(whole, place);
        int long1 = whole.sizes[place] * inner;
        int short1 = part.sizes[place] * inner;
        for (int n = 0; n < whole.samples; n++) {
            for (int outer = 0; outer < part.elements / short1; outer++) {
                int atWhole = whole.at(n) + outer * long1 + from * inner;
                int atPart = part.at(n) + outer * short1;
                if (back) {
                    System.arraycopy(part.data, atPart, whole.data, atWhole, short1);
                } else {
                    System.arraycopy(whole.data, atWhole, part.data, atPart, short1);
                }
            }
        }
    }

    /** The place of x that a place of y is along an axis, x being of a size; below 0 for none. */
    interface Axis {
        int place(int place, int size);
    }

    /** Images whose elements are each one of x, or a constant; the axes are the last ones. */
    static void spread(FloatTensor x, FloatTensor y, float fill, Axis... axes) {
        Volume in = Volume.of(x);
        Volume out = Volume.of(y);
        int[] planes = places(axes, 3, in.depth(), out.depth());
        int[] rows = places(axes, 2, in.height(), out.height());
        int[] columns = places(axes, 1, in.width(), out.width());
        int channels = y.elements / out.size();
        ParallelLoop.forEach(y.samples * channels, 4L * y.samples * y.elements, turn -> {
            int from = x.at(turn / channels) + turn % channels * in.size();
            int to = y.at(turn / channels) + turn % channels * out.size();
            for (int d = 0; d < out.depth(); d++) {
                for (int h = 0; h < out.height(); h++, to += out.width()) {
                    if (planes[d] < 0 || rows[h] < 0) {
                        Arrays.fill(y.data, to, to + out.width(), fill);
                        continue;
                    }
                    int row = from + (planes[d] * in.height() + rows[h]) * in.width();
                    for (int w = 0; w < out.width(); w++) {
                        y.data[to + w] = columns[w] < 0 ? fill : x.data[row + columns[w]];
                    }
                }
            }
        });
    }

    private static int[] places(Axis[] axes, int fromLast, int ofX, int ofY) {
        int[] places = new int[ofY];
        boolean given = axes.length >= fromLast;
        Arrays.setAll(places, i -> given ? axes[axes.length - fromLast].place(i, ofX) : i);
        return places;
    }

    /** The element that each whole number names along an axis; its axes take the place of the axis. */
    static void indexSelect(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        int place = x.batched ? axis - 1 : axis;
        int inner = inner(x, place);
        int length = x.sizes[place];
        int outer = x.elements / (length * inner);
        for (int n = 0; n < x.samples; n++) {
            for (int line = 0; line < outer; line++) {
                for (int k = 0; k < index.data.length; k++) {
                    int from = x.at(n) + (line * length + checked(index.data[k], length)) * inner;
                    int to = y.at(n) + (line * index.data.length + k) * inner;
                    System.arraycopy(x.data, from, y.data, to, inner);
                }
            }
        }
    }

    /** y = x, whole numbers. */
    static void toFloat(IntTensor x, FloatTensor y) {
        for (int i = 0; i < x.data.length; i++) {
            y.data[y.at(i / y.elements) + i % y.elements] = x.data[i];
        }
    }

    /** y[…, k, …] = x[…, index[…, k, …], …]. */
    static void gather(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        int place = x.batched ? axis - 1 : axis;
        int inner = inner(x, place);
        int ofX = x.sizes[place];
        int ofY = y.sizes[place];
        for (int n = 0; n < y.samples; n++) {
            for (int i = 0; i < y.elements; i++) {
                int line = i / (ofY * inner);
                int picked = checked(index.data[n * y.elements + i], ofX);
                y.data[y.at(n) + i] = x.data[x.at(n) + (line * ofX + picked) * inner + i % inner];
            }
        }
    }

    /** A row of the weights for each whole number. */
    static void embedding(IntTensor x, FloatTensor weight, FloatTensor y) {
        int columns = weight.last();
        int ofSample = y.elements / columns;
        for (int i = 0; i < x.data.length; i++) {
            int from = weight.offset + checked(x.data[i], weight.sizes[0]) * columns;
            System.arraycopy(weight.data, from, y.data, y.at(i / ofSample) + i % ofSample * columns, columns);
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
