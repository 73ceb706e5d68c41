package org.espalier.runtime.kernel.movement;

import org.espalier.runtime.kernel.memory.Operand;

/** Copies of doubles, one by one. */
final class DoubleCopies implements ElementCopies {
    @Override
    public void gather(Operand from, int start, Plane plane, Operand to, int end) {
        double[] one = new double[1];
        for (int i = 0; i < plane.size(); i++) {
            int row = i / plane.columns();
            int column = i % plane.columns();
            from.get(start + row * plane.rowStep() + column * plane.columnStep(), one);
            to.put(end + i, one);
        }
    }

    @Override
    public void copy(Operand from, int start, Operand to, int end, int count) {
        double[] moved = new double[count];
        from.get(start, moved);
        to.put(end, moved);
    }

    @Override
    public void clear(Operand array, int start, int count) {
        array.put(start, new double[count]);
    }
}
