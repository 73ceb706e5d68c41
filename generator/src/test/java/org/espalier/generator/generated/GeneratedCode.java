package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.espalier.generator.ir.Program;
import org.espalier.generator.output.MemoryCompiler;
import org.espalier.generator.target.GeneratedSource;

/** Compiles generated sources in memory, under {@code -Xlint:all -Xdoclint:all -Werror}, and loads what comes out. */
public final class GeneratedCode {
    private final Map<String, byte[]> classFiles;
    private final ClassLoader loader;

    /** Its own classes come first: the class path has goldens of the same names. */
    private GeneratedCode(MemoryCompiler.Result result) {
        this.classFiles = result.classFiles();
        this.loader = result.loader(GeneratedCode.class.getClassLoader());
    }

    /** Fails, with javac's messages and the sources they are about, unless there is nothing to complain about. */
    public static GeneratedCode compile(List<GeneratedSource> sources) {
        return compile(sources, "-Xdoclint:all");
    }

    /** The same without asking for comments, which code of a user beside generated classes need not have. */
    public static GeneratedCode compileWithUsers(List<GeneratedSource> sources) {
        return compile(sources, "-Xdoclint:none");
    }

    private static GeneratedCode compile(List<GeneratedSource> sources, String doclint) {
        MemoryCompiler.Result result = MemoryCompiler.compile(
                ToolProvider.getSystemJavaCompiler(), sources, List.of("-Xlint:all", doclint, "-Werror", "-proc:none"));
        if (!result.succeeded() || !result.messages().isEmpty()) {
            String texts = sources.stream().map(GeneratedSource::text).collect(Collectors.joining("\n"));
            throw new AssertionError(result.messages() + "\n" + texts);
        }
        return new GeneratedCode(result);
    }

    /** As {@link #compile(List)}. */
    public static GeneratedCode compile(GeneratedSource source) {
        return compile(List.of(source));
    }

    /** The class files by the names of their classes. */
    public Map<String, byte[]> classFiles() {
        return classFiles;
    }

    /** The loader of the classes. */
    public ClassLoader loader() {
        return loader;
    }

    /** The class made of a source. */
    public Class<?> load(GeneratedSource source) {
        return load(source.qualifiedName());
    }

    /** The class on ND4J made of a program. */
    public Class<?> load(Program program) {
        String packageName = program.graph().packageName();
        return load((packageName.isEmpty() ? "" : packageName + ".")
                + program.graph().name());
    }

    private Class<?> load(String name) {
        assertThat(classFiles).containsKey(name);
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
