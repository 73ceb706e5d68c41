package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network of {@code unet.net}, compiled, beside what PyTorch made of the same weights and images. */
final class PytorchUnet implements AutoCloseable {
    private final DataType type;
    private final Path weights;
    private final TensorFile expected;
    private final Network network;

    private PytorchUnet(Class<?> type, String fixture) {
        this.network = create(type);
        this.type = network.dataType();
        this.weights = resource(fixture + ".weights.safetensors");
        this.expected = TensorFile.open(resource(fixture + ".expected.safetensors"));
        try (TensorFile file = TensorFile.open(weights)) {
            state().forEach((path, array) -> array.assign(read(file, path)));
        }
    }

    /** The classes of {@code unet.net}. */
    static final class Classes {
        private final List<GeneratedSource> sources;
        private final GeneratedCode code;

        /**
         * Compiles them.
         *
         * @param precision {@code float32} or {@code float64}
         */
        Classes(String precision) {
            String text = text(resource("unet.net")).replace("float32", precision);
            Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("unet.net", text)));
            assertThat(compilation.diagnostics()).noneMatch(Diagnostic::isError);
            this.sources = compilation.sources();
            this.code = GeneratedCode.compile(sources);
        }

        /**
         * A network with PyTorch's first weights.
         *
         * @param name the network's name in {@code unet.net}
         * @param fixture the name that PyTorch's files begin with
         */
        PytorchUnet create(String name, String fixture) {
            GeneratedSource source = sources.stream()
                    .filter(one -> one.className().equals(name))
                    .findFirst()
                    .orElseThrow();
            return new PytorchUnet(code.load(source), fixture);
        }
    }

    private static Network create(Class<?> type) {
        try {
            return (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1));
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(e);
        }
    }

    private static Path resource(String name) {
        URL url = PytorchUnet.class.getResource("pytorch/" + name);
        try {
            return Path.of(Objects.requireNonNull(url, name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Network network() {
        return network;
    }

    Supervised supervised() {
        return (Supervised) network;
    }

    /** Returns the path of PyTorch's first weights. */
    Path weights() {
        return weights;
    }

    /** Parameters and statistics by their paths. */
    Map<String, INDArray> state() {
        Map<String, INDArray> state = new TreeMap<>(network.statistics());
        network.parameters().forEach(parameter -> state.put(parameter.name(), parameter.value()));
        return state;
    }

    /** Reads the array that PyTorch has under a name, in the network's precision. */
    INDArray expected(String name) {
        return read(expected, name);
    }

    private INDArray read(TensorFile file, String name) {
        TensorInfo tensor = Objects.requireNonNull(file.tensor(name), name);
        ByteBuffer numbers = file.read(name);
        INDArray array;
        if (tensor.type() == TensorType.F64) {
            double[] values = new double[numbers.remaining() / Double.BYTES];
            numbers.asDoubleBuffer().get(values);
            array = Nd4j.createFromArray(values);
        } else {
            float[] values = new float[numbers.remaining() / Float.BYTES];
            numbers.asFloatBuffer().get(values);
            array = Nd4j.createFromArray(values).castTo(type);
        }
        return array.reshape(
                'c', tensor.shape().stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * Compares an array with what PyTorch has under a name.
     *
     * @param tolerance relative to the largest number of the tensor
     * @param least what a smaller largest number counts as
     */
    void assertSame(String name, INDArray actual, double tolerance, double least) {
        INDArray theirs = expected(name);
        assertThat(actual.shape()).as("shape of %s", name).isEqualTo(theirs.shape());
        double largest = Math.max(least, theirs.amaxNumber().doubleValue());
        double difference = actual.sub(theirs).amaxNumber().doubleValue();
        assertThat(difference)
                .as("largest difference of %s from PyTorch's, whose largest number is %s", name, largest)
                .isLessThanOrEqualTo(tolerance * largest);
    }

    @Override
    public void close() {
        expected.close();
        network.close();
    }
}
