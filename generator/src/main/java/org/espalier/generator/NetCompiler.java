package org.espalier.generator;

import java.util.List;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.Elaborator;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.rewrite.Rewrite;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;
import org.espalier.generator.target.GeneratedSource;

/** The compiler. */
public final class NetCompiler {
    private NetCompiler() {}

    /**
     * Reads specifications, elaborates their networks, simplifies and differentiates them, fuses neighbours, plans
     * their memory and hands them to the target that was asked for. Never throws for what a specification says: that is
     * reported. Every stage's result is verified.
     */
    public static Compilation compile(CompilationRequest request) {
        return DeepStack.call(() -> compiled(request));
    }

    private static Compilation compiled(CompilationRequest request) {
        Diagnostics diagnostics = new Diagnostics();
        List<FileDecl> files = request.sources().stream()
                .map(source -> read(source, diagnostics))
                .toList();
        List<Graph> graphs = Elaborator.elaborate(files, request.imports(), diagnostics);
        List<Program> programs = graphs.stream()
                .map(GraphVerifier::verify)
                .map(Rewrite::simplify)
                .map(GraphVerifier::verify)
                .map(Autodiff::differentiate)
                .map(ProgramVerifier::verify)
                .map(Fusion::fuse)
                .map(ProgramVerifier::verify)
                .map(MemoryPlanner::plan)
                .map(ProgramVerifier::verify)
                .toList();
        List<GeneratedSource> sources = programs.stream()
                .flatMap(program -> request.target().generate(program).stream())
                .toList();
        return new Compilation(sources, diagnostics.toList(), programs);
    }

    private static FileDecl read(SourceFile source, Diagnostics diagnostics) {
        ParsedFile parsed = NetSyntax.parse(source);
        diagnostics.reportAll(parsed.diagnostics());
        return parsed.file();
    }
}
