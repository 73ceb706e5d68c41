package org.espalier.onnx.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model to be written.
 *
 * @param metadata what is said about it besides, by its names
 * @param outputs its results, with their sizes
 */
public record ExportedModel(
        Model model, int opset, String documentation, Map<String, String> metadata, List<Model.Input> outputs) {
    /** The first bytes of each file after the version of the format: the name of its maker. */
    public static final String PRODUCER = "espalier";

    /** The name of the batch, the only size that a model leaves open. */
    private static final String BATCH = "batch";

    /** Copies the lists. */
    public ExportedModel {
        metadata = Map.copyOf(metadata);
        outputs = List.copyOf(outputs);
    }

    /** Returns the content of its file. */
    public byte[] toBytes() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName(model.name()).setDocString(documentation);
        model.inputs().forEach(input -> graph.addInput(port(input)));
        outputs.forEach(output -> graph.addOutput(port(output)));
        new TreeMap<>(model.constants()).forEach((name, constant) -> graph.addInitializer(tensor(name, constant)));
        model.nodes().forEach(node -> graph.addNode(node(node)));
        ModelProto.Builder file = ModelProto.newBuilder()
                .setIrVersion(format(opset))
                .setProducerName(PRODUCER)
                .setDocString(documentation)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
                .setGraph(graph);
        new TreeMap<>(metadata)
                .forEach((key, value) -> file.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return file.build().toByteArray();
    }

    /** The version of the file format that a version of the operators came with. */
    private static int format(int opset) {
        return opset <= 18 ? 8 : opset <= 20 ? 9 : opset <= 22 ? 10 : opset == 23 ? 11 : 12;
    }

    private static int type(ElementKind kind) {
        return switch (kind) {
            case REAL -> TensorProto.DataType.FLOAT_VALUE;
            case WHOLE -> TensorProto.DataType.INT64_VALUE;
            case TRUTH -> TensorProto.DataType.BOOL_VALUE;
        };
    }

    private static ValueInfoProto port(Model.Input port) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : port.sizes()) {
            TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
            if (size < 0) {
                dimension.setDimParam(BATCH);
            } else {
                dimension.setDimValue(size);
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type(port.kind())).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(port.name())
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static TensorProto tensor(String name, Constant constant) {
        int width = switch (constant.kind()) {
            case REAL -> Float.BYTES;
            case WHOLE -> Long.BYTES;
            case TRUTH -> 1;
        };
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(constant.count(), width)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < constant.count(); i++) {
            switch (constant.kind()) {
                case REAL -> bytes.putFloat((float) constant.at(i));
                case WHOLE -> bytes.putLong(constant.wholeAt(i));
                case TRUTH -> bytes.put((byte) constant.wholeAt(i));
            }
        }
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type(constant.kind()))
                .addAllDims(constant.shape())
                .setRawData(ByteString.copyFrom(bytes.flip()))
                .build();
    }

    private static NodeProto node(Node node) {
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.operator())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs());
        new TreeMap<>(node.attributes()).forEach((name, value) -> proto.addAttribute(attribute(name, value)));
        return proto.build();
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long number) {
            proto.setType(AttributeProto.AttributeType.INT).setI(number);
        } else if (value instanceof Float number) {
            proto.setType(AttributeProto.AttributeType.FLOAT).setF(number);
        } else if (value instanceof String text) {
            proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
        } else if (value instanceof Node.Wholes list) {
            proto.setType(AttributeProto.AttributeType.INTS).addAllInts(list.numbers());
        } else if (value instanceof Node.Texts list) {
            proto.setType(AttributeProto.AttributeType.STRINGS);
            list.words().forEach(word -> proto.addStrings(ByteString.copyFromUtf8(word)));
        } else {
            throw new IllegalArgumentException(name + " is " + value + ", which no operation writes");
        }
        return proto.build();
    }
}
