package org.espalier.onnx.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;

/** Collects the nodes that operations write. Values have provisional names here, {@code #7}. */
public final class GraphNodes implements OnnxNodes {
    /**
     * A node with provisional names.
     *
     * @param layer the path of the layer that it belongs to
     */
    record Draft(String layer, OnnxNode node, List<String> outputs) {
        /** Copies the list. */
        Draft {
            outputs = List.copyOf(outputs);
        }
    }

    private final Graph graph;
    private final int opset;
    private final List<Draft> drafts = new ArrayList<>();
    private final Map<Value, String> names = new HashMap<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();

    /** Names of constants that are written more than once, by what they are. */
    private final Map<Object, String> known = new HashMap<>();

    private final Map<Value, ForwardOp> makers = new HashMap<>();
    private final Map<Value, List<ForwardOp>> readers = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private String layer = "";
    private String refused = "";
    private String batch = "";
    private int count;

    private GraphNodes(Graph graph, int opset, Map<Value, Constant> weights) {
        this.graph = graph;
        this.opset = opset;
        graph.inputs().forEach(input -> names.put(input, next()));
        weights.forEach((value, constant) -> {
            String name = next();
            names.put(value, name);
            constants.put(name, constant);
        });
        for (ForwardOp op : graph.operations()) {
            op.outputs().forEach(value -> makers.put(value, op));
            new HashSet<>(op.inputs())
                    .forEach(value -> readers.computeIfAbsent(value, any -> new ArrayList<>())
                            .add(op));
        }
    }

    /**
     * Has every operation of a graph write itself.
     *
     * @param weights what parameters and statistics are
     */
    public static GraphNodes of(Graph graph, int opset, Map<Value, Constant> weights) {
        GraphNodes nodes = new GraphNodes(graph, opset, weights);
        for (ForwardOp op : graph.operations()) {
            nodes.write(op);
        }
        return nodes;
    }

    private void write(ForwardOp op) {
        layer = op.origin().layer();
        refused = "";
        op.onnx(this);
        if (!refused.isEmpty()) {
            problems.add(op.origin().span().citation() + ": " + op.origin().word() + " '"
                    + op.result().name() + "' (" + op.signature().name() + "): " + refused);
            // What reads it is written all the same, so that everything is said at once.
            op.outputs().forEach(value -> names.putIfAbsent(value, next()));
        }
    }

    /** The operations that could not be written, each with the reason. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    Graph graph() {
        return graph;
    }

    List<Draft> drafts() {
        return drafts;
    }

    Map<String, Constant> constants() {
        return constants;
    }

    Map<Value, String> names() {
        return names;
    }

    private String next() {
        return "#" + count++;
    }

    @Override
    public int opset() {
        return opset;
    }

    @Override
    public String of(Value value) {
        return Objects.requireNonNull(names.get(value), value::name);
    }

    @Override
    public void is(Value value, String name) {
        names.put(value, name);
    }

    @Override
    public List<String> add(OnnxNode node, int outputs) {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            made.add(next());
        }
        drafts.add(new Draft(layer, node, made));
        return made;
    }

    private String constant(Object key, Constant constant) {
        return known.computeIfAbsent(key, any -> {
            String name = next();
            constants.put(name, constant);
            return name;
        });
    }

    @Override
    public String number(double number) {
        return constant(number, Constant.ofFloats(List.of(), new float[] {(float) number}));
    }

    @Override
    public String filled(double number, List<Integer> sizes) {
        float[] numbers = new float[sizes.stream().reduce(1, Math::multiplyExact)];
        Arrays.fill(numbers, (float) number);
        List<Long> shape = sizes.stream().map(Integer::longValue).toList();
        return constant(List.of(number, sizes), Constant.ofFloats(shape, numbers));
    }

    @Override
    public String wholes(List<Integer> numbers) {
        return constant(
                numbers,
                Constant.vector(numbers.stream().mapToLong(Integer::longValue).toArray()));
    }

    @Override
    public String batch() {
        if (batch.isEmpty()) {
            Optional<Value> input = graph.inputs().stream()
                    .filter(value -> value.shape().batched())
                    .findFirst();
            if (input.isEmpty()) {
                return wholes(1);
            }
            batch = add(OnnxNode.of("Shape", of(input.get())).with("start", 0).with("end", 1));
        }
        return batch;
    }

    @Override
    public void refuse(String reason) {
        refused = reason;
    }

    @Override
    public Optional<ForwardOp> maker(Value value) {
        return Optional.ofNullable(makers.get(value));
    }

    @Override
    public List<ForwardOp> readers(Value value) {
        return readers.getOrDefault(value, List.of());
    }

    /** The kind of the elements of a value. */
    static ElementKind kind(Value value) {
        return value.isWhole() ? ElementKind.WHOLE : ElementKind.REAL;
    }

    /** The names that something else has, which nothing may take. */
    Set<Value> given() {
        Set<Value> given = new LinkedHashSet<>(graph.inputs());
        graph.parameters().forEach(parameter -> given.add(parameter.value()));
        graph.statistics().forEach(statistic -> given.add(statistic.value()));
        return given;
    }
}
