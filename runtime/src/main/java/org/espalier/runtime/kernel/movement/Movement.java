package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies that put elements elsewhere: axes in another order, parts along an axis. On all cores if they are large. */
public final class Movement {
    private Movement() {}

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
    public static void permute(INDArray x, INDArray y, int... order) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Layout layout = Layout.of(sizes(x), order);
        int length = layout.rows * layout.columns;
        Channels.forEach(from.samples * layout.planes, length, plane -> {
            int sample = plane / layout.planes;
            int start = sample * from.sampleStride + layout.start(plane % layout.planes);
            int end = sample * to.sampleStride + plane % layout.planes * length;
            if (from.isFloat) {
                float[] moved = Scratch.get().plane(length);
                layout.gather(from, start, moved);
                to.put(end, moved, length);
            } else {
                double[] moved = new double[length];
                layout.gather(from, start, moved);
                to.put(end, moved);
            }
        });
    }

    /**
     * Lengths and strides of a result's axes in the array that it is made of: planes of rows and columns, its last two
     * axes, and the axes before them. Axes of the result that lie one in the other there too are one.
     */
    private static final class Layout {
        private final int[] before;
        private final int[] steps;
        private final int planes;
        private final int rows;
        private final int rowStep;
        private final int columns;
        private final int columnStep;

        /** Of so many axes, the first two of which may be there for planes and rows alone. */
        private Layout(int[] lengths, int[] steps, int count) {
            this.before = Arrays.copyOf(lengths, count - 2);
            this.steps = steps;
            this.planes = Arrays.stream(before).reduce(1, (a, b) -> a * b);
            this.rows = lengths[count - 2];
            this.rowStep = steps[count - 2];
            this.columns = lengths[count - 1];
            this.columnStep = steps[count - 1];
        }

        static Layout of(int[] sizes, int... order) {
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
            return new Layout(lengths, steps, count);
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

        void gather(Operand from, int start, float[] moved) {
            int at = 0;
            for (int row = 0; row < rows; row++) {
                int place = start + row * rowStep;
                if (columnStep == 1) {
                    from.floats().get(place, moved, at, columns);
                    at += columns;
                } else {
                    for (int column = 0; column < columns; column++) {
                        moved[at++] = from.floats().get(place + column * columnStep);
                    }
                }
            }
        }

        void gather(Operand from, int start, double[] moved) {
            double[] one = new double[1];
            for (int i = 0; i < moved.length; i++) {
                from.get(start + i / columns * rowStep + i % columns * columnStep, one);
                moved[i] = one[0];
            }
        }
    }

    /** Copies {@code count} places along an axis that is not the batch. */
    public static void copy(INDArray from, int fromPlace, INDArray to, int toPlace, int axis, int count) {
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
            if (source.isFloat) {
                float[] moved = Scratch.get().plane(length);
                source.get(start, moved, length);
                target.put(end, moved, length);
            } else {
                double[] moved = new double[length];
                source.get(start, moved);
                target.put(end, moved);
            }
        });
    }

    /** Sets {@code count} places along an axis to 0. */
    public static void clear(INDArray array, int place, int axis, int count) {
        Operand target = Operand.of(array);
        Blocked out = Blocked.of(array, axis);
        int length = count * out.inner;
        Channels.forEach(target.samples * out.outer, length, block -> {
            int sample = block / out.outer;
            int start = sample * target.sampleStride + (block % out.outer * out.length + place) * out.inner;
            if (target.isFloat) {
                float[] zeros = Scratch.get().plane(length);
                Arrays.fill(zeros, 0, length, 0);
                target.put(start, zeros, length);
            } else {
                target.put(start, new double[length]);
            }
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
