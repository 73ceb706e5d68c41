package org.espalier.generator;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.analysis.Elaborator;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;

/** The compiler. */
public final class NetCompiler {
    private NetCompiler() {}

    /** The graphs of the networks without mistakes; everything that is wrong is reported. */
    public static List<Graph> analyze(CompilationRequest request, Diagnostics diagnostics) {
        List<FileDecl> files = new ArrayList<>();
        for (var source : request.sources()) {
            ParsedFile parsed = NetSyntax.parse(source);
            diagnostics.reportAll(parsed.diagnostics());
            files.add(parsed.file());
        }
        return Elaborator.elaborate(files, request.imports(), diagnostics).graphs();
    }
}
