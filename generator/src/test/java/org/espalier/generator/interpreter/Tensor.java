package org.espalier.generator.interpreter;

import java.util.function.DoubleSupplier;
import org.espalier.generator.ir.op.Shape;

/**
 * Numbers of one value for one batch, possibly within those of another: contiguous within a sample, with a stride of
 * its own between samples. A tensor without batch axis counts as one sample.
 */
final class Tensor {
    final double[] data;
    final int offset;
    final int stride;
    final int samples;
    final int elements;
    final Shape shape;
    private final int channels;
    private final int height;
    private final int width;

    Tensor(double[] data, int offset, int stride, int batch, Shape shape) {
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
        return data[offset + sample * stride + i];
    }

    void set(int sample, int i, double value) {
        data[offset + sample * stride + i] = value;
    }

    void add(int sample, int i, double value) {
        data[offset + sample * stride + i] += value;
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

    /** Some channels of it, under a shape of their own. */
    Tensor channels(int from, Shape part) {
        return new Tensor(data, offset + from * area(), stride, samples, part);
    }

    /** The same numbers under another shape. */
    Tensor as(Shape other) {
        if (other.elements() != elements || other.batched() != shape.batched()) {
            throw new IllegalStateException(shape + " cannot be seen as " + other);
        }
        if (!other.equals(shape) && samples > 1 && stride != elements) {
            throw new IllegalStateException("a slice cannot be seen as " + other);
        }
        return new Tensor(data, offset, stride, samples, other);
    }

    boolean isAt(Tensor other) {
        return data == other.data && offset == other.offset && stride == other.stride;
    }

    /** The numbers, sample after sample. */
    double[] toArray() {
        double[] copy = new double[samples * elements];
        for (int n = 0; n < samples; n++) {
            System.arraycopy(data, offset + n * stride, copy, n * elements, elements);
        }
        return copy;
    }
}
