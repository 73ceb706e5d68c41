package org.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that ONNX Runtime computes with an exported model what the network's own inference does: every example of the
 * layers, every expression and every known network, in the oldest and newest versions of ONNX's operators.
 */
class OnnxExportTest {
    private static final Path GOLDENS = Path.of("..", "src", "golden");
    private static final Path KNOWN =
            Path.of("..", "src", "test", "resources", "org", "espalier", "generator", "generated", "pytorch", "known");
    private static final Pattern CONSTANTS = Pattern.compile("\"constants\": \\{([^}]*)}");
    private static final Pattern CONSTANT = Pattern.compile("\"(\\w+)\": ([^,]+)");

    /** Models are kept in a folder of this name, if it is given, for other tools to check. */
    private static final String KEPT = System.getProperty("onnx.export", "");

    /** As other tests of known networks, this one takes every sixth unless all are asked for. */
    private static final int EVERY = "all".equals(System.getProperty("espalier.rounds")) ? 1 : 6;

    private static final double TOLERANCE = 1e-4;

    private static final List<ExportedNetwork> NETWORKS = new ArrayList<>();
    private static ClassLoader classes;

    @TempDir
    private static Path folder;

    static Stream<ExportedNetwork> networks() {
        return NETWORKS.stream();
    }

    @BeforeAll
    static void compile() throws IOException {
        for (String line : Files.readAllLines(GOLDENS.resolve("library.txt"))) {
            add(line, layer(line.split(" \\| ", -1)));
        }
        for (String line : Files.readAllLines(GOLDENS.resolve("expressions.txt"))) {
            String[] parts = line.split(" \\| ", -1);
            add(line, network(parts, "    output y = " + parts[0]));
        }
        try (Stream<Path> files = Files.list(GOLDENS.resolve("known"))) {
            List<Path> known = files.sorted().toList();
            for (int i = 0; i < known.size(); i += EVERY) {
                Path file = known.get(i);
                String name = file.getFileName().toString().replace(".net", "");
                add(name, small(Files.readString(file), Files.readString(KNOWN.resolve(name + ".json"))));
            }
        }
        classes = InMemoryClasses.of(
                NETWORKS.stream().map(ExportedNetwork::inference).toList());
    }

    private static void add(String name, String text) {
        NETWORKS.add(ExportedNetwork.of(name, text));
    }

    /** {@code x}, {@code x2}, {@code x3}. */
    private static List<String> names(String... parts) {
        return IntStream.rangeClosed(1, parts[1].split(" & ", -1).length)
                .mapToObj(i -> i == 1 ? "x" : "x" + i)
                .toList();
    }

    private static String layer(String... parts) {
        List<String> names = names(parts);
        boolean states = parts[0].startsWith("LSTM") && names.size() > 1;
        String given = states
                ? names.get(0) + ", (" + String.join(", ", names.subList(1, names.size())) + ")"
                : String.join(", ", names);
        boolean alone = parts[0].startsWith("Identity") || parts[0].startsWith("Activity");
        boolean several = parts[0].startsWith("LSTMCell") || parts[0].contains("return_indices=true");
        String results = several ? "y, y2" : "y";
        return network(
                parts,
                "    layer = " + parts[0] + "\n    " + results + " = layer(" + (alone ? "Linear(6, 6)(x)" : given)
                        + ")\n    output " + results.replace(", ", "\n    output "));
    }

    private static String network(String[] parts, String body) {
        List<String> names = names(parts);
        String[] types = parts[1].split(" & ", -1);
        String inputs = IntStream.range(0, types.length)
                .mapToObj(i -> "    " + declaration(names.get(i), types[i]) + "\n")
                .collect(Collectors.joining());
        return "network Exported" + NETWORKS.size() + " {\n" + inputs + body + "\n}\n";
    }

    /** An input, {@code parameter[4]}, or a buffer of numbers from 0 to 3. */
    private static String declaration(String name, String type) {
        if (type.startsWith("buffer ")) {
            int axes = type.split(",", -1).length;
            String places =
                    IntStream.range(0, axes).mapToObj(axis -> "i" + axis).collect(Collectors.joining(", "));
            return "buffer " + name + ": " + type.substring(7) + " = (" + places + ") -> (1 + 3 * i0) % 4";
        }
        return type.startsWith("parameter")
                ? "parameter " + name + ": float" + type.substring(9) + " = normal(0, 1)"
                : "input " + name + ": " + (type.startsWith("[") ? "float" : "") + type;
    }

