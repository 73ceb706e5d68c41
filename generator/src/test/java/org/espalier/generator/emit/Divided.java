package org.espalier.generator.emit;

import org.espalier.generator.ir.Program;

/** Classes divided into parts as only those of very long networks are otherwise. */
public final class Divided {
    private Divided() {}

    /** The source of a network's class with so many layers, at most, in a nested class. */
    public static GeneratedSource emit(Program program, int layers) {
        return NetworkEmitter.emit(program, new Capacity(0, Long.MAX_VALUE, layers));
    }
}
