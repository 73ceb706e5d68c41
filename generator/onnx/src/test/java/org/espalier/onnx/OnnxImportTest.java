package org.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.espalier.runtime.StepReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Models of {@code fixtures.py}, and what ONNX Runtime and PyTorch compute with them. */
class OnnxImportTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "perceptron",
                "images",
                "residuals",
                "residuals_old",
                "patches",
                "patches_old",
                "lstm",
                "gru",
                "rnn",
                "activations",
                "activations_old",
                "states",
                "heads",
                "heads_old",
                "heads_23",
                "windows_23",
                "attention",
                "tied",
                "tied_old",
                "strided",
                "unfolded"
            })
    void networksComputeWhatTheirModelsDo(String name) throws Exception {
        assertThat(ModelsMain.error(imported(name, null), resource(name + ".safetensors")))
                .isLessThan(1e-4);
    }

    @Test
    void repeatedModulesBecomeBlocksAndChainsLists() throws Exception {
        assertThat(imported("residuals", null).text()).isEqualTo("""
                        block Residual(in_channels: int) {
                            conv1 = Conv2d(in_channels, in_channels, 3, padding=1)
                            conv2 = Conv2d(in_channels, in_channels, 3, padding=1)
                            around = Conv2d(in_channels, in_channels, 1)

                            input x
                            output y = relu(sequential(conv1, ReLU(), conv2)(x) + around(x))
                        }

                        block Residual2(in_channels: int, out_channels: int) {
                            conv1 = Conv2d(in_channels, out_channels, 3, stride=2, padding=1)
                            conv2 = Conv2d(out_channels, out_channels, 3, padding=1)
                            around = Conv2d(in_channels, out_channels, 1, stride=2)

                            input x
                            output y = relu(sequential(conv1, ReLU(), conv2)(x) + around(x))
                        }

                        /** Imported from the ONNX model 'main_graph'. */
                        network Residuals {
                            input x: float[batch, 3, 16, 16]

                            stem = [Conv2d(3, 4, 3, stride=2, padding=1), ReLU()]
                            layer1 = [Residual(4), Residual2(4, 8)]
                            layer2 = [Residual(8), Residual2(8, 12)]
                            fc = Linear(12, 5)

                            output linear = fc(sequential(stem, layer1, layer2)(x).mean(dim=(2, 3)))
                        }
                        """);
    }

    @Test
    void attentionIsRecognized() throws Exception {
        assertThat(imported("patches", null).text())
                .contains("scaled_dot_product_attention(x[:, 0], x[:, 1], x[:, 2])", "GELU()", "repeat(3, Encoder())")
                .doesNotContain("softmax", "erf", "@");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heads", "heads_old", "heads_23"})
    void theLayerOfSeveralHeadsIsRecognized(String name) throws Exception {
        assertThat(imported(name, null).text())
                .contains("MultiheadAttention(8, 2, batch_first=true)", "self_attn(x, x, x, is_causal=true)")
                .doesNotContain("scaled_dot_product_attention(x[");
    }

    @Test
    void attentionToAnotherTensorIsTheLayerToo() throws Exception {
        assertThat(imported("heads", null).text())
                .contains("MultiheadAttention(8, 4, kdim=6, vdim=6, batch_first=true)", "cross(x, memory, memory)")
                .doesNotContain("scaled_dot_product_attention", "reshape");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "tied_old"})
    void weightsThatLayersShareStayOne(String name) throws Exception {
        ImportedNetwork imported = imported(name, null);

        assertThat(imported.text())
                .contains("sequential(wte, mix, Tanh(), mix)", "wte.weight)")
                .doesNotContain("lm_head");
        assertThat(imported.weightCount()).isEqualTo(3);
    }

    @Test
    void normalizationsThatAnExporterKeptStayLayers() throws Exception {
        assertThat(imported("unfolded", null).text()).contains("Conv2d(3, 4, 3, bias=false)", "BatchNorm2d(4)");
    }

    @Test
    void placesInMemoryBecomeShapesAndIndices() throws Exception {
        assertThat(imported("strided", null).text())
                .contains("buffer places: int[4]", "[:, places]")
                .doesNotContain("reshape(batch, 4, 1, 1)");
    }

    @Test
    void whatExportersTakeApartIsPutTogether() throws Exception {
        assertThat(imported("activations", null).text())
                .contains("silu(x) + hardswish(x) + mish(x) + gelu(x, approximate='tanh') + gelu(x)")
                .contains("PReLU(6)", "GroupNorm(2, 6)", "RMSNorm(6, eps=1e-6)")
                .doesNotContain("buffer");
    }

    @Test
    void theNetworkTrains() throws Exception {
        ImportedNetwork imported = imported("patches", "CrossEntropyLoss()");
        try (RunnableNetwork network = RunnableNetwork.of(imported)) {
            INDArray images = Nd4j.rand(4, 3, 8, 8);
            INDArray labels = Nd4j.createFromArray(0, 1, 2, 3);
            double first = 0;
            double last = 0;
            for (int step = 0; step < 200; step++) {
                StepReport report =
                        (StepReport) network.method("trainStep", 2).invoke(network.network(), images, labels);
                first = step == 0 ? report.dataLoss() : first;
                last = report.dataLoss();
            }
            assertThat(last).isLessThan(0.7 * first);
        }
    }

    @Test
    void everythingThatIsNotSupportedIsSaidAtOnce() throws Exception {
        assertThatThrownBy(() -> imported("unsupported", null))
                .isInstanceOfSatisfying(
                        OnnxException.class,
                        problems -> assertThat(problems.problems())
                                .containsExactly(
                                        "node 'sizes', NonZero (version 17): there is no rule for this operator",
                                        "node 'over', ReduceSum (version 17): it works along the batch, whose samples a network"
                                                + " keeps apart"));
    }

    /** Attributes of a convolution that ONNX does not allow, which must not pass for others. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auto_pad|same_upper|its auto_pad is 'same_upper', and none of NOTSET, SAME_UPPER, SAME_LOWER, VALID",
                "strides|2|it has 1 sizes for 2 axes",
                "pads|1,1|it has 2 pads, and not one on both sides of 2 axes",
                "kernel_shape|5,5|its kernel_shape is [5, 5], and the weight w [3, 1, 3, 3] has [3, 3]"
            })
    void windowsThatDoNotFitAreRefused(String attribute, String value, String problem) {
        AttributeProto.Builder given = AttributeProto.newBuilder().setName(attribute);
        if (attribute.equals("auto_pad")) {
            given.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(value));
        } else {
            given.setType(AttributeProto.AttributeType.INTS);
            Arrays.stream(value.split(",")).map(Long::valueOf).forEach(given::addInts);
        }
        TensorProto weight = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(List.of(3L, 1L, 3L, 3L))
                .setRawData(ByteString.copyFrom(new byte[4 * 27]))
                .build();
        ValueInfoProto.Builder input = ValueInfoProto.newBuilder().setName("x");
        TensorShapeProto.Builder shape = input.getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .getShapeBuilder();
        List.of(1, 1, 8, 8).forEach(size -> shape.addDimBuilder().setDimValue(size));
        byte[] model = ModelProto.newBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
                .setGraph(GraphProto.newBuilder()
                        .addInput(input)
                        .addInitializer(weight)
                        .addNode(NodeProto.newBuilder()
                                .setName("conv")
                                .setOpType("Conv")
                                .addInput("x")
                                .addInput("w")
                                .addOutput("y")
                                .addAttribute(given))
                        .addOutput(ValueInfoProto.newBuilder().setName("y")))
                .build()
                .toByteArray();

        assertThatThrownBy(() -> OnnxImport.read(model, null, ImportOptions.named("Windows")))
                .isInstanceOfSatisfying(
                        OnnxException.class,
                        refused ->
                                assertThat(refused.problems()).contains("node 'conv', Conv (version 18): " + problem));
    }

    /**
     * Changes bytes of models; {@code -Donnx.mutations=100000} changes more than the build does. What comes of a change
     * is compiled if no change before it gave the same: most of a model is weights.
     */
    @Test
    void whatIsNoModelIsRefused() throws Exception {
        int mutations = Integer.getInteger("onnx.mutations", 400);
        List<byte[]> models = new ArrayList<>();
        for (String name : List.of("images.onnx", "perceptron.onnx", "rnn.onnx", "tied.onnx", "states.onnx")) {
            models.add(Files.readAllBytes(resource(name)));
        }
        Random random = new Random(3);
        Set<String> compiled = new HashSet<>();
        int refused = 0;
        for (int i = 0; i < mutations; i++) {
            byte[] changed = models.get(i % models.size()).clone();
            for (int k = 0; k <= i / models.size() % 4; k++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            byte[] given = changed.clone();
            try {
                ImportedNetwork network = OnnxImport.written(changed, null, ImportOptions.named("Changed"));
                if (compiled.add(network.text())) {
                    OnnxImport.read(changed, null, ImportOptions.named("Changed"));
                }
            } catch (OnnxException problem) {
                assertThat(problem.problems()).isNotEmpty().noneMatch(String::isBlank);
                refused++;
            }
            assertThat(Arrays.equals(changed, given)).isTrue();
        }
        assertThat(refused).isBetween(mutations / 20, mutations - 1);
    }

    private ImportedNetwork imported(String name, String loss) throws IOException, OnnxException {
        String network = ImportOptions.className(name);
        return OnnxImport.read(
                resource(name + ".onnx"), ImportOptions.named(network).with(loss));
    }

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            try (InputStream stream = OnnxImportTest.class.getResourceAsStream(name)) {
                Files.copy(stream, file);
            }
        }
        return file;
    }
}
