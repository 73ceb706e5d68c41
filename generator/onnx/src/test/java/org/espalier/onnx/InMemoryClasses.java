package org.espalier.onnx;

import java.util.List;
import javax.tools.ToolProvider;
import org.espalier.generator.output.MemoryCompiler;
import org.espalier.generator.target.GeneratedSource;

/** Generated classes, compiled in memory under {@code -Xlint:all -Werror}. */
final class InMemoryClasses {
    private InMemoryClasses() {}

    /** Compiles classes without a single warning. */
    static ClassLoader of(List<GeneratedSource> sources) {
        MemoryCompiler.Result result = MemoryCompiler.compile(
                ToolProvider.getSystemJavaCompiler(), sources, List.of("-Xlint:all", "-Werror", "-proc:none"));
        if (!result.succeeded()) {
            throw new AssertionError(result.messages());
        }
        return result.loader(InMemoryClasses.class.getClassLoader());
    }
}
