package org.espalier.cli.run;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.espalier.generator.output.MemoryCompiler;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.inference.Inference;

/** Compiles a generated class in memory and loads it, with a class loader of its own. */
final class JavaInMemory {
    private JavaInMemory() {}

    /**
     * Compiles a class.
     *
     * @throws RunException if this Java has no compiler
     */
    static Class<?> compile(GeneratedSource source) throws RunException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new RunException("running a network compiles it, and the Java in " + System.getProperty("java.home")
                    + " has no compiler; run espalier with a JDK");
        }
        List<String> options =
                List.of("-proc:none", "-nowarn", "-classpath", kernels().toString());
        MemoryCompiler.Result result = MemoryCompiler.compile(compiler, List.of(source), options);
        if (!result.succeeded()) {
            throw new IllegalStateException(
                    "the class of a network does not compile, which is a mistake of Espalier: " + result.messages());
        }
        try {
            return Class.forName(source.qualifiedName(), true, result.loader(Inference.class.getClassLoader()));
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException("javac has not written " + source.qualifiedName(), impossible);
        }
    }

    /** Finds the kernels that generated classes call: a folder of classes, or the jar of this command. */
    private static Path kernels() {
        try {
            return Path.of(Inference.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
