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

/** Compiles specifications: source files in, generated sources and diagnostics out. */
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
                .map(NetCompiler::simplified)
                .map(NetCompiler::differentiated)
                .map(NetCompiler::fused)
                .map(NetCompiler::planned)
                .toList();
        List<GeneratedSource> sources = programs.stream()
                .flatMap(program -> request.target().generate(program).stream())
                .toList();
        return new Compilation(sources, diagnostics.toList(), programs);
    }

    private static Graph simplified(Graph elaborated) {
        return GraphVerifier.verify(Rewrite.simplify(GraphVerifier.verify(elaborated)));
    }

    /** A simplified network with its backward pass. */
    public static Program differentiated(Graph simplified) {
        return ProgramVerifier.verify(Autodiff.differentiate(simplified));
    }

    /** The same with neighbours in one pass over memory. */
    public static Program fused(Program differentiated) {
        return ProgramVerifier.verify(Fusion.fuse(differentiated));
    }

    private static Program planned(Program fused) {
        return ProgramVerifier.verify(MemoryPlanner.plan(fused));
    }

    private static FileDecl read(SourceFile source, Diagnostics diagnostics) {
        ParsedFile parsed = NetSyntax.parse(source);
        diagnostics.reportAll(parsed.diagnostics());
        return parsed.file();
    }
}
