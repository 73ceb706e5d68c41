package org.espalier.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OnnxReaderTest {
    private static byte[] model(GraphProto.Builder graph) {
        ValueInfoProto.Builder input = ValueInfoProto.newBuilder().setName("v0");
        input.getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .getShapeBuilder()
                .addDimBuilder()
                .setDimValue(1);
        return ModelProto.newBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
                .setGraph(graph.addInput(input))
                .build()
                .toByteArray();
    }

    private static NodeProto relu(int place) {
        return NodeProto.newBuilder()
                .setName("n" + place)
                .setOpType("Relu")
                .addInput("v" + place)
                .addOutput("v" + (place + 1))
                .build();
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void fiftyThousandNodesFromLastToFirstAreSorted() throws MalformedModel {
        int count = 50_000;
        GraphProto.Builder graph = GraphProto.newBuilder();
        IntStream.range(0, count).forEach(i -> graph.addNode(relu(count - 1 - i)));

        Model read = OnnxReader.read(model(graph), null);

        assertThat(read.nodes().stream().map(Node::name).toList())
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "n" + i).toList());
    }

    @Test
    void nodesThatReadEachOtherAreRefused() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addNode(relu(0))
                .addNode(NodeProto.newBuilder()
                        .setName("sum")
                        .setOpType("Add")
                        .addInput("v1")
                        .addInput("v3")
                        .addOutput("v2"))
                .addNode(relu(2));

        assertThatThrownBy(() -> OnnxReader.read(model(graph), null))
                .isInstanceOf(MalformedModel.class)
                .hasMessageStartingWith("its nodes read each other in a circle, '");
    }

    @Test
    void aModelWithTwoInputsOfOneNameIsRefused() {
        ValueInfoProto.Builder input = ValueInfoProto.newBuilder().setName("v0");
        input.getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .getShapeBuilder()
                .addDimBuilder()
                .setDimValue(1);

        assertThatThrownBy(() -> OnnxReader.read(
                        model(GraphProto.newBuilder().addNode(relu(0)).addInput(input)), null))
                .isInstanceOf(MalformedModel.class)
                .hasMessage("it has two inputs 'v0'");
    }
}
