package org.espalier.onnx;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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
            Class<?> type = InMemoryClasses.of(List.of(source)).loadClass(source.qualifiedName());
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
}
