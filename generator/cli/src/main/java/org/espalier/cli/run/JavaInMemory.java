package org.espalier.cli.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
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
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        StandardJavaFileManager files = compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8);
        try (Classes classes = new Classes(files)) {
            List<String> options =
                    List.of("-proc:none", "-nowarn", "-classpath", kernels().toString());
            StringWriter rest = new StringWriter();
            boolean compiled = compiler.getTask(rest, classes, problems, options, null, List.of(new Source(source)))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("the class of a network does not compile, which is a mistake of"
                        + " Espalier: " + problems.getDiagnostics() + rest);
            }
            return Class.forName(source.qualifiedName(), true, new Loader(classes.bytes()));
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException("javac has not written " + source.qualifiedName(), impossible);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
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

    /** The text of a class. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(GeneratedSource source) {
            super(URI.create("memory:///Source.java"), Kind.SOURCE);
            this.text = source.text();
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps the classes that javac writes. */
    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Classes(JavaFileManager files) {
            super(files);
        }

        Map<String, byte[]> bytes() {
            Map<String, byte[]> bytes = new HashMap<>();
            written.forEach((name, stream) -> bytes.put(name, stream.toByteArray()));
            return bytes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            written.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + written.size() + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }

    /** Loads what javac wrote. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(Inference.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
