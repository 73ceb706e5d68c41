package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.cli.run.ArrayDifference;
import org.espalier.cli.run.NetworkInMemory;
import org.espalier.cli.run.RunException;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with zeroed channels become smaller and compute the same. */
class PruneCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, float[]> weights = new LinkedHashMap<>();
    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    private String text = "";

    private int prune(String... options) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> arguments =
                new ArrayList<>(List.of("prune", folder.resolve("a.net").toString(), "-w"));
        arguments.add(folder.resolve("a.safetensors").toString());
        arguments.addAll(List.of(options));
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    private static Program program(String text) {
        Compilation compilation = NetCompiler.compile(
                CompilationRequest.of(new SourceFile("a.net", text)).with(program -> List.of()));
        assertThat(compilation.hasErrors()).as("%s", compilation.diagnostics()).isFalse();
        return compilation.programs().get(0);
    }

    /** A network with random weights. */
    private void network(String specification, long seed) {
        text = specification;
        Graph graph = program(specification).graph();
        Random random = new Random(seed);
        Stream.concat(
                        graph.parameters().stream().map(parameter -> parameter.value()),
                        graph.statistics().stream().map(Statistic::value))
                .forEach(value -> {
                    List<Integer> sizes = value.shape().dimensions();
                    float[] numbers = new float[(int) value.shape().elements()];
                    double scale = Math.sqrt(sizes.get(0) / (double) numbers.length);
                    for (int i = 0; i < numbers.length; i++) {
                        boolean variance = value.name().endsWith("running_var");
                        numbers[i] = (float) (variance ? 0.5 + random.nextDouble() : random.nextGaussian() * scale);
                    }
                    weights.put(value.name(), numbers);
                    shapes.put(value.name(), sizes);
                });
    }

    /** Sets a slice of a weight to a number. */
    private void set(String name, int axis, int index, double number) {
        List<Integer> sizes = shapes.get(name);
        int step = sizes.stream().skip(axis + 1L).reduce(1, (a, b) -> a * b);
        float[] numbers = weights.get(name);
        for (int i = 0; i < numbers.length; i++) {
            if (i / step % sizes.get(axis) == index) {
                numbers[i] = (float) number;
            }
        }
    }

    private void write() throws IOException {
        Files.writeString(folder.resolve("a.net"), text);
        TensorFileWriter writer = new TensorFileWriter();
        weights.forEach((name, numbers) -> {
            ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(numbers);
            writer.add(
                    new TensorInfo(
                            name,
                            TensorType.F32,
                            shapes.get(name).stream().map(Integer::longValue).toList()),
                    sink -> sink.accept(bytes.duplicate()));
        });
        writer.write(folder.resolve("a.safetensors"));
    }

    /** Prunes the network, compares the outputs of both, and returns the smaller specification. */
    private String pruned(String... options) throws IOException, RunException {
        write();
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-o", folder.resolve("smaller").toString(), "--force"));
        assertThat(prune(all.toArray(new String[0]))).as("%s%s", out, err).isZero();
        Path net = folder.resolve("smaller/a.net");
        if (!Files.exists(net)) {
            return text;
        }
        String smaller = Files.readString(net);
        Program before = program(text);
        NetworkInMemory one = NetworkInMemory.of(before, folder.resolve("a.safetensors"));
        NetworkInMemory other = NetworkInMemory.of(program(smaller), folder.resolve("smaller/a.safetensors"));
        if (one.inputs().stream()
                .map(Value::type)
                .toList()
                .equals(other.inputs().stream().map(Value::type).toList())) {
            Map<String, NpyArray> given = inputs(before.graph());
            Map<String, NpyArray> wanted = one.predict(given);
            for (Map.Entry<String, NpyArray> result : other.predict(given).entrySet()) {
                ArrayDifference difference = ArrayDifference.of("y", result.getValue(), wanted.get(result.getKey()));
                assertThat(difference.greatest())
                        .as("%s\n%s", text, smaller)
                        .isLessThanOrEqualTo(1e-6 * Math.max(1, difference.scale()));
                assertThat(difference.scale()).isPositive();
            }
        }
        return smaller;
    }

    private static Map<String, NpyArray> inputs(Graph graph) {
        Random random = new Random(11);
        Map<String, NpyArray> inputs = new LinkedHashMap<>();
        for (Value input : graph.inputs()) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(4 * 3 * (int) input.shape().elements()).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (input.isWhole()) {
                    bytes.putInt(random.nextInt(graph.limit(input).orElseThrow()));
                } else {
                    bytes.putFloat((float) random.nextGaussian());
                }
            }
            List<Long> shape = new ArrayList<>(List.of(3L));
            input.shape().dimensions().forEach(size -> shape.add(size.longValue()));
            inputs.put(
                    input.name(), new NpyArray(input.isWhole() ? TensorType.I32 : TensorType.F32, shape, bytes.flip()));
        }
        return inputs;
    }

    private static final String MLP = """
            package com.example

            /** Decides. */
            network Mlp(width: int = 12) {
                input x: float[batch, 6]

                // How wide it is.
                fc1 = Linear(6, width)
                fc2 = Linear(width, 5)
                output y = [fc1, ReLU(), fc2, Tanh(), Linear(5, 2)](x)
            }
            """;

    @Test
    void hiddenFeaturesGoThatHaveNoWeightsOrThatNothingReads() throws IOException, RunException {
        network(MLP, 1);
        set("fc1.weight", 0, 2, 0);
        set("fc1.bias", 0, 2, 0.75);
        set("fc1.weight", 0, 3, 0);
        set("fc1.bias", 0, 3, -1);
        set("fc2.weight", 1, 7, 0);
        set("fc2.weight", 0, 0, 0);

        String smaller = pruned();

        assertThat(smaller)
                .isEqualTo(MLP.replace("width: int = 12", "width: int = 9")
                        .replace("Linear(width, 5)", "Linear(width, 4)")
                        .replace("Linear(5, 2)", "Linear(4, 2)"));
        assertThat(out.toString())
                .contains("fc1.weight      [12, 6]  [9, 6]", "Mlp: 161 parameters become 113")
                .contains("relative to their magnitude");
    }

    @Test
    void withoutAnOutputFolderNothingIsWritten() throws IOException {
        network(MLP, 1);
        set("fc1.weight", 0, 2, 0);
        write();

        assertThat(prune()).isZero();
        assertThat(out.toString()).contains("Mlp: 161 parameters become 149");
        assertThat(err.toString()).isEqualTo("nothing is written without -o\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aNetworkWithoutZerosStaysAsItIs() throws IOException, RunException {
        network(MLP, 1);

        assertThat(pruned()).isEqualTo(MLP);
        assertThat(err.toString()).contains("nothing can be removed");
        assertThat(folder.resolve("smaller")).doesNotExist();
    }

    @Test
    void idleInputsAreListedAndGoIfThatIsAskedFor() throws IOException, RunException {
        network(MLP, 2);
        set("fc1.weight", 1, 0, 0);
        set("fc1.weight", 1, 3, 0);
        set("fc1.weight", 1, 4, 0);

        assertThat(pruned()).isEqualTo(MLP);
        assertThat(out.toString())
                .contains("no output depends on x: 0, 3-4")
                .contains("kept, though nothing reads them: 3 channels, since input x has them");
        assertThat(pruned("--inputs"))
                .isEqualTo(MLP.replace("float[batch, 6]", "float[batch, 3]").replace("Linear(6,", "Linear(3,"));
        assertThat(out.toString()).contains("removed from x: 0, 3-4");
    }

    @Test
    void smallWeightsGoWithAThreshold() throws IOException {
        network(MLP, 1);
        set("fc1.weight", 0, 2, 1e-4);
        set("fc1.bias", 0, 2, 0);
        write();

        assertThat(prune()).isZero();
        assertThat(err.toString()).contains("nothing can be removed");
        assertThat(prune("--threshold", "1e-3")).isZero();
        assertThat(out.toString()).contains("161 parameters become 149");
    }

    @Test
    void constantsGoIntoTheNextBiasWhereNoBorderIsInTheWay() throws IOException, RunException {
        String chain = """
                network Chain {
                    input x: float[batch, 2, 6, 6]
                    conv1 = Conv2d(2, 4, 3, padding=1, bias=false)
                    bn1 = BatchNorm2d(4)
                    conv2 = Conv2d(4, 6, 1)
                    bn2 = BatchNorm2d(6)
                    conv3 = Conv2d(6, 3, 3, padding=1)
                    fc = Linear(3 * 3 * 3, 2)
                    output y = [conv1, bn1, ReLU(), conv2, bn2, SiLU(), conv3, MaxPool2d(2), Flatten(), fc](x)
                }
                """;
        network(chain, 3);
        set("bn1.weight", 0, 1, 0);
        set("bn1.bias", 0, 1, 0.5);
        set("bn2.weight", 0, 0, 0);
        set("bn2.bias", 0, 0, 0.5);
        set("bn2.weight", 0, 4, 0);
        set("bn2.bias", 0, 4, 0);
        set("fc.weight", 1, 9, 0);
        for (int i = 9; i < 18; i++) {
            set("fc.weight", 1, i, 0);
        }

        assertThat(pruned())
                .isEqualToIgnoringWhitespace(chain.replace("Conv2d(2, 4", "Conv2d(2, 3")
                        .replace("BatchNorm2d(4)", "BatchNorm2d(3)")
                        .replace("Conv2d(4, 6", "Conv2d(3, 5")
                        .replace("BatchNorm2d(6)", "BatchNorm2d(5)")
                        .replace("Conv2d(6, 3", "Conv2d(5, 2")
                        .replace("3 * 3 * 3", "2 * 3 * 3"));
        assertThat(out.toString())
                .contains(
                        "1 channel, since they are constant but not 0, and conv3 reads nothing of them at its borders");
    }

    @Test
    void aUnetLosesChannelsOnBothSidesOfItsConcatenation() throws IOException, RunException {
        String unet = """
                /** Two convolutions. */
                block Two(inputs: int, outputs: int) {
                    conv1 = Conv2d(inputs, outputs, 3, padding=1)
                    bn1 = BatchNorm2d(outputs)
                    conv2 = Conv2d(outputs, outputs, 3, padding=1)
                    return [conv1, bn1, LeakyReLU(0.1), conv2, PReLU(outputs)]
                }

                network Unet {
                    input x: float[batch, 1, 8, 8]
                    down = Two(1, 4)
                    middle = Two(4, 8)
                    up = ConvTranspose2d(8, 4, 2, stride=2)
                    last = Two(8, 3)
                    a = down(x)
                    b = up(middle(max_pool2d(a, 2)))
                    output y = last(cat([a, b], dim=1))
                }
                """;
        network(unet, 4);
        set("down.conv1.weight", 0, 3, 0);
        set("down.bn1.weight", 0, 3, 0);
        set("down.bn1.bias", 0, 3, 0);
        set("down.conv2.weight", 0, 1, 0);
        set("down.conv2.bias", 0, 1, 0);
        set("middle.conv2.weight", 0, 6, 0);
        set("middle.conv2.bias", 0, 6, 0);
        set("middle.conv2.weight", 0, 7, 0);
        set("middle.conv2.bias", 0, 7, 0);
        set("up.weight", 1, 0, 0);
        set("up.bias", 0, 0, 0);
        set("last.conv2.weight", 0, 0, 0);

        String smaller = pruned();

        Graph graph = program(smaller).graph();
        assertThat(size(graph, "down.conv1.weight")).containsExactly(3, 1, 3, 3);
        assertThat(size(graph, "down.conv2.weight")).containsExactly(3, 3, 3, 3);
        assertThat(size(graph, "middle.conv1.weight")).containsExactly(8, 3, 3, 3);
        assertThat(size(graph, "middle.conv2.weight")).containsExactly(6, 8, 3, 3);
        assertThat(size(graph, "up.weight")).containsExactly(6, 3, 2, 2);
        assertThat(size(graph, "last.conv1.weight")).containsExactly(3, 6, 3, 3);
        assertThat(smaller)
                .contains("block Two(inputs: int, outputs: int, conv1_size: int)")
                .contains("Two(1, 3, conv1_size=3)", "Two(3, 6, conv1_size=8)", "Two(6, 3, conv1_size=3)");
    }

    private static List<Integer> size(Graph graph, String name) {
        return graph.parameters().stream()
                .map(parameter -> parameter.value())
                .filter(value -> value.name().equals(name))
                .map(value -> value.shape().dimensions())
                .findFirst()
                .orElseThrow();
    }

    private static final String RESIDUAL = """
            block Basic(channels: int) {
                conv1 = Conv2d(channels, channels, 3, padding=1, bias=false)
                bn1 = BatchNorm2d(channels)
                conv2 = Conv2d(channels, channels, 3, padding=1, bias=false)
                bn2 = BatchNorm2d(channels)
                return residual([conv1, bn1, ReLU(), conv2, bn2])
            }

            network Residual {
                input x: float[batch, 3, 5, 5]
                stem = Conv2d(3, 6, 1)
                stage = [Basic(6), Basic(6)] + repeat(2, Basic(6))
                fc = Linear(6, 4)
                output y = ([stem, ReLU()] + stage + [AdaptiveAvgPool2d(1), Flatten(), fc])(x)
            }
            """;

    @Test
    void whatASumTiesGoesTogetherOrNotAtAll() throws IOException, RunException {
        network(RESIDUAL, 5);
        set("stem.weight", 0, 2, 0);
        set("stem.bias", 0, 2, -1);
        for (int i = 0; i < 4; i++) {
            set("stage." + i + ".bn2.weight", 0, 2, 0);
            set("stage." + i + ".bn2.bias", 0, 2, 0);
        }
        set("stem.weight", 0, 4, 0);
        set("stem.bias", 0, 4, 0);

        String smaller = pruned();

        assertThat(smaller)
                .isEqualToIgnoringWhitespace(RESIDUAL.replace("Basic(6)", "Basic(5)")
                        .replace(
                                "Conv2d(channels, channels, 3, padding=1, bias=false)\n    bn1",
                                "Conv2d(channels, 6, 3, padding=1, bias=false)\n    bn1")
                        .replace("bn1 = BatchNorm2d(channels)", "bn1 = BatchNorm2d(6)")
                        .replace("conv2 = Conv2d(channels", "conv2 = Conv2d(6")
                        .replace("Conv2d(3, 6", "Conv2d(3, 5")
                        .replace("Linear(6", "Linear(5"));
    }

    @Test
    void blocksThatDifferGetAParameterAndCopiesOfOneCallStayAlike() throws IOException, RunException {
        network(RESIDUAL, 6);
        for (int i : new int[] {0, 3, 5}) {
            set("stage.0.bn1.weight", 0, i, 0);
            set("stage.0.bn1.bias", 0, i, -1);
        }
        set("stage.2.conv1.weight", 0, 1, 0);
        set("stage.2.bn1.weight", 0, 1, 0);
        set("stage.2.bn1.bias", 0, 1, 0);

        String smaller = pruned();

        assertThat(smaller)
                .contains("block Basic(channels: int, conv1_size: int)")
                .contains("Conv2d(channels, conv1_size, 3", "BatchNorm2d(conv1_size)", "Conv2d(conv1_size, channels, 3")
                .contains("Basic(6, conv1_size=3), Basic(6, conv1_size=6)", "repeat(2, Basic(6, conv1_size=6))");
        assertThat(out.toString()).contains("makes several layers, which have one size");
    }

    @Test
    void embeddingsGatesAndDepthwiseConvolutionsFollow() throws IOException, RunException {
        network("""
                network Words {
                    input word: int[batch, 7]
                    embed = Embedding(9, 6)
                    wide = Conv1d(6, 6, 3, padding=1, groups=6)
                    mix = Conv1d(6, 8, 1)
                    gate = Linear(8, 8)
                    fc = Linear(8, 3)
                    h = relu(mix(wide(embed(word).transpose(1, 2))))
                    m = mean(h, dim=2)
                    output y = fc(m * sigmoid(gate(m)))
                }
                """, 7);
        set("embed.weight", 1, 2, 0);
        set("wide.bias", 0, 2, 0.25);
        set("wide.weight", 0, 4, 0);
        set("wide.bias", 0, 4, 0);
        set("mix.weight", 0, 0, 0);
        set("mix.bias", 0, 0, 0);

        String smaller = pruned();

        assertThat(smaller)
                .contains("Embedding(9, 4)", "Conv1d(4, 4, 3, padding=1, groups=4)", "Conv1d(4, 7, 1)")
                .contains("Linear(7, 7)", "Linear(7, 3)");
    }

    @Test
    void padsPoolsAndLargerImagesKeepTheirChannels() throws IOException, RunException {
        network("""
                network Sizes {
                    input x: float[batch, 2, 4, 4]
                    conv1 = Conv2d(2, 6, 3)
                    conv2 = Conv2d(6, 5, 3)
                    conv3 = Conv2d(5, 4, 3)
                    conv4 = Conv2d(4, 3, 1)
                    h = conv1(x)
                    h = conv2([ReflectionPad2d(1), Upsample(scale_factor=2, mode='bilinear')](h))
                    h = conv3([ConstantPad2d(1, 0.5), AdaptiveAvgPool2d(4)](h))
                    output y = conv4([ZeroPad2d(1), Upsample(scale_factor=2)](h))
                }
                """, 9);
        set("conv1.weight", 0, 2, 0);
        set("conv2.weight", 0, 1, 0);
        set("conv2.bias", 0, 1, 0.5);
        set("conv2.weight", 0, 3, 0);
        set("conv2.bias", 0, 3, 0.25);
        set("conv3.weight", 0, 0, 0);
        set("conv3.bias", 0, 0, 0);

        // One is 1/4, and 1/2 around it.
        assertThat(pruned()).contains("Conv2d(2, 5, 3)", "Conv2d(5, 4, 3)", "Conv2d(4, 3, 3)", "Conv2d(3, 3, 1)");
    }

    @Test
    void whatCannotBeToldApartStays() throws IOException, RunException {
        network("""
                block Level(channels: int, levels: int) {
                    conv = Conv2d(channels, 2 * channels, 1)
                    below = if levels == 1 then Identity() else Level(2 * channels, levels - 1)
                    return [conv, ReLU(), below]
                }
                network Recursive {
                    input x: float[batch, 2, 4, 4]
                    levels = Level(2, 2)
                    norm = GroupNorm(2, 8)
                    fc = Linear(8, 2)
                    output y = fc(flatten(adaptive_avg_pool2d(norm(levels(x)), 1)))
                }
                """, 8);
        set("levels.conv.weight", 0, 1, 0);
        set("levels.conv.bias", 0, 1, 0);
        set("fc.weight", 1, 0, 0);

        assertThat(pruned()).isEqualTo(text);
        assertThat(out.toString())
                .contains("since the block that they are in is recursive: one size is written for several layers")
                .contains("since GroupNorm (a.net:9) needs them");
    }

    @Test
    void oneOfASizeIsLeft() throws IOException, RunException {
        network(MLP, 1);
        for (int i = 0; i < 12; i++) {
            set("fc1.weight", 0, i, 0);
        }

        assertThat(pruned()).contains("width: int = 1)");
        assertThat(out.toString()).contains("of which all could go");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomNetworksWithRandomZerosComputeTheSame(long seed) throws IOException, RunException {
        Random random = new Random(seed);
        network(randomNetwork(random), seed);
        for (String name : weights.keySet()) {
            List<Integer> sizes = shapes.get(name);
            for (int axis = 0; axis < Math.min(2, sizes.size()); axis++) {
                for (int i = 0; i < sizes.get(axis); i++) {
                    if (random.nextInt(3) == 0 && !name.endsWith("running_var")) {
                        set(name, axis, i, name.endsWith("bias") && random.nextBoolean() ? -0.5 : 0);
                    }
                }
            }
        }

        pruned();
    }

    private static String randomNetwork(Random random) {
        String[] activations = {"ReLU()", "LeakyReLU(0.2)", "SiLU()", "Tanh()", "GELU()", "Sigmoid()", "Identity()"};
        StringBuilder layers = new StringBuilder();
        StringBuilder body = new StringBuilder("    h0 = x\n");
        int channels = 3;
        int count = 3 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            String h = "h" + i;
            String next = "h" + (i + 1);
            String activation = activations[random.nextInt(activations.length)];
            int size = 4 + random.nextInt(5);
            int kernel = random.nextBoolean() ? 1 : 3;
            String conv = "Conv2d(" + channels + ", %d, " + kernel + ", padding=" + kernel / 2 + ", bias="
                    + random.nextBoolean() + ")";
            String norm = random.nextBoolean() ? "BatchNorm2d(%d)" : "InstanceNorm2d(%d, affine=true)";
            switch (random.nextInt(3)) {
                case 0 -> {
                    layers.append("    c" + i + " = " + conv.formatted(size) + "\n");
                    layers.append("    n" + i + " = " + norm.formatted(size) + "\n");
                    body.append("    " + next + " = [n" + i + ", " + activation + "](c" + i + "(" + h + "))\n");
                    channels = size;
                }
                case 1 -> {
                    layers.append("    c" + i + " = " + conv.formatted(channels) + "\n");
                    layers.append("    n" + i + " = " + norm.formatted(channels) + "\n");
                    body.append(
                            "    " + next + " = " + h + " + [c" + i + ", n" + i + ", " + activation + "](" + h + ")\n");
                }
                default -> {
                    layers.append("    c" + i + " = " + conv.formatted(size) + "\n");
                    body.append("    " + next + " = cat([" + h + ", [c" + i + ", " + activation + "](" + h
                            + ")], dim=1)\n");
                    channels += size;
                }
            }
        }
        layers.append("    fc1 = Linear(" + channels + " * 2 * 2, 10)\n    fc2 = Linear(10, 3)\n");
        body.append("    output y = [AvgPool2d(2), Flatten(), fc1, ReLU(), fc2](h" + count + ")\n");
        return "network R {\n    input x: float[batch, 3, 4, 4]\n" + layers + body + "}\n";
    }

    @Test
    void mistakesAreSaidInOneLine() throws IOException {
        network(MLP, 1);
        set("fc1.weight", 0, 2, 0);
        write();
        says("--threshold should be at least 0", 2, "--threshold=-1");
        says("is there already; --force overwrites it", 2, "-o", folder.toString());
        says("is what is read; -o names another folder", 2, "-o", folder.toString(), "--force");
        set("fc1.weight", 0, 1, Double.NaN);
        write();
        says("has numbers in 'fc1.weight' that are infinite or NaN", 1);
        set("fc1.weight", 0, 1, 0);
        weights.remove("fc2.bias");
        write();
        says("has no tensor 'fc2.bias' [5]", 1);
        try (TensorFile file = TensorFile.open(folder.resolve("a.safetensors"))) {
            assertThat(file.tensors()).hasSize(5);
        }
    }

    private void says(String message, int code, String... options) {
        assertThat(prune(options)).isEqualTo(code);
        assertThat(err.toString().strip()).contains(message).doesNotContain("\n");
    }
}
