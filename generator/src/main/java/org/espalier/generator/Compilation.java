package org.espalier.generator;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Program;
import org.espalier.generator.target.GeneratedSource;

/**
 * Result of a compilation: generated sources, diagnostics and programs. A network with a mistake, in itself or in what
 * it uses, has no source and no program.
 *
 * @param sources the generated classes, in the order of the request's files and of the networks in them
 * @param diagnostics everything that was found wrong or doubtful, file by file, each from the top
 * @param programs what the classes were made of, in the order of the networks: layers, shapes, memory, and which
 *     parameter is regularized by what
 */
public record Compilation(List<GeneratedSource> sources, List<Diagnostic> diagnostics, List<Program> programs) {
    /** Copies the lists. */
    public Compilation {
        sources = List.copyOf(sources);
        diagnostics = List.copyOf(diagnostics);
        programs = List.copyOf(programs);
    }

    /** Returns the program that a class was made from. */
    public Program programOf(GeneratedSource source) {
        return programs.stream()
                .filter(program -> program.graph().name().equals(source.network())
                        && program.graph().packageName().equals(source.packageName()))
                .findFirst()
                .orElseThrow();
    }

    /** Tells whether anything stopped a network from being compiled. */
    public boolean hasErrors() {
        return diagnostics.stream().anyMatch(Diagnostic::isError);
    }
}
