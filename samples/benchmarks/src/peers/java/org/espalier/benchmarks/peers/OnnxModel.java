package org.espalier.benchmarks.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Writes a network as an ONNX model, operation by operation. */
final class OnnxModel {
    private static final int OPSET = 17;
    private static final int IR_VERSION = 8;

    private final Weights weights;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("measured");
    private int values;

    OnnxModel(Weights weights) {
        this.weights = weights;
    }

    /** Adds an operation, and returns the name of its result. */
    String node(String operation, List<String> inputs, AttributeProto... attributes) {
        String result = operation + values++;
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operation)
                .addAllInput(inputs)
                .addOutput(result)
                .addAllAttribute(Arrays.asList(attributes)));
        return result;
    }

    /** Adds a parameter, and returns its name. */
    String parameter(String name, long... shape) {
        float[] numbers = weights.of(name, shape);
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(LongStream.of(shape).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** {@code BatchNorm2d(channels)} in use. */
    String batchNorm(String path, long channels, String x) {
        return node(
                "BatchNormalization",
                List.of(
                        x,
                        parameter(path + ".weight", channels),
                        parameter(path + ".bias", channels),
                        parameter(path + ".running_mean", channels),
                        parameter(path + ".running_var", channels)),
                number("epsilon", 1e-5f));
    }

    /** An attribute that is a number. */
    static AttributeProto number(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    /** An attribute that is a whole number. */
    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An attribute that is several whole numbers. */
    static AttributeProto integers(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(LongStream.of(values).boxed().toList())
                .build();
    }

    /** The model of what was added. */
    byte[] bytes(String input, long[] inputShape, String output, long[] outputShape) {
        graph.addInput(value(input, inputShape)).addOutput(value(output, outputShape));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static ValueInfoProto value(String name, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (long size : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(dimensions)))
                .build();
    }
}
