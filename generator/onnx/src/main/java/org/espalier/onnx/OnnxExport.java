package org.espalier.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.Predictions;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Value;
import org.espalier.onnx.export.GraphFinish;
import org.espalier.onnx.export.GraphNodes;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ExportedModel;
import org.espalier.onnx.model.Model;
import org.espalier.weights.LoadReport;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.jspecify.annotations.Nullable;

/** Exports networks as ONNX models: what they predict in evaluation mode, with their weights. */
public final class OnnxExport {
    /** The oldest and newest versions of ONNX's operators that are written. */
    public static final int OLDEST = 18;

    /** See {@link #OLDEST}. */
    public static final int NEWEST = 24;

    /** The maker that files name, behind the version of the format. */
    public static final String PRODUCER = ExportedModel.PRODUCER;

    /** As large as the weights of a model may be, since protobuf allows no more than 2 GB. */
    private static final long LARGEST = Integer.MAX_VALUE - (1L << 24);

    /** Beginnings of names in a checkpoint that are no weights. */
    private static final List<String> BESIDE = List.of("optimizer:", "average:");

    private final Program program;
    private final int opset;

    private OnnxExport(Program program, int opset) {
        this.program = program;
        this.opset = opset;
    }

    /**
     * Exports a network.
     *
     * @param weights a safetensors file with exactly its weights; null if it has none
     * @param opset the version of ONNX's operators
     * @return the content of the file
     * @throws OnnxException if weights are missing, or something in it has no counterpart: all of it
     * @throws IllegalArgumentException if the version is not supported
     * @throws org.espalier.weights.WeightsFileException if the weights cannot be read
     */
    public static byte[] write(Program program, @Nullable TensorFile weights, int opset) throws OnnxException {
        if (opset < OLDEST || opset > NEWEST) {
            throw new IllegalArgumentException(
                    "expected a version of ONNX's operators from " + OLDEST + " to " + NEWEST + ", and found " + opset);
        }
        return new OnnxExport(Predictions.of(program), opset).written(weights);
    }

    private byte[] written(@Nullable TensorFile file) throws OnnxException {
        Graph graph = program.graph();
        List<Value> wanted = Stream.concat(
                        graph.parameters().stream().map(ParameterDecl::value),
                        graph.statistics().stream().map(Statistic::value))
                .toList();
        requireWeights(wanted, file);
        Map<Value, Constant> weights = new LinkedHashMap<>();
        if (file != null) {
            wanted.forEach(value -> weights.put(value, constant(value, file)));
        }
        GraphNodes nodes = GraphNodes.of(graph, opset, weights);
        if (!nodes.problems().isEmpty()) {
            throw new OnnxException(nodes.problems());
        }
        Model model = GraphFinish.of(nodes);
        long bytes = model.constants().values().stream()
                .mapToLong(constant -> 8L * constant.count())
                .sum();
        if (bytes / 2 > LARGEST) {
            throw new OnnxException(List.of("its weights have " + bytes / 2
                    + " bytes as float32; a file of ONNX has at most 2 GB, since protobuf allows no more"));
        }
        return new ExportedModel(
                        model,
                        opset,
                        graph.documentation(),
                        Map.of("source", graph.span().citation()),
                        graph.outputs().stream().map(GraphFinish::port).toList())
                .toBytes();
    }

    private static void requireWeights(List<Value> wanted, @Nullable TensorFile file) throws OnnxException {
        List<TensorInfo> infos = wanted.stream().map(OnnxExport::info).toList();
        if (file == null && !infos.isEmpty()) {
            List<String> problems = new ArrayList<>();
            problems.add("it has weights and no file of them was given; net.save(path) writes one. Missing are:");
            infos.stream().limit(8).forEach(info -> problems.add("  " + info));
            if (infos.size() > 8) {
                problems.add("  and " + (infos.size() - 8) + " more");
            }
            throw new OnnxException(problems);
        }
        if (file != null) {
            LoadReport report = LoadReport.of(file, infos, BESIDE, NameMapping.NONE);
            if (!report.isExact()) {
                throw new OnnxException(Stream.concat(
                                Stream.of(file.path() + " does not have the weights of the network:"),
                                report.differences().stream().map(line -> "  " + line))
                        .collect(Collectors.toList()));
            }
        }
    }

    private static TensorInfo info(Value value) {
        return new TensorInfo(
                value.name(),
                value.isWhole() ? TensorType.I64 : TensorType.F32,
                value.shape().dimensions().stream().map(Integer::longValue).toList());
    }

    private static Constant constant(Value value, TensorFile file) {
        TensorInfo info = info(value);
        int count = Math.toIntExact(value.shape().elements());
        if (value.isWhole()) {
            long[] numbers = new long[count];
            int[] at = {0};
            file.read(value.name(), TensorType.I64, piece -> {
                for (ByteBuffer bytes = piece.order(ByteOrder.LITTLE_ENDIAN); bytes.hasRemaining(); ) {
                    numbers[at[0]++] = bytes.getLong();
                }
            });
            return Constant.ofWholes(info.shape(), numbers);
        }
        float[] numbers = new float[count];
        int[] at = {0};
        file.read(value.name(), TensorType.F32, piece -> {
            for (ByteBuffer bytes = piece.order(ByteOrder.LITTLE_ENDIAN); bytes.hasRemaining(); ) {
                numbers[at[0]++] = bytes.getFloat();
            }
        });
        return Constant.ofFloats(info.shape(), numbers);
    }
}
