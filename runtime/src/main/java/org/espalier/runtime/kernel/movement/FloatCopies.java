package org.espalier.runtime.kernel.movement;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;

/** Copies of floats, by way of memory of the thread. */
final class FloatCopies implements ElementCopies {
    @Override
    public void gather(Operand from, int start, Plane plane, Operand to, int end) {
        float[] moved = Scratch.get().plane(plane.size());
        int at = 0;
        for (int row = 0; row < plane.rows(); row++) {
            int place = start + row * plane.rowStep();
            if (plane.columnStep() == 1) {
                from.floats().get(place, moved, at, plane.columns());
                at += plane.columns();
            } else {
                for (int column = 0; column < plane.columns(); column++) {
                    moved[at++] = from.floats().get(place + column * plane.columnStep());
                }
            }
        }
        to.put(end, moved, plane.size());
    }

    @Override
    public void copy(Operand from, int start, Operand to, int end, int count) {
        float[] moved = Scratch.get().plane(count);
        from.get(start, moved, count);
        to.put(end, moved, count);
    }

    @Override
    public void clear(Operand array, int start, int count) {
        float[] zeros = Scratch.get().plane(count);
        Arrays.fill(zeros, 0, count, 0);
        array.put(start, zeros, count);
    }
}
