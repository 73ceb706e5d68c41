package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Fixture of a known network: PyTorch's results, and the numbers that both sides fill it with. */
final class KnownNetwork {
    /** Batch size that PyTorch was given. */
    static final int BATCH = 2;

    private static final int FIRST_INPUT = 1_000_000;
    private static final int FIRST_GRADIENT = 2_000_000;

    private final Map<String, Object> fixture;

    KnownNetwork(Path file) {
        this.fixture = PytorchNumbers.read(file);
    }

    /** Number of elements of all parameters of PyTorch's module. */
    long parameters() {
        return Long.parseLong(String.valueOf(fixture.get("parameters")));
    }

    /** The specification at the sizes that PyTorch was given. */
    String withItsConstants(String specification) {
        String text = specification;
        for (Map.Entry<String, Object> constant :
                PytorchNumbers.map(fixture.get("constants")).entrySet()) {
            String declaration = "\\b" + constant.getKey() + ": int = \\d+";
            String changed = text.replaceFirst(
                    "(network \\w+\\([^)]*)" + declaration,
                    "$1" + constant.getKey() + ": int = " + constant.getValue());
            assertThat(changed).as("network with " + constant).isNotEqualTo(text);
            text = changed;
        }
        return text;
    }

    /** Fails unless a network has PyTorch's parameters and running statistics, shape by shape in their order. */
    void assertShapes(Network network) {
        List<String> shapes = state(network).values().stream()
                .map(INDArray::shape)
                .map(shape -> LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining("x")))
                .toList();
        assertThat(shapes).isEqualTo(PytorchNumbers.list(fixture.get("shapes")));
    }

    /** Gives every parameter and running statistic its numbers. */
    void fill(Network network) {
        int ordinal = 0;
        for (Map.Entry<String, INDArray> tensor : state(network).entrySet()) {
            INDArray array = tensor.getValue();
            double[] numbers = uniform(ordinal++, (int) array.length());
            IntToDoubleFunction scaled = scaled(tensor.getKey(), array, numbers);
            assign(array, IntStream.range(0, numbers.length).mapToDouble(scaled).toArray());
        }
    }

    private IntToDoubleFunction scaled(String name, INDArray array, double... numbers) {
        if (name.endsWith("running_var")) {
            return i -> 1 + 0.25 * numbers[i];
        }
        if (name.endsWith("running_mean") || name.contains("bias")) {
            return i -> 0.1 * numbers[i];
        }
        if (array.rank() < 2) {
            return i -> 1 + 0.2 * numbers[i];
        }
        double gain = Double.parseDouble(String.valueOf(fixture.get("gain")));
        double fanIn = (double) array.length() / array.size(0);
        return i -> gain * Math.sqrt(3 / fanIn) * numbers[i];
    }

    /** The inputs that PyTorch was given. */
    INDArray[] inputs() {
        List<Object> shapes = PytorchNumbers.list(fixture.get("inputs"));
        List<Object> words = PytorchNumbers.list(fixture.get("words"));
        List<INDArray> inputs = new ArrayList<>();
        for (int place = 0; place < shapes.size(); place++) {
            long[] shape = sizes(shapes.get(place));
            int vocabulary = Integer.parseInt(String.valueOf(words.get(place)));
            inputs.add(input(uniform(FIRST_INPUT + place, (int) elements(shape)), vocabulary, shape));
        }
        return inputs.toArray(INDArray[]::new);
    }

    private static INDArray input(double[] numbers, int vocabulary, long... shape) {
        if (vocabulary > 0) {
            int[] words = IntStream.range(0, numbers.length)
                    .map(i -> (int) ((numbers[i] + 1) / 2 * vocabulary))
                    .toArray();
            return Nd4j.createFromArray(words).reshape('c', shape);
        }
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (Math.sqrt(3) * numbers[i]);
        }
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /** Fails unless outputs have PyTorch's shapes and numbers. */
    void assertOutputs(List<INDArray> outputs, double tolerance) {
        List<Object> expected = PytorchNumbers.list(fixture.get("outputs"));
        assertThat(outputs).hasSameSizeAs(expected);
        for (int place = 0; place < outputs.size(); place++) {
            Map<String, Object> right = PytorchNumbers.map(expected.get(place));
            INDArray output = outputs.get(place);
            assertThat(output.shape()).isEqualTo(sizes(right.get("shape")));
            assertNumbers(place, right, tolerance, output.dup('c').data().asDouble());
        }
    }

    /** Fails unless outputs have PyTorch's numbers. */
    void assertNumbers(List<float[]> outputs, double tolerance) {
        List<Object> expected = PytorchNumbers.list(fixture.get("outputs"));
        assertThat(outputs).hasSameSizeAs(expected);
        for (int place = 0; place < outputs.size(); place++) {
            float[] output = outputs.get(place);
            double[] found = IntStream.range(0, output.length)
                    .mapToDouble(i -> output[i])
                    .toArray();
            assertNumbers(place, PytorchNumbers.map(expected.get(place)), tolerance, found);
        }
    }

    private static void assertNumbers(int place, Map<String, Object> right, double tolerance, double... found) {
        double[] values = numbers(right.get("values"));
        double[] some = IntStream.range(0, values.length)
                .mapToDouble(i -> found[(int) ((long) i * found.length / values.length)])
                .toArray();
        Fixtures.assertSame("output " + place, values, tolerance, some);
    }

    /** The gradients by the outputs that PyTorch goes back from. */
    static INDArray[] outputGradients(List<INDArray> outputs) {
        INDArray[] gradients = new INDArray[outputs.size()];
        for (int place = 0; place < gradients.length; place++) {
            INDArray output = outputs.get(place);
            gradients[place] = Nd4j.create(output.dataType(), output.shape());
            assign(gradients[place], uniform(FIRST_GRADIENT + place, (int) output.length()));
        }
        return gradients;
    }

    /**
     * Fails unless the gradient by every parameter has PyTorch's norm, and PyTorch's product with numbers of its own.
     */
    void assertGradients(Network network, double tolerance) {
        Map<String, Object> right = PytorchNumbers.map(fixture.get("gradients"));
        double[] norms = numbers(right.get("norms"));
        double[] products = numbers(right.get("products"));
        // A gradient that is small beside the others is made of large ones that cancel.
        double largest = DoubleStream.of(norms).max().orElseThrow();
        int ordinal = 0;
        for (Parameter parameter : network.parameters()) {
            double[] gradient = parameter.gradient().dup('c').data().asDouble();
            double[] weights = uniform(ordinal, gradient.length);
            double squares = 0;
            double product = 0;
            for (int i = 0; i < gradient.length; i++) {
                squares += gradient[i] * gradient[i];
                product += gradient[i] * weights[i];
            }
            Offset<Double> close = Offset.offset(tolerance * Math.max(norms[ordinal], 0.01 * largest));
            assertThat(Math.sqrt(squares))
                    .as("norm of the gradient by " + parameter.name())
                    .isCloseTo(norms[ordinal], close);
            assertThat(product).as("gradient by " + parameter.name()).isCloseTo(products[ordinal], close);
            ordinal++;
        }
    }

    private static double[] numbers(Object list) {
        return PytorchNumbers.list(list).stream()
                .mapToDouble(number -> Double.parseDouble(String.valueOf(number)))
                .toArray();
    }

    /** Parameters, then running statistics, as the forward pass first uses them. */
    private static Map<String, INDArray> state(Network network) {
        Map<String, INDArray> state = new LinkedHashMap<>();
        network.parameters().forEach(parameter -> state.put(parameter.name(), parameter.value()));
        network.statistics().forEach((name, statistic) -> {
            // Buffers have their own numbers.
            if (name.contains("running_")) {
                state.put(name, statistic);
            }
        });
        return state;
    }

    private static void assign(INDArray array, double... numbers) {
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers[i];
        }
        array.assign(Nd4j.createFromArray(values).reshape('c', array.shape()));
    }

    /** Numbers from −1 to 1 that only depend on a tensor's place and on the element's: an integer hash. */
    static double[] uniform(int ordinal, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            int hashed = i * 0x85EBCA6B + ordinal * 0x9E3779B9;
            hashed = (hashed ^ (hashed >>> 16)) * 0x7FEB352D;
            hashed = (hashed ^ (hashed >>> 15)) * 0x846CA68B;
            numbers[i] = Integer.toUnsignedLong(hashed ^ (hashed >>> 16)) / 0x1p31 - 1;
        }
        return numbers;
    }

    private static long[] sizes(Object shape) {
        return PytorchNumbers.list(shape).stream()
                .mapToLong(size -> Long.parseLong(String.valueOf(size)))
                .toArray();
    }

    private static long elements(long... shape) {
        return LongStream.of(shape).reduce(1, (a, b) -> a * b);
    }
}
