package org.espalier.runtime.kernel.movement;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Elements taken by whole numbers along an axis, and their gradients, which are added up in the order of the whole
 * numbers, so that sums do not depend on how many cores there are.
 */
public final class PickingKernel {
    private PickingKernel() {}

    /** y[…, k, …] = x[…, index[k], …]; the axes of the index, of any number, take the place of the axis. */
    public static void indexSelect(INDArray x, INDArray index, INDArray y, int axis) {
        int[] picked = Indices.of(index);
        Lines from = Lines.of(x, axis);
        Lines to = Lines.of(y, axis, picked.length);
        Channels.forEach(from.count, picked.length * from.inner, line -> {
            double[] run = new double[from.inner];
            for (int k = 0; k < picked.length; k++) {
                from.get(line, picked[k], run);
                to.put(line, k, run);
            }
        });
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[k] = r. */
    public static void indexSelectBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        int[] picked = Indices.of(index);
        Lines to = Lines.of(dX, axis);
        Lines from = Lines.of(dY, axis, picked.length);
        Channels.forEach(to.count, picked.length * to.inner, line -> {
            double[] sums = new double[to.length * to.inner];
            double[] run = new double[to.inner];
            for (int k = 0; k < picked.length; k++) {
                from.get(line, k, run);
                for (int i = 0; i < run.length; i++) {
                    sums[picked[k] * run.length + i] += run[i];
                }
            }
            to.putAll(line, sums);
        });
    }

    /** y = x, whole numbers. */
    public static void toFloat(INDArray x, INDArray y) {
        int[] whole = Indices.of(x);
        double[] numbers = new double[whole.length];
        for (int i = 0; i < whole.length; i++) {
            numbers[i] = whole[i];
        }
        Operand.of(y).write(numbers);
    }

    /** y[…, k, …] = x[…, index[…, k, …], …], the index having an element for each of y. */
    public static void gather(INDArray x, INDArray index, INDArray y, int axis) {
        int[] picked = Indices.of(index);
        Lines from = Lines.of(x, axis);
        Lines to = Lines.of(y, axis);
        Channels.forEach(to.count, to.length * to.inner, line -> {
            double[] values = from.all(line);
            double[] taken = new double[to.length * to.inner];
            int first = line * taken.length;
            for (int i = 0; i < taken.length; i++) {
                taken[i] = values[picked[first + i] * to.inner + i % to.inner];
            }
            to.putAll(line, taken);
        });
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[…, k, …] = r. */
    public static void gatherBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        int[] picked = Indices.of(index);
        Lines from = Lines.of(dY, axis);
        Lines to = Lines.of(dX, axis);
        Channels.forEach(to.count, from.length * from.inner, line -> {
            double[] gradients = from.all(line);
            double[] sums = new double[to.length * to.inner];
            int first = line * gradients.length;
            for (int i = 0; i < gradients.length; i++) {
                sums[picked[first + i] * to.inner + i % to.inner] += gradients[i];
            }
            to.putAll(line, sums);
        });
    }

    /**
     * An array as lines along an axis, which lie one after the other.
     *
     * @param count how many
     * @param length elements along the axis
     * @param inner elements of the axes behind it
     */
    private record Lines(Operand operand, int count, int perSample, int length, int inner) {
        static Lines of(INDArray array, int axis) {
            return of(array, axis, Math.toIntExact(array.size(axis)));
        }

        /** Of several axes from one on that have so many elements together. */
        static Lines of(INDArray array, int axis, int length) {
            Operand operand = Operand.of(array);
            int outer = 1;
            for (int i = 0; i < axis; i++) {
                outer *= Math.toIntExact(array.size(i));
            }
            int inner = operand.size() / Math.max(1, outer * length);
            int perSample = axis == 0 ? 0 : outer / operand.samples;
            return new Lines(operand, outer, perSample, length, inner);
        }

        private int start(int line) {
            return perSample == 0 ? 0 : line / perSample * operand.sampleStride + line % perSample * length * inner;
        }

        void get(int line, int at, double[] run) {
            operand.get(start(line) + at * inner, run);
        }

        void put(int line, int at, double[] run) {
            operand.put(start(line) + at * inner, run);
        }

        double[] all(int line) {
            double[] all = new double[length * inner];
            operand.get(start(line), all);
            return all;
        }

        void putAll(int line, double[] all) {
            operand.put(start(line), all);
        }
    }
}
