package org.espalier.runtime.kernel.movement;

import org.espalier.runtime.kernel.memory.Operand;

/** Copies of elements of one type. Places are counted in elements from the first. */
interface ElementCopies {
    /** Rows and columns, and how far apart their neighbours lie. */
    record Plane(int rows, int rowStep, int columns, int columnStep) {
        int size() {
            return rows * columns;
        }
    }

    /** Puts the elements of a plane, row by row, one after the other. */
    void gather(Operand from, int start, Plane plane, Operand to, int end);

    /** Copies elements that lie one after the other. */
    void copy(Operand from, int start, Operand to, int end, int count);

    /** Sets elements that lie one after the other to 0. */
    void clear(Operand array, int start, int count);
}
