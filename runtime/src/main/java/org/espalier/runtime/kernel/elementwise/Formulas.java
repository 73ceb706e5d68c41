package org.espalier.runtime.kernel.elementwise;

import org.espalier.inference.curve.Normal;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels that apply a formula to each element: {@code y = f(x, others…)}. A generated class hands its loops in, so
 * that whatever a layer computes element by element is one pass over memory, block by block, on all cores if it is
 * long.
 *
 * <p>Operands are as large as the result; or they are repeated, and then {@code axes} says for each operand along which
 * axis of the result its first one lies.
 */
@SuppressWarnings("overloads") // What is handed in is a reference to one method, whose parameters tell the precision.
public final class Formulas {
    /**
     * Parts of a sum over samples: a number of its own, so that the sum does not depend on how many cores there are.
     */
    private static final int PARTS = 16;

    private Formulas() {}

    /** y = f(x, others…), all of one shape. y may be x or one of the others. */
    public static void elementwise(INDArray x, INDArray y, FloatFormula f, INDArray... others) {
        FloatElementwise.run(Operand.of(x), Operand.of(y), elementwise(f, others));
    }

    /** The same on doubles. */
    public static void elementwise(INDArray x, INDArray y, DoubleFormula f, INDArray... others) {
        ReferenceElementwise.run(x, y, elementwise(f, others));
    }

    /** The same as an epilogue of another kernel, whose elements are the first operand. */
    public static Epilogue elementwise(FloatFormula f, INDArray... others) {
        return Epilogue.formula(f, others);
    }

    /** The same on doubles. */
    public static Epilogue elementwise(DoubleFormula f, INDArray... others) {
        return Epilogue.formula(f, others);
    }

    /** For each operand the axis of the result along which its first one lies; 0 if it has the batch. */
    public static int[] axes(int... axes) {
        return axes;
    }

    /** y = f(operands…), with operands repeated. y may be an operand of its own shape. */
    public static void elementwise(INDArray y, int[] axes, FloatFormula f, INDArray... operands) {
        Operand result = Operand.of(y);
        Broadcast[] repeated = broadcast(y, axes, operands);
        Blocks.forEach(result.samples, result.sampleSize, (index, sample, from, count, scratch) -> {
            float[][] block = scratch.operands(operands.length);
            for (int i = 0; i < repeated.length; i++) {
                repeated[i].fill(sample, from, block[i], count);
            }
            f.apply(block, scratch.a, count);
            result.put(sample * result.sampleStride + from, scratch.a, count);
        });
    }

    /** The same on doubles. */
    public static void elementwise(INDArray y, int[] axes, DoubleFormula f, INDArray... operands) {
        Operand result = Operand.of(y);
        double[] values = new double[result.size()];
        double[][] whole = whole(y, axes, operands);
        f.apply(whole, values, values.length);
        result.write(values);
    }

    /**
     * The sum of f(operands…) over the axes along which an operand is repeated, if there are any: the gradient by that
     * operand.
     *
     * @param like an array of the shape that f is computed in
     * @param axes of the operands; the last is that of the sum
     * @param accumulate whether it is added to what is there
     */
    public static void elementwiseSum(
            INDArray like, INDArray sum, boolean accumulate, int[] axes, FloatFormula f, INDArray... operands) {
        Operand shape = Operand.of(like);
        Broadcast[] repeated = broadcast(like, axes, operands);
        Broadcast target = new Broadcast(sum, axes[operands.length], like);
        if (target.isWhole()) {
            Operand whole = Operand.of(sum);
            Blocks.forEach(shape.samples, shape.sampleSize, (index, sample, from, count, scratch) -> {
                float[][] block = scratch.operands(operands.length);
                for (int i = 0; i < repeated.length; i++) {
                    repeated[i].fill(sample, from, block[i], count);
                }
                f.apply(block, scratch.a, count);
                int place = sample * whole.sampleStride + from;
                if (accumulate) {
                    whole.get(place, scratch.b, count);
                    FloatElementwise.add(scratch.a, scratch.b, count);
                }
                whole.put(place, scratch.a, count);
            });
            return;
        }
        int parts = Math.max(1, Math.min(PARTS, shape.samples));
        double[][] sums = new double[parts][];
        Parallel.forEach(parts, part -> {
            double[] own = new double[target.size()];
            Scratch scratch = Scratch.get();
            float[][] block = scratch.operands(operands.length);
            for (int sample = part; sample < shape.samples; sample += parts) {
                for (int from = 0; from < shape.sampleSize; from += Scratch.BLOCK) {
                    int count = Math.min(Scratch.BLOCK, shape.sampleSize - from);
                    for (int i = 0; i < repeated.length; i++) {
                        repeated[i].fill(sample, from, block[i], count);
                    }
                    f.apply(block, scratch.a, count);
                    target.add(own, sample, from, scratch.a, count);
                }
            }
            sums[part] = own;
        });
        for (int part = 1; part < parts; part++) {
            for (int i = 0; i < sums[0].length; i++) {
                sums[0][i] += sums[part][i];
            }
        }
        target.write(sums[0], accumulate);
    }

