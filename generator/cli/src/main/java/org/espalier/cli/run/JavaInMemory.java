package org.espalier.cli.run;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.espalier.generator.output.MemoryCompiler;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.inference.Inference;

/** Compiles a generated class in memory, and loads it with a class loader of its own. */
public final class JavaInMemory {
    private JavaInMemory() {}

    /**
     * Compiles a class that the kernels of this command run, and loads it.
     *
     * @throws RunException if this Java has no compiler
     */
    static Class<?> compile(GeneratedSource source) throws RunException {
        ClassLoader loader = result(source, kernels().toString()).loader(Inference.class.getClassLoader());
        try {
            return Class.forName(source.qualifiedName(), true, loader);
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException("javac has not written " + source.qualifiedName(), impossible);
        }
    }

    /**
     * Compiles a class.
     *
     * @param classPath has what it calls
     * @return the bytes of it and of those within it, by their names
     * @throws RunException if this Java has no compiler, or the class path not what the class calls
     */
    public static Map<String, byte[]> compile(GeneratedSource source, String classPath) throws RunException {
        return result(source, classPath).classFiles();
    }

    private static MemoryCompiler.Result result(GeneratedSource source, String classPath) throws RunException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new RunException("running a network compiles it, and the Java in " + System.getProperty("java.home")
                    + " has no compiler; run espalier with a JDK");
        }
        MemoryCompiler.Result result = MemoryCompiler.compile(
                compiler, List.of(source), List.of("-proc:none", "-nowarn", "-classpath", classPath));
        if (!result.succeeded() && String.valueOf(result.messages()).contains("package org.espalier.")) {
            throw new RunException("the class path has no espalier-runtime-cpu, or that of another version of Espalier;"
                    + " 'espalier doctor' shows what it finds");
        }
        if (!result.succeeded()) {
            throw new IllegalStateException(
                    "the class of a network does not compile, which is a mistake of Espalier: " + result.messages());
        }
        return result;
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