    /** A known network at the sizes of its fixture, in a package of its own. */
    private static String small(String text, String fixture) {
        String made = text.replaceFirst("package [\\w.]+", "package known" + NETWORKS.size());
        Matcher constants = CONSTANTS.matcher(fixture);
        assertThat(constants.find()).isTrue();
        Matcher constant = CONSTANT.matcher(constants.group(1));
        while (constant.find()) {
            made = made.replaceFirst(
                    "(network \\w+\\([^)]*\\b" + constant.group(1) + ": int = )\\d+", "$1" + constant.group(2));
        }
        return made;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void modelsComputeWhatNetworksDo(ExportedNetwork network) throws Exception {
        Path weights = folder.resolve(network.program().graph().name() + ".safetensors");
        network.writeWeights(weights);
        List<Object> inputs = network.inputs();
        List<float[]> expected = network.predict(classes, weights, inputs);

        for (int opset : List.of(OnnxExport.OLDEST, OnnxExport.NEWEST)) {
            byte[] model = network.export(weights, opset);
            keep(network, opset, model);
            List<float[]> found = network.run(model, inputs);
            for (int i = 0; i < expected.size(); i++) {
                assertClose(found.get(i), expected.get(i));
            }
        }
    }

    /** Models of {@code fixtures.py}, imported and exported again. */
    @ParameterizedTest
    @ValueSource(strings = {"perceptron", "images", "residuals", "patches", "lstm", "gru", "rnn", "activations"})
    void importedModelsAreExportedAgain(String name) throws Exception {
        ImportedNetwork imported = OnnxImport.read(resource(name + ".onnx"), ImportOptions.named("Imported"));

        assertThat(ModelsMain.exportedError(imported, resource(name + ".safetensors")))
                .isLessThan(TOLERANCE);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(OnnxExportTest.class.getResource(name).toURI());
    }

    @Test
    void everythingWithoutACounterpartIsListedAtOnce() {
        ExportedNetwork network = ExportedNetwork.of("own", """
                network Own {
                    input x: float[batch, 4]
                    h = relu(x)
                    output y = tanh(h)
                }
                """);
        Graph graph = network.program().graph();
        List<ForwardOp> own = graph.operations().stream()
                .<ForwardOp>map(op -> new OwnOp(op.origin(), op.inputs().get(0), op.result()))
                .toList();
        Program program = new Program(
                graph.withOperations(own),
                List.copyOf(own),
                List.of(),
                List.of(),
                List.of(),
                network.program().memory());

        assertThatThrownBy(() -> OnnxExport.write(program, null, OnnxExport.OLDEST))
                .isInstanceOfSatisfying(
                        OnnxException.class,
                        problems -> assertThat(problems.problems())
                                .containsExactly(
                                        "test.net:3: ReLU 'h' (own): it has no form in ONNX",
                                        "test.net:4: Tanh 'y' (own): it has no form in ONNX"));
    }

    /** An operation that ONNX knows nothing of. */
    private record OwnOp(Origin origin, Value x, Value y) implements ForwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("own").from(x).to(y).build();
        }

        @Override
        public List<String> violations() {
            return List.of();
        }

        @Override
        public void backward(Tape tape) {
            tape.contribute(x, dX -> new OwnOp(origin, tape.gradient(y), dX));
        }
    }

    private static void keep(ExportedNetwork network, int opset, byte[] model) throws IOException {
        if (!KEPT.isEmpty()) {
            Files.createDirectories(Path.of(KEPT));
            String name = network.program().graph().name() + "-" + opset + ".onnx";
            Files.write(Path.of(KEPT, name), model);
        }
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            if (Float.isNaN(expected[i])) {
                assertThat(found[i]).isNaN();
            } else {
                float close = (float) TOLERANCE * Math.max(1, Math.abs(expected[i]));
                assertThat(found[i]).as("element " + i).isCloseTo(expected[i], Offset.offset(close));
            }
        }
    }
}
