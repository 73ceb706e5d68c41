package org.espalier.generator.generated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;

/** The networks of {@code gan.net}, compiled: two that train each other. */
final class Adversaries {
    private static final Compilation COMPILATION = compilation();

    private Adversaries() {}

    private static Compilation compilation() {
        try {
            String text = Files.readString(Goldens.file("net/gan.net"));
            return NetCompiler.compile(CompilationRequest.of(new SourceFile("gan.net", text)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The generated classes. */
    static List<GeneratedSource> sources() {
        return COMPILATION.sources();
    }

    /** Paints. */
    static CompiledNetwork painter() {
        return network("Painter");
    }

    /** Judges pictures, and has gradients by them. */
    static CompiledNetwork critic() {
        return network("Critic");
    }

    private static CompiledNetwork network(String name) {
        GeneratedSource source = COMPILATION.sources().stream()
                .filter(one -> one.className().equals(name))
                .findFirst()
                .orElseThrow();
        return new CompiledNetwork(
                COMPILATION.programs().stream()
                        .filter(program -> program.graph().name().equals(name))
                        .findFirst()
                        .orElseThrow(),
                GeneratedCode.compile(source).load(source),
                2,
                42);
    }
}
