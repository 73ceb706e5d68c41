package org.espalier.runtime.cpu;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.espalier.runtime.optim.update.InPlaceAdam.Coefficients;
import org.espalier.runtime.optim.update.InPlaceAdam.Stretch;

/**
 * Adam's steps, vector by vector, with the penalties' arithmetic in the order of the plain loops and without fused
 * multiply-add, so that both give the same bits. What is left behind the last whole vector goes number by number.
 */
final class VectorAdamStretch implements Stretch {
    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;

    private final ByteBuffer values;
    private final ByteBuffer gradients;
    private final Object valueVectors;
    private final Object gradientVectors;
    private final float[] lanes = new float[SPECIES.length()];

    VectorAdamStretch(ByteBuffer values, ByteBuffer gradients) {
        this.values = values;
        this.gradients = gradients;
        valueVectors = VectorMemory.of(values);
        gradientVectors = VectorMemory.of(gradients);
    }

    @Override
    public void step(int from, int n, float[] m, float[] v, Coefficients coefficients, double[] sums) {
        int whole = SPECIES.loopBound(n);
        if (coefficients.penalizes()) {
            penalized(from, whole, m, v, coefficients, sums);
        } else {
            plain(from, whole, m, v, coefficients);
        }
        for (int i = whole; i < n; i++) {
            step((from + i) * Float.BYTES, m, v, i, coefficients, sums);
        }
    }

    private void penalized(int from, int n, float[] m, float[] v, Coefficients c, double[] sums) {
        Object ws = valueVectors;
        Object gs = gradientVectors;
        FloatVector clip = FloatVector.broadcast(SPECIES, c.clip());
        FloatVector keep = FloatVector.broadcast(SPECIES, c.keep());
        FloatVector keep1 = FloatVector.broadcast(SPECIES, c.keep1());
        FloatVector take1 = FloatVector.broadcast(SPECIES, c.take1());
        FloatVector keep2 = FloatVector.broadcast(SPECIES, c.keep2());
        FloatVector take2 = FloatVector.broadcast(SPECIES, c.take2());
        FloatVector vScale = FloatVector.broadcast(SPECIES, c.vScale());
        FloatVector eps = FloatVector.broadcast(SPECIES, c.eps());
        FloatVector stepSize = FloatVector.broadcast(SPECIES, c.stepSize());
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector above = FloatVector.broadcast(SPECIES, c.lambda1());
        FloatVector below = above.neg();
        FloatVector lambda2 = FloatVector.broadcast(SPECIES, c.lambda2());
        // A penalty that is not there adds nothing, not even 0 · ∞.
        VectorMask<Float> l1 = SPECIES.maskAll(c.l1());
        VectorMask<Float> l2 = SPECIES.maskAll(c.l2());
        FloatVector absolutes = zero;
        FloatVector squares = zero;
        for (int i = 0; i < n; i += SPECIES.length()) {
            int at = (from + i) * Float.BYTES;
            FloatVector w = VectorMemory.load(ws, at);
            FloatVector g = VectorMemory.load(gs, at).mul(clip);
            // Neither above nor below 0 are 0 itself, −0 and NaN, which stay.
            FloatVector sign = w.blend(above, w.compare(VectorOperators.GT, zero))
                    .blend(below, w.compare(VectorOperators.LT, zero));
            g = g.add(sign, l1).add(w.mul(lambda2), l2);
            absolutes = absolutes.add(w.abs());
            squares = squares.add(w.mul(w));
            FloatVector mean = FloatVector.fromArray(SPECIES, m, i).mul(keep1).add(g.mul(take1));
            FloatVector square =
                    FloatVector.fromArray(SPECIES, v, i).mul(keep2).add(g.mul(g).mul(take2));
            mean.intoArray(m, i);
            square.intoArray(v, i);
            FloatVector change = mean.div(square.sqrt().mul(vScale).add(eps)).mul(stepSize);
            VectorMemory.store(w.mul(keep).sub(change), ws, at);
        }
        sums[0] += sum(absolutes);
        sums[1] += sum(squares);
    }

    private void plain(int from, int n, float[] m, float[] v, Coefficients c) {
        Object ws = valueVectors;
        Object gs = gradientVectors;
        FloatVector clip = FloatVector.broadcast(SPECIES, c.clip());
        FloatVector keep = FloatVector.broadcast(SPECIES, c.keep());
        FloatVector keep1 = FloatVector.broadcast(SPECIES, c.keep1());
        FloatVector take1 = FloatVector.broadcast(SPECIES, c.take1());
        FloatVector keep2 = FloatVector.broadcast(SPECIES, c.keep2());
        FloatVector take2 = FloatVector.broadcast(SPECIES, c.take2());
        FloatVector vScale = FloatVector.broadcast(SPECIES, c.vScale());
        FloatVector eps = FloatVector.broadcast(SPECIES, c.eps());
        FloatVector stepSize = FloatVector.broadcast(SPECIES, c.stepSize());
        for (int i = 0; i < n; i += SPECIES.length()) {
            int at = (from + i) * Float.BYTES;
            FloatVector w = VectorMemory.load(ws, at);
            FloatVector g = VectorMemory.load(gs, at).mul(clip);
            FloatVector mean = FloatVector.fromArray(SPECIES, m, i).mul(keep1).add(g.mul(take1));
            FloatVector square =
                    FloatVector.fromArray(SPECIES, v, i).mul(keep2).add(g.mul(g).mul(take2));
            mean.intoArray(m, i);
            square.intoArray(v, i);
            FloatVector change = mean.div(square.sqrt().mul(vScale).add(eps)).mul(stepSize);
            VectorMemory.store(w.mul(keep).sub(change), ws, at);
        }
    }

    /** The same for the number at {@code at} bytes, which has place {@code i} of {@code m} and {@code v}. */
    private void step(int at, float[] m, float[] v, int i, Coefficients c, double[] sums) {
        float w = values.getFloat(at);
        float g = gradients.getFloat(at) * c.clip();
        if (c.l1()) {
            g += w > 0 ? c.lambda1() : w < 0 ? -c.lambda1() : w;
        }
        if (c.l2()) {
            g += c.lambda2() * w;
        }
        sums[0] += Math.abs(w);
        sums[1] += w * w;
        m[i] = c.keep1() * m[i] + c.take1() * g;
        v[i] = c.keep2() * v[i] + c.take2() * (g * g);
        float change = c.stepSize() * (m[i] / ((float) Math.sqrt(v[i]) * c.vScale() + c.eps()));
        values.putFloat(at, c.keep() * w - change);
    }

    private double sum(FloatVector vector) {
        vector.intoArray(lanes, 0);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }
}