    /** The same on doubles. */
    public static void elementwiseSum(
            INDArray like, INDArray sum, boolean accumulate, int[] axes, DoubleFormula f, INDArray... operands) {
        Operand shape = Operand.of(like);
        double[][] whole = whole(like, axes, operands);
        double[] values = new double[shape.size()];
        f.apply(whole, values, values.length);
        Broadcast target = new Broadcast(sum, axes[operands.length], like);
        double[] sums = new double[target.size()];
        double[] block = new double[shape.sampleSize];
        for (int sample = 0; sample < shape.samples; sample++) {
            System.arraycopy(values, sample * shape.sampleSize, block, 0, shape.sampleSize);
            target.add(sums, sample, 0, block, shape.sampleSize);
        }
        target.write(sums, accumulate);
    }

    // Math.signum does not vectorize on JDK 17. The clamp is sgn for every float: twice 1e30 takes even the least
    // subnormal, 1.4e-45, past 1, while 0 stays 0 and NaN stays NaN. The double's 1e200 does the same for 4.9e-324.

    /** sgn(x): 0 for 0 and −0, NaN for NaN. Loops over it become vector instructions. */
    public static float sign(float x) {
        return Math.max(-1f, Math.min(1f, (x * 1e30f) * 1e30f));
    }

    /** The same in double precision. */
    public static double sign(double x) {
        return Math.max(-1, Math.min(1, (x * 1e200) * 1e200));
    }

    /** The error function, to all digits. */
    public static float erf(float x) {
        return (float) Normal.erf(x);
    }

    /** The same in double precision. */
    public static double erf(double x) {
        return Normal.erf(x);
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN. Loops over it become vector instructions. */
    public static float step(float x) {
        return Math.max(0f, sign(x));
    }

    /** The same in double precision. */
    public static double step(double x) {
        return Math.max(0, sign(x));
    }

    private static Broadcast[] broadcast(INDArray like, int[] axes, INDArray... operands) {
        Broadcast[] repeated = new Broadcast[operands.length];
        for (int i = 0; i < operands.length; i++) {
            repeated[i] = new Broadcast(operands[i], axes[i], like).read();
        }
        return repeated;
    }

    /** Operands of doubles as large as the result. */
    private static double[][] whole(INDArray like, int[] axes, INDArray... operands) {
        Operand shape = Operand.of(like);
        double[][] whole = new double[operands.length][shape.size()];
        double[] block = new double[shape.sampleSize];
        for (int i = 0; i < operands.length; i++) {
            Broadcast repeated = new Broadcast(operands[i], axes[i], like);
            double[] values = repeated.doubles();
            for (int sample = 0; sample < shape.samples; sample++) {
                repeated.fill(values, sample, 0, block, shape.sampleSize);
                System.arraycopy(block, 0, whole[i], sample * shape.sampleSize, shape.sampleSize);
            }
        }
        return whole;
    }
}
