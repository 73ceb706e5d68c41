package org.espalier.generator.target.java;

import java.util.List;
import org.espalier.generator.ir.Program;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.Target;

/** Emits one Java class for each network, which runs on ND4J's memory by the kernels of {@code espalier-runtime}. */
public final class JavaTarget implements Target {
    @Override
    public List<GeneratedSource> generate(Program program) {
        return List.of(NetworkEmitter.emit(program));
    }
}
