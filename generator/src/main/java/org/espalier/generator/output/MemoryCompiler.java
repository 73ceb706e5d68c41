package org.espalier.generator.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import org.espalier.generator.target.GeneratedSource;

/** Compiles generated classes in memory and loads them: sources in; classes, or the messages of javac, out. */
public final class MemoryCompiler {
    private MemoryCompiler() {}

    /**
     * Result of a compilation.
     *
     * @param succeeded whether there are classes
     * @param classFiles by the names of the classes
     * @param messages of javac, one a line; empty if it has nothing to say
     */
    public record Result(boolean succeeded, Map<String, byte[]> classFiles, String messages) {
        /** Loads the classes, each sooner than another of its name that the parent has. */
        public ClassLoader loader(ClassLoader parent) {
            return new MemoryLoader(classFiles, parent);
        }
    }

    /** Compiles classes together, under some options of javac. */
    public static Result compile(JavaCompiler compiler, List<GeneratedSource> sources, List<String> options) {
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        StringWriter rest = new StringWriter();
        Map<String, byte[]> classFiles = new TreeMap<>();
        try (JavaFileManager files = new MemoryFiles(
                compiler.getStandardFileManager(messages, Locale.ROOT, StandardCharsets.UTF_8), classFiles)) {
            boolean succeeded = compiler.getTask(
                            rest,
                            files,
                            messages,
                            options,
                            null,
                            sources.stream().map(SourceText::new).toList())
                    .call();
            String said = Stream.concat(
                            messages.getDiagnostics().stream().map(String::valueOf),
                            rest.toString().lines())
                    .collect(Collectors.joining("\n"));
            return new Result(succeeded, classFiles, said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a class. */
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

    /** Keeps the classes that javac writes. */
    private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, byte[]> classFiles;

        MemoryFiles(JavaFileManager files, Map<String, byte[]> classFiles) {
            super(files);
            this.classFiles = classFiles;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
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

    private static final class MemoryLoader extends ClassLoader {
        private final Map<String, byte[]> classFiles;

        MemoryLoader(Map<String, byte[]> classFiles, ClassLoader parent) {
            super(parent);
            this.classFiles = Map.copyOf(classFiles);
        }

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
