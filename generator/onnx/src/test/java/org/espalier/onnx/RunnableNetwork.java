package org.espalier.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An imported network, compiled in memory under {@code -Xlint:all -Werror}, with its weights. */
final class RunnableNetwork implements AutoCloseable {
    private final Network network;

    private final List<String> outputs;

    private RunnableNetwork(Network network, List<String> outputs) {
        this.network = network;
        this.outputs = outputs;
    }

    /** Compiles a network without a single warning and loads its weights, all of them and no others. */
    static RunnableNetwork of(ImportedNetwork imported) {
        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", imported.text())));
        String said = compilation.diagnostics().stream().map(Diagnostic::render).collect(Collectors.joining("\n"));
        if (!said.isEmpty()) {
            throw new AssertionError(said + "\n" + imported.text());
        }
        GeneratedSource source = compilation.sources().get(0);
        try {
            Class<?> type = compiled(source).loadClass(source.qualifiedName());
            Network network = (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1));
            Path file = Files.createTempFile("imported", ".safetensors");
            try {
                imported.writeWeights(file);
                network.load(file);
            } finally {
                Files.delete(file);
            }
            return new RunnableNetwork(
                    network,
                    compilation.programs().get(0).graph().outputs().stream()
                            .map(output -> output.name())
                            .toList());
        } catch (ReflectiveOperationException | IOException e) {
            throw new AssertionError(imported.text(), e);
        }
    }

    /** The network itself. */
    Network network() {
        return network;
    }

    /** Its outputs, in order. */
    List<INDArray> predict(List<INDArray> inputs) {
        try {
            Object made = method("predict", inputs.size()).invoke(network, inputs.toArray());
            if (made instanceof INDArray array) {
                return List.of(array);
            }
            List<INDArray> all = new ArrayList<>();
            for (String output : outputs) {
                all.add((INDArray) method(output, 0).invoke(network));
            }
            return all;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A public method by its name and the number of its parameters. */
    Method method(String name, int parameters) throws NoSuchMethodException {
        for (Method method : network.getClass().getMethods()) {
            // A field of the class may not be called as the network has it.
            boolean named = method.getName().equalsIgnoreCase(name.replace("_", ""))
                    || method.getName().equals(name);
            if (named && method.getParameterCount() == parameters) {
                return method;
            }
        }
        throw new NoSuchMethodException(name + " of " + parameters);
    }

    @Override
    public void close() {
        network.close();
    }

    private static ClassLoader compiled(GeneratedSource source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        Map<String, byte[]> classes = new HashMap<>();
        try (JavaFileManager files =
                new InMemoryFiles(compiler.getStandardFileManager(messages, null, null), classes)) {
            boolean compiles = compiler.getTask(
                            null,
                            files,
                            messages,
                            List.of("-Xlint:all", "-Werror", "-proc:none"),
                            null,
                            List.of(new SourceText(source)))
                    .call();
            if (!compiles) {
                throw new AssertionError(messages.getDiagnostics() + "\n" + source.text());
            }
        }
        return new ClassLoader(RunnableNetwork.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                byte[] bytes = classes.get(name);
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                return defineClass(name, bytes, 0, bytes.length);
            }
        };
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
        private final Map<String, byte[]> classes;

        InMemoryFiles(JavaFileManager files, Map<String, byte[]> classes) {
            super(files);
            this.classes = classes;
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
                            classes.put(className, toByteArray());
                        }
                    };
                }
            };
        }
    }
}
