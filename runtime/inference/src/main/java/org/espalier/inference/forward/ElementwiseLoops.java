package org.espalier.inference.forward;

import org.espalier.inference.curve.FloatCurve;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.Repetition;
import org.espalier.inference.tensor.ScratchArrays;

/** Formulas of the elements at each place of several tensors, block by block. */
public final class ElementwiseLoops {
    /** Elements of a block: those of a few operands stay in the nearest cache. */
    private static final int BLOCK = 1024;

    private ElementwiseLoops() {}

    /** y = f(operands), of which each lies along y from an axis on, and is repeated where it has no axis. */
    public static void forward(FloatTensor y, int[] axes, InferenceFormula f, FloatTensor... operands) {
        Repetition[] repetitions = new Repetition[operands.length];
        for (int i = 0; i < operands.length; i++) {
            repetitions[i] = new Repetition(operands[i], y, axes[i]);
        }
        int blocks = TileProducts.tiles(y.elements, BLOCK);
        ParallelLoop.forEach(y.samples * blocks, 4L * y.samples * y.elements * operands.length, turn -> {
            int sample = turn / blocks;
            int from = turn % blocks * BLOCK;
            int count = Math.min(BLOCK, y.elements - from);
            float[][] values = new float[operands.length][];
            for (int i = 0; i < values.length; i++) {
                values[i] = ScratchArrays.take(BLOCK);
                repetitions[i].read(sample, from, count, values[i]);
            }
            float[] result = ScratchArrays.take(BLOCK);
            f.compute(values, result, count);
            System.arraycopy(result, 0, y.data(), y.at(sample) + from, count);
            ScratchArrays.give(result);
            for (float[] value : values) {
                ScratchArrays.give(value);
            }
        });
    }

    /** y = f(x) for each element. */
    public static void map(FloatTensor x, FloatTensor y, int cost, FloatCurve f) {
        int blocks = TileProducts.tiles(y.elements, BLOCK);
        ParallelLoop.forEach(y.samples * blocks, (long) cost * y.samples * y.elements, turn -> {
            int sample = turn / blocks;
            int from = turn % blocks * BLOCK;
            int count = Math.min(BLOCK, y.elements - from);
            float[] values = ScratchArrays.take(BLOCK);
            System.arraycopy(x.data(), x.at(sample) + from, values, 0, count);
            f.apply(values, count);
            System.arraycopy(values, 0, y.data(), y.at(sample) + from, count);
            ScratchArrays.give(values);
        });
    }
}
