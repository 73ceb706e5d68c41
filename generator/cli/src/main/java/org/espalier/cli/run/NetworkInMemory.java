package org.espalier.cli.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.espalier.generator.Predictions;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.inference.InferenceTarget;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyArray;
import org.jspecify.annotations.Nullable;

/** A network with weights that predicts: its inference class, compiled in memory. */
public final class NetworkInMemory {
    /** Samples that are computed at once; each takes memory for what lies between the layers. */
    private static final int AT_ONCE = 64;

    /** A safetensors file without tensors. */
    private static final byte[] NO_TENSORS = noTensors();

    private final Graph graph;
    private final Object network;
    private final Method predict;

    private NetworkInMemory(Graph graph, Object network, Method predict) {
        this.graph = graph;
        this.network = network;
        this.predict = predict;
    }

    private static byte[] noTensors() {
        byte[] header = "{}      ".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    /**
     * Compiles a network and loads its weights.
     *
     * @param weights a safetensors file; null for a network without parameters
     * @throws RunException if the weights are not those of the network, or this Java has no compiler
     */
    public static NetworkInMemory of(Program program, @Nullable Path weights) throws RunException {
        Graph graph = program.graph();
        int tensors = graph.parameters().size() + graph.statistics().size();
        if (weights == null && tensors > 0) {
            String first = graph.parameters().stream()
                    .map(parameter -> parameter.value())
                    .findFirst()
                    .map(value -> " ('" + value.name() + "' " + value.shape() + " and so on)")
                    .orElse("");
            throw new RunException("network " + graph.name() + " has " + tensors + " tensors of weights" + first
                    + ", which --weights has to give: a safetensors file, as Network.save and PyTorch write it");
        }
        GeneratedSource source =
                new InferenceTarget().generate(Predictions.of(program)).get(0);
        Class<?> type = JavaInMemory.compile(source);
        try (InputStream none = new ByteArrayInputStream(NO_TENSORS)) {
            Object network = weights == null
                    ? type.getMethod("load", InputStream.class).invoke(null, none)
                    : type.getMethod("load", Path.class).invoke(null, weights);
            Method predict = Arrays.stream(type.getMethods())
                    .filter(method -> method.getName().equals("predict"))
                    .findFirst()
                    .orElseThrow();
            return new NetworkInMemory(graph, network, predict);
        } catch (InvocationTargetException failure) {
            throw problem(failure);
        } catch (ReflectiveOperationException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static RunException problem(InvocationTargetException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof IllegalArgumentException || cause instanceof IOException) {
            return new RunException(String.valueOf(cause.getMessage()), cause);
        }
        throw new IllegalStateException(cause);
    }

    /** Returns what is given to it. */
    public List<Value> inputs() {
        return graph.inputs();
    }

    /** Returns what it computes. */
    public List<Value> outputs() {
        return graph.outputs();
    }

    /**
     * Predicts.
     *
     * @param given an array for each input, by its name
     * @return an array for each output, by its name
     * @throws RunException if the arrays are not those that the network takes
     */
    public Map<String, NpyArray> predict(Map<String, NpyArray> given) throws RunException {
        List<Object> inputs = new ArrayList<>();
        long samples = -1;
        String first = "";
        for (Value input : graph.inputs()) {
            NpyArray array = given.get(input.name());
            if (array == null) {
                throw new RunException("input '" + input.name() + "' " + input.type() + " is not given");
            }
            requireShape(input, array);
            long count = input.shape().batched() ? array.shape().get(0) : samples;
            if (samples >= 0 && count != samples) {
                throw new RunException(
                        "input '" + input.name() + "' has " + count + " samples, but '" + first + "' has " + samples);
            }
            samples = count;
            first = first.isEmpty() ? input.name() : first;
            inputs.add(numbers(input, array));
        }
        Map<String, float[]> results = new LinkedHashMap<>();
        graph.outputs().forEach(output -> results.put(output.name(), new float[0]));
        for (int start = 0; start < samples; start += AT_ONCE) {
            int count = (int) Math.min(AT_ONCE, samples - start);
            append(results, run(inputs, start, count), start, (int) samples);
        }
        return shaped(results, samples);
    }

    private void requireShape(Value input, NpyArray array) throws RunException {
        List<Long> wanted =
                input.shape().dimensions().stream().map(Integer::longValue).toList();
        List<Long> found = array.shape();
        int batch = input.shape().firstAxis();
        boolean fits = found.size() == wanted.size() + batch
                && found.subList(batch, found.size()).equals(wanted);
        if (!fits || (batch > 0 && (found.get(0) == 0 || found.get(0) > Integer.MAX_VALUE))) {
            String help = found.equals(wanted) ? "; a[None] gives one sample a batch axis" : "";
            throw new RunException("input '" + input.name() + "' should be " + input.type() + " with at least one"
                    + " sample, and the array is " + found + help);
        }
    }

    private static Object numbers(Value input, NpyArray array) throws RunException {
        try {
            if (input.isWhole()) {
                if (!array.type().isWhole()) {
                    throw new RunException("input '" + input.name() + "' has whole numbers, and the array has "
                            + array.type() + "; astype('int32') makes them so");
                }
                int[] numbers =
                        new int[array.numbers().remaining() / array.type().bytes()];
                array.as(TensorType.I32).asIntBuffer().get(numbers);
                return numbers;
            }
            float[] numbers =
                    new float[array.numbers().remaining() / array.type().bytes()];
            array.as(TensorType.F32).asFloatBuffer().get(numbers);
            return numbers;
        } catch (ArithmeticException unfit) {
            throw new RunException("input '" + input.name() + "': " + unfit.getMessage(), unfit);
        }
    }

    private List<float[]> run(List<Object> inputs, int start, int count) throws RunException {
        List<Object> slices = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            int size = (int) graph.inputs().get(i).shape().elements();
            slices.add(
                    inputs.get(i) instanceof int[] whole
                            ? Arrays.copyOfRange(whole, start * size, (start + count) * size)
                            : Arrays.copyOfRange((float[]) inputs.get(i), start * size, (start + count) * size));
        }
        try {
            Object result = predict.invoke(network, slices.toArray());
            if (result instanceof float[] one) {
                return List.of(one);
            }
            List<float[]> several = new ArrayList<>();
            for (String output : InferenceTarget.methodsOfOutputs(graph)) {
                several.add((float[]) result.getClass().getMethod(output).invoke(result));
            }
            return several;
        } catch (InvocationTargetException failure) {
            throw problem(failure);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void append(Map<String, float[]> results, List<float[]> parts, int start, int samples)
            throws RunException {
        int at = 0;
        for (Map.Entry<String, float[]> result : results.entrySet()) {
            float[] part = parts.get(at++);
            if (start == 0) {
                long whole = (long) part.length / Math.min(AT_ONCE, samples) * samples;
                if (whole > Integer.MAX_VALUE / Float.BYTES) {
                    throw new RunException("output '" + result.getKey() + "' would have " + whole
                            + " elements, more than 2 GiB; give fewer samples at once");
                }
                result.setValue(new float[(int) whole]);
            }
            int ofSample = result.getValue().length / samples;
            System.arraycopy(part, 0, result.getValue(), start * ofSample, part.length);
        }
    }

    private Map<String, NpyArray> shaped(Map<String, float[]> results, long samples) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        for (Value output : graph.outputs()) {
            List<Long> shape = new ArrayList<>(List.of(samples));
            output.shape().dimensions().forEach(size -> shape.add(size.longValue()));
            float[] numbers = results.get(output.name());
            arrays.put(output.name(), NpyArray.of(numbers == null ? new float[0] : numbers, shape));
        }
        return arrays;
    }

    /** Names with their types, for messages. */
    public static String listed(List<Value> values) {
        return values.stream()
                .map(value -> "'" + value.name() + "' " + value.type())
                .collect(Collectors.joining(", "));
    }
}
