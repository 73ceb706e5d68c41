package org.espalier.generator;

import java.util.List;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.Target;
import org.espalier.generator.target.java.JavaTarget;

/**
 * Input of a compilation: source files, how their imports are found, and the target.
 *
 * @param sources the files whose networks are wanted
 * @param imports finds what they import from elsewhere
 * @param target what their networks become
 */
public record CompilationRequest(List<SourceFile> sources, ImportResolver imports, Target target) {
    /** Copies the list. A file that is in it twice is compiled once. */
    public CompilationRequest {
        sources = sources.stream().distinct().toList();
    }

    /** Files whose networks become Java classes. */
    public CompilationRequest(List<SourceFile> sources, ImportResolver imports) {
        this(sources, imports, new JavaTarget());
    }

    /** The same files for another target. */
    public CompilationRequest with(Target other) {
        return new CompilationRequest(sources, imports, other);
    }

    /** Files that import nothing but each other. */
    public static CompilationRequest of(SourceFile... sources) {
        return new CompilationRequest(List.of(sources), ImportResolver.NONE);
    }
}
