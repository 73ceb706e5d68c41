package org.espalier.benchmarks.compile;

import java.util.function.Supplier;
import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;

/** The compiler from a specification's text to the text of its class, in a JVM that is warm. */
public final class CompilerSubject implements Subject {
    private final SourceFile source;

    private CompilerSubject(Supplier<String> text) {
        source = new SourceFile("measured.net", text.get());
        Compilation compilation = compile();
        if (compilation.hasErrors() || compilation.sources().isEmpty()) {
            throw new IllegalStateException("what is to be measured does not compile: "
                    + compilation.diagnostics().stream().map(Diagnostic::render).toList());
        }
    }

    /** U-Net-256. */
    public static Subject unet() {
        return new CompilerSubject(BenchmarkedSpecifications::unet);
    }

    /** ResNet-18. */
    public static Subject resnet() {
        return new CompilerSubject(BenchmarkedSpecifications::resnet);
    }

    /** So many layers, one after the other. */
    public static Subject chain(int layers) {
        return new CompilerSubject(() -> BenchmarkedSpecifications.chain(layers));
    }

    @Override
    public void step() {
        compile();
    }

    private Compilation compile() {
        return NetCompiler.compile(CompilationRequest.of(source));
    }

    @Override
    public String build() {
        return Natives.JAVA;
    }
}
