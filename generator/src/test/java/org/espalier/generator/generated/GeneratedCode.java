package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.espalier.generator.ir.Program;
import org.espalier.generator.target.GeneratedSource;

/** Compiles generated sources in memory, under {@code -Xlint:all -Xdoclint:all -Werror}, and loads what comes out. */
public final class GeneratedCode {
    private final Map<String, byte[]> classFiles;
    private final ClassLoader loader;

    private GeneratedCode(Map<String, byte[]> classFiles) {
        this.classFiles = classFiles;
        this.loader = new InMemoryLoader(classFiles);
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
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        Map<String, byte[]> classFiles = new TreeMap<>();
        try (JavaFileManager files =
                new InMemoryFiles(compiler.getStandardFileManager(messages, null, null), classFiles)) {
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            messages,
                            List.of("-Xlint:all", doclint, "-Werror", "-proc:none"),
                            null,
                            sources.stream().map(SourceText::new).toList())
                    .call();
            if (!compiled || !messages.getDiagnostics().isEmpty()) {
                String said =
                        messages.getDiagnostics().stream().map(String::valueOf).collect(Collectors.joining("\n"));
                String texts = sources.stream().map(GeneratedSource::text).collect(Collectors.joining("\n"));
                throw new AssertionError(said + "\n" + texts);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new GeneratedCode(classFiles);
    }

    /** As {@link #compile(List)}. */
    public static GeneratedCode compile(GeneratedSource source) {
        return compile(List.of(source));
    }

    /** The class files by the names of their classes. */
    public Map<String, byte[]> classFiles() {
        return classFiles;
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

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(GeneratedSource source) {
            super(URI.create("memory:///" + source.path()), Kind.SOURCE);
            this.text = source.text();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, byte[]> classFiles;

        InMemoryFiles(JavaFileManager files, Map<String, byte[]> classFiles) {
            super(files);
            this.classFiles = classFiles;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return new ByteArrayOutputStream() {
                        @Override
                        public void close() {
                            classFiles.put(className, toByteArray());
                        }
                    };
                }
            };
        }
    }

    private static final class InMemoryLoader extends ClassLoader {
        private final Map<String, byte[]> classFiles;

        InMemoryLoader(Map<String, byte[]> classFiles) {
            super(GeneratedCode.class.getClassLoader());
            this.classFiles = Map.copyOf(classFiles);
        }

        /** Its own classes first: the class path has goldens of the same names. */
        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                byte[] bytes = classFiles.get(name);
                return bytes == null ? super.loadClass(name, resolve) : defineClass(name, bytes, 0, bytes.length);
            }
        }
    }
}
