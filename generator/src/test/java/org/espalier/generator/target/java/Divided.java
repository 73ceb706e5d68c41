package org.espalier.generator.target.java;

import org.espalier.generator.ir.Program;
import org.espalier.generator.target.GeneratedSource;

/** Classes divided into parts as only those of very long networks are otherwise. */
public final class Divided {
    private Divided() {}

    /** The source of a network's class with so many layers, at most, in a nested class. */
    public static GeneratedSource emit(Program program, int layers) {
        return NetworkEmitter.emit(program, new Capacity(0, 0, Long.MAX_VALUE, layers, Integer.MAX_VALUE));
    }
}
