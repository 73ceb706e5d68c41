package org.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Targets;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.inference.InferenceTarget;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorType;

/** A network with its inference class, to be compared with the model that it is exported as. */
record ExportedNetwork(String name, Program program, GeneratedSource inference) {
    /** Samples in a batch, which the model leaves open. */
    static final int BATCH = 3;

    static ExportedNetwork of(String name, String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text)));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .as(name)
                .isEmpty();
        Program program = compilation.programs().get(0);
        return new ExportedNetwork(
                name,
                program,
                Targets.of(List.of(Targets.INFERENCE)).generate(program).get(0));
    }

    private Graph graph() {
        return program.graph();
    }

    /** Writes random weights, and buffers as they are declared. */
    void writeWeights(Path file) {
        Random random = new Random(7);
        TensorFileWriter writer = new TensorFileWriter();
        for (ParameterDecl parameter : graph().parameters()) {
            Shape shape = parameter.value().shape();
            double fan = shape.rank() < 2 ? 1 : (double) shape.elements() / shape.axis(0);
            double scale = Math.min(0.5, Math.sqrt(1 / fan));
            write(writer, parameter.value(), i -> scale * random.nextGaussian());
        }
        for (Statistic statistic : graph().statistics()) {
            Value value = statistic.value();
            if (value.name().endsWith("running_var")) {
                write(writer, value, i -> 0.5 + random.nextDouble());
            } else if (value.name().endsWith("running_mean")) {
                write(writer, value, i -> 0.2 * random.nextGaussian());
            } else {
                write(writer, value, i -> Statistic.at(statistic.initial(), value.shape(), i));
            }
        }
        writer.write(file);
    }

    private interface Numbers {
        double at(int place);
    }

    private static void write(TensorFileWriter writer, Value value, Numbers numbers) {
        List<Long> shape =
                value.shape().dimensions().stream().map(Integer::longValue).toList();
        TensorType type = value.isWhole() ? TensorType.I64 : TensorType.F32;
        int count = (int) value.shape().elements();
        ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            if (value.isWhole()) {
                bytes.putLong((long) numbers.at(i));
            } else {
                bytes.putFloat((float) numbers.at(i));
            }
        }
        writer.add(new org.espalier.weights.TensorInfo(value.name(), type, shape), sink -> sink.accept(bytes.flip()));
    }

    /** Numbers for each input, a {@code float[]} or {@code int[]}. */
    List<Object> inputs() {
        Random random = new Random(11);
        List<Object> inputs = new ArrayList<>();
        for (Value input : graph().inputs()) {
            int count = (int) input.shape().elements() * (input.shape().batched() ? BATCH : 1);
            if (input.isWhole()) {
                int limit = graph().limit(input).orElse(2);
                inputs.add(random.ints(count, 0, limit).toArray());
            } else {
                float[] numbers = new float[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = (float) random.nextGaussian();
                }
                inputs.add(numbers);
            }
        }
        return inputs;
    }

    /** Tells whether an input is of whole numbers. */
    boolean isWhole(int input) {
        return graph().inputs().get(input).isWhole();
    }

    /** Predicts by the inference class; there is an array for each output. */
    List<float[]> predict(ClassLoader classes, Path weights, List<Object> inputs) throws ReflectiveOperationException {
        Class<?> type = classes.loadClass(inference.qualifiedName());
        Object network = type.getMethod("load", Path.class).invoke(null, weights);
        Method predict = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("predict"))
                .findFirst()
                .orElseThrow();
        Object result = predict.invoke(network, inputs.toArray());
        if (result instanceof float[] only) {
            return List.of(only);
        }
        List<float[]> results = new ArrayList<>();
        for (String output : InferenceTarget.methodsOfOutputs(graph())) {
            results.add((float[]) result.getClass().getMethod(output).invoke(result));
        }
        return results;
    }

    /** The model with the weights of a file. */
    byte[] export(Path weights, int opset) throws OnnxException {
        try (TensorFile file = TensorFile.open(weights)) {
            return OnnxExport.write(program, file, opset);
        }
    }

    /** Runs a model in ONNX Runtime and returns its outputs, which are as large as the network says. */
    List<float[]> run(byte[] model, List<Object> inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        int batch = batch(inputs);
        try (OrtSession session = environment.createSession(model, new OrtSession.SessionOptions())) {
            for (int i = 0; i < inputs.size(); i++) {
                Value input = graph().inputs().get(i);
                tensors.put(input.name(), tensor(environment, inputs.get(i), sizes(input, batch)));
            }
            assertThat(session.getInputNames())
                    .containsExactlyElementsOf(
                            graph().inputs().stream().map(Value::name).toList());
            try (OrtSession.Result result = session.run(tensors)) {
                List<float[]> outputs = new ArrayList<>();
                for (Value output : graph().outputs()) {
                    OnnxValue value = result.get(output.name()).orElseThrow();
                    assertThat(((TensorInfo) value.getInfo()).getShape()).isEqualTo(sizes(output, batch));
                    declared(session, output);
                    outputs.add(((OnnxTensor) value).getFloatBuffer().array());
                }
                return outputs;
            }
        }
    }

    private int batch(List<Object> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = graph().inputs().get(i).shape();
            if (shape.batched()) {
                return (int) (Array.getLength(inputs.get(i)) / shape.elements());
            }
        }
        return 1;
    }

    private static void declared(OrtSession session, Value output) throws OrtException {
        NodeInfo info = session.getOutputInfo().get(output.name());
        long[] declared = ((TensorInfo) info.getInfo()).getShape();
        long[] expected = sizes(output, -1);
        assertThat(declared).isEqualTo(expected);
    }

    private static long[] sizes(Value value, int batch) {
        long[] sizes = new long[value.shape().rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] =
                    axis == 0 && value.shape().batched() ? batch : value.shape().axis(axis);
        }
        return sizes;
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Object numbers, long... sizes) throws OrtException {
        if (numbers instanceof int[] wholes) {
            long[] longs = Arrays.stream(wholes).asLongStream().toArray();
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(longs), sizes);
        }
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap((float[]) numbers), sizes);
    }

    @Override
    public String toString() {
        return name;
    }
}
