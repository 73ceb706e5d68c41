package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies that put elements elsewhere: axes in another order, parts along an axis. On all cores if they are large. */
public final class Movement {
    private final ElementCopies copies;

    private Movement(ElementCopies copies) {
        this.copies = copies;
    }

    /** Copies of floats. */
    public static Movement ofFloats() {
        return new Movement(new FloatCopies());
    }

    /** Copies of doubles. */
    public static Movement ofDoubles() {
        return new Movement(new DoubleCopies());
    }

    /** The sizes of a sample's axes, axis 0 left out. */
    private static int[] sizes(INDArray array) {
        int[] sizes = new int[array.rank() - 1];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = Math.toIntExact(array.size(axis + 1));
        }
        return sizes;
    }

    /**
     * Axes in another order.
     *
     * @param order for each axis of y that of x which it is, the batch first
     */
    public void permute(INDArray x, INDArray y, int... order) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Planes arranged = Planes.of(sizes(x), order);
        int length = arranged.plane.size();
        Channels.forEach(from.samples * arranged.planes, length, plane -> {
            int sample = plane / arranged.planes;
            int start = sample * from.sampleStride + arranged.start(plane % arranged.planes);
            int end = sample * to.sampleStride + plane % arranged.planes * length;
            copies.gather(from, start, arranged.plane, to, end);
        });
    }

    /**
     * Lengths and strides of a result's axes in the array that it is made of: planes of rows and columns, its last two
     * axes, and the axes before them. Axes of the result that lie one in the other there too are one.
     */
    private static final class Planes {
        private final int[] before;
        private final int[] steps;
        private final int planes;
        private final ElementCopies.Plane plane;

        /** Of so many axes, the first two of which may be there for planes and rows alone. */
        private Planes(int[] lengths, int[] steps, int count) {
            this.before = Arrays.copyOf(lengths, count - 2);
            this.steps = steps;
            this.planes = Arrays.stream(before).reduce(1, (a, b) -> a * b);
            this.plane =
                    new ElementCopies.Plane(lengths[count - 2], steps[count - 2], lengths[count - 1], steps[count - 1]);
        }

        static Planes of(int[] sizes, int... order) {
            int[] places = new int[sizes.length];
            int step = 1;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                places[axis] = step;
                step *= sizes[axis];
            }
            int[] lengths = new int[order.length + 1];
            int[] steps = new int[order.length + 1];
            lengths[0] = 1;
            lengths[1] = 1;
            int count = 2;
            for (int i = 1; i < order.length; i++) {
                int length = sizes[order[i] - 1];
                int place = places[order[i] - 1];
                if (count > 2 && steps[count - 1] == length * place) {
                    lengths[count - 1] *= length;
                    steps[count - 1] = place;
                } else {
                    lengths[count] = length;
                    steps[count++] = place;
                }
            }
            return new Planes(lengths, steps, count);
        }

        /** Computes the offset of a plane's first element in a sample of the source. */
        int start(int plane) {
            int start = 0;
            int rest = plane;
            for (int axis = before.length - 1; axis >= 0; axis--) {
                start += rest % before[axis] * steps[axis];
                rest /= before[axis];
            }
            return start;
        }
    }

    /** Copies {@code count} places along an axis that is not the batch. */
    public void copy(INDArray from, int fromPlace, INDArray to, int toPlace, int axis, int count) {
        Operand source = Operand.of(from);
        Operand target = Operand.of(to);
        Blocked in = Blocked.of(from, axis);
        Blocked out = Blocked.of(to, axis);
        int length = count * in.inner;
        Channels.forEach(source.samples * in.outer, length, block -> {
            int sample = block / in.outer;
            int outer = block % in.outer;
            int start = sample * source.sampleStride + (outer * in.length + fromPlace) * in.inner;
            int end = sample * target.sampleStride + (outer * out.length + toPlace) * out.inner;
            copies.copy(source, start, target, end, length);
        });
    }

    /** Sets {@code count} places along an axis to 0. */
    public void clear(INDArray array, int place, int axis, int count) {
        Operand target = Operand.of(array);
        Blocked out = Blocked.of(array, axis);
        int length = count * out.inner;
        Channels.forEach(target.samples * out.outer, length, block -> {
            int sample = block / out.outer;
            int start = sample * target.sampleStride + (block % out.outer * out.length + place) * out.inner;
            copies.clear(target, start, length);
        });
    }

    /** A sample as the axes before one, that one, and those behind it. */
    private record Blocked(int outer, int length, int inner) {
        static Blocked of(INDArray array, int axis) {
            int outer = 1;
            int inner = 1;
            int[] sizes = sizes(array);
            for (int i = 0; i < sizes.length; i++) {
                outer *= i + 1 < axis ? sizes[i] : 1;
                inner *= i + 1 > axis ? sizes[i] : 1;
            }
            return new Blocked(outer, sizes[axis - 1], inner);
        }
    }
}
