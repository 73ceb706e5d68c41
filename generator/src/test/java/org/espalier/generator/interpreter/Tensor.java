package org.espalier.generator.interpreter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.View;

/**
 * Numbers of one value for one batch, possibly within those of another, with strides of its own within a sample and
 * between samples. A tensor without batch axis counts as one sample.
 */
final class Tensor {
    final double[] data;
    final int offset;
    final int stride;
    final int samples;
    final int elements;
    final Shape shape;

    /** The place of each element of a sample; empty if they follow each other. */
    private final int[] places;

    private final int channels;
    private final int height;
    private final int width;

    Tensor(double[] data, int offset, int stride, int batch, Shape shape) {
        this(data, offset, stride, batch, shape, new int[0]);
    }

    private Tensor(double[] data, int offset, int stride, int batch, Shape shape, int[] places) {
        this.places = places;
        this.data = data;
        this.offset = offset;
        this.stride = stride;
        this.samples = shape.batched() ? batch : 1;
        this.elements = Math.toIntExact(shape.elements());
        this.shape = shape;
        this.channels = size(shape, 1);
        this.height = size(shape, 2);
        this.width = size(shape, 3);
    }

    private static int size(Shape shape, int axis) {
        return axis < shape.rank() ? shape.axis(axis) : 1;
    }

    /** A tensor of its own, filled. */
    static Tensor of(Shape shape, int batch, DoubleSupplier fill) {
        int elements = Math.toIntExact(shape.elements());
        double[] data = new double[shape.batched() ? batch * elements : elements];
        for (int i = 0; i < data.length; i++) {
            data[i] = fill.getAsDouble();
        }
        return new Tensor(data, 0, elements, batch, shape);
    }

    double get(int sample, int i) {
        return data[place(sample, i)];
    }

    void set(int sample, int i, double value) {
        data[place(sample, i)] = value;
    }

    void add(int sample, int i, double value) {
        data[place(sample, i)] += value;
    }

    /** The place of an element in the data. */
    int place(int sample, int i) {
        return offset + sample * stride + (places.length == 0 ? i : places[i]);
    }

    void fill(double value) {
        for (int n = 0; n < samples; n++) {
            for (int i = 0; i < elements; i++) {
                set(n, i, value);
            }
        }
    }

    /** Size of the channel axis. */
    int channels() {
        return channels;
    }

    /** Elements of one channel of one sample. */
    int area() {
        return elements / channels();
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** A value of a shape that is seen in it. */
    Tensor seen(View view, Shape part) {
        int[] all = IntStream.range(0, elements).map(i -> place(0, i) - offset).toArray();
        List<Integer> seen = new ArrayList<>();
        if (view instanceof View.Same) {
            for (int place : all) {
                seen.add(place);
            }
        } else {
            view.layout(StridedLayout.of(shape.dimensions()), part)
                    .orElseThrow()
                    .forEach(place -> seen.add(all[Math.toIntExact(place)]));
        }
        if (seen.size() != part.elements() || part.batched() != shape.batched()) {
            throw new IllegalStateException(shape + " cannot be seen as " + part);
        }
        int first = seen.get(0);
        int[] apart = seen.stream().mapToInt(place -> place - first).toArray();
        boolean contiguous = IntStream.range(0, apart.length).allMatch(i -> apart[i] == i);
        return new Tensor(data, offset + first, stride, samples, part, contiguous ? new int[0] : apart);
    }

    boolean isAt(Tensor other) {
        return data == other.data
                && offset == other.offset
                && stride == other.stride
                && Arrays.equals(places, other.places);
    }

    /** The numbers, sample after sample. */
    double[] toArray() {
        double[] copy = new double[samples * elements];
        for (int n = 0; n < samples; n++) {
            for (int i = 0; i < elements; i++) {
                copy[n * elements + i] = get(n, i);
            }
        }
        return copy;
    }
}
