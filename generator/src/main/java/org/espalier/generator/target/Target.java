package org.espalier.generator.target;

import java.util.List;
import org.espalier.generator.ir.Program;

/** A form that a planned program is written in, such as Java classes on ND4J. */
public interface Target {
    /**
     * Writes one network. The result depends on the program alone, to the byte: there are no dates, no paths of the
     * machine, and nothing in the order of a hash.
     *
     * @param program with its memory planned
     */
    List<GeneratedSource> generate(Program program);
}
