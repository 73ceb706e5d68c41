package org.espalier.onnx.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.onnx.export.GraphNodes.Draft;
import org.espalier.onnx.lower.Folding;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.model.Model;
import org.espalier.onnx.model.Node;
import org.jspecify.annotations.Nullable;

/**
 * Finishes an exported graph: leaves out what nothing reads, computes what depends on weights alone, and names the
 * rest.
 */
public final class GraphFinish {
    /** Constants of more elements are not computed if something else reads what they are computed from. */
    private static final int SMALL = 1 << 12;

    private static final int LONGEST_NAME = 40;

    private final GraphNodes nodes;
    private final Graph graph;
    private final Map<String, Constant> constants;
    private List<Draft> drafts;

    /** The weight that a constant was computed from, by their provisional names. */
    private final Map<String, String> origins = new HashMap<>();

    private final Map<String, String> finals = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    private GraphFinish(GraphNodes nodes) {
        this.nodes = nodes;
        this.graph = nodes.graph();
        this.constants = nodes.constants();
        this.drafts = nodes.drafts();
    }

    /** The model of a graph whose operations have written themselves. */
    public static Model of(GraphNodes nodes) {
        return new GraphFinish(nodes).finished();
    }

    private Model finished() {
        drafts = alive();
        fold();
        drafts = alive();
        Set<String> read = new HashSet<>();
        drafts.forEach(draft -> read.addAll(draft.node().inputs()));
        List<Draft> ends = name(read);
        List<Node> all = new ArrayList<>();
        Set<String> nodeNames = new HashSet<>();
        drafts.forEach(draft -> all.add(node(draft, nodeNames)));
        ends.forEach(draft -> all.add(node(draft, nodeNames)));
        ends.forEach(draft -> read.addAll(draft.node().inputs()));
        Map<String, Constant> kept = new LinkedHashMap<>();
        constants.forEach((name, constant) -> {
            if (read.contains(name)) {
                kept.put(named(name), constant);
            }
        });
        return new Model(
                graph.name(),
                graph.inputs().stream().map(GraphFinish::port).toList(),
                all,
                kept,
                graph.outputs().stream().map(Value::name).toList());
    }

    /** A value as an input or output of the model. */
    public static Model.Input port(Value value) {
        Shape shape = value.shape();
        List<Long> sizes = new ArrayList<>();
        if (shape.batched()) {
            sizes.add(-1L);
        }
        shape.dimensions().forEach(size -> sizes.add(size.longValue()));
        return new Model.Input(value.name(), GraphNodes.kind(value), sizes);
    }

    private List<Draft> alive() {
        Set<String> needed = new HashSet<>();
        graph.outputs().forEach(output -> needed.add(nodes.of(output)));
        List<Draft> alive = new ArrayList<>();
        for (int i = drafts.size() - 1; i >= 0; i--) {
            Draft draft = drafts.get(i);
            if (draft.outputs().stream().anyMatch(needed::contains)) {
                needed.addAll(draft.node().inputs());
                alive.add(0, draft);
            }
        }
        return alive;
    }

    private void fold() {
        Map<String, Integer> readers = new HashMap<>();
        nodes.given().stream()
                .filter(nodes.names()::containsKey)
                .forEach(value -> origins.put(nodes.of(value), nodes.of(value)));
        drafts.forEach(
                draft -> new HashSet<>(draft.node().inputs()).forEach(name -> readers.merge(name, 1, Integer::sum)));
        for (Draft draft : drafts) {
            List<@Nullable Constant> inputs = new ArrayList<>();
            long elements = 0;
            boolean known = true;
            boolean shared = false;
            for (String name : draft.node().inputs()) {
                Constant constant = constants.get(name);
                known &= constant != null || name.isEmpty();
                inputs.add(constant);
                if (constant != null) {
                    elements += constant.count();
                    shared |= constant.count() > SMALL && readers.getOrDefault(name, 0) > 1;
                }
            }
            if (known && !shared) {
                List<Constant> made = Folding.of(model(draft, draft.node().inputs(), draft.outputs(), ""), inputs);
                if (made != null && made.stream().mapToLong(Constant::count).sum() <= Math.max(elements, SMALL)) {
                    List<String> from = draft.node().inputs().stream()
                            .filter(origins::containsKey)
                            .map(origins::get)
                            .distinct()
                            .toList();
                    for (int i = 0; i < made.size(); i++) {
                        constants.put(draft.outputs().get(i), made.get(i));
                        if (from.size() == 1) {
                            origins.put(draft.outputs().get(i), from.get(0));
                        }
                    }
                }
            }
        }
        drafts = drafts.stream()
                .filter(draft -> !constants.containsKey(draft.outputs().get(0)))
                .toList();
    }

    /** Gives everything its name, the values of the network their own, and returns nodes that outputs need besides. */
    private List<Draft> name(Set<String> read) {
        List<Draft> ends = new ArrayList<>();
        Set<String> made = new HashSet<>();
        drafts.forEach(draft -> made.addAll(draft.outputs()));
        graph.inputs().forEach(input -> take(nodes.of(input), input.name()));
        for (Value output : graph.outputs()) {
            String name = nodes.of(output);
            if (made.contains(name) && !finals.containsKey(name)) {
                take(name, output.name());
            } else {
                String copy = "copy of " + output.name();
                finals.put(copy, output.name());
                taken.add(output.name());
                ends.add(new Draft("", OnnxNode.of("Identity", name), List.of(copy)));
            }
        }
        nodes.given().stream()
                .filter(nodes.names()::containsKey)
                .filter(value -> read.contains(nodes.of(value)) && !finals.containsKey(nodes.of(value)))
                .forEach(value -> take(nodes.of(value), value.name()));
        // What became of a weight, such as its transpose, has the name of the weight.
        nodes.given().stream()
                .filter(nodes.names()::containsKey)
                .forEach(value -> constants.keySet().stream()
                        .filter(name -> read.contains(name) && nodes.of(value).equals(origins.get(name)))
                        .filter(name -> !finals.containsKey(name) && !taken.contains(value.name()))
                        .findFirst()
                        .ifPresent(name -> take(name, value.name())));
        graph.operations().stream().flatMap(op -> op.outputs().stream()).forEach(value -> {
            String name = nodes.names().get(value);
            if (name != null && !finals.containsKey(name)) {
                take(name, value.name().replace(" folded ", ".").replace(' ', '_'));
            }
        });
        for (Draft draft : drafts) {
            for (String output : draft.outputs()) {
                if (!finals.containsKey(output)) {
                    take(output, path(draft) + "_output");
                }
            }
        }
        constants.keySet().stream()
                .filter(name -> !finals.containsKey(name))
                .sorted((a, b) -> Integer.compare(number(a), number(b)))
                .forEach(name -> take(name, described(constants.get(name))));
        return ends;
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(1));
    }

    /** {@code numbers_0.5} without what looks like a path, {@code sizes_0_128}. */
    private static String described(@Nullable Constant constant) {
        Objects.requireNonNull(constant);
        String kind = constant.kind() == ElementKind.WHOLE ? "sizes" : "numbers";
        StringBuilder text = new StringBuilder(kind);
        for (int i = 0; i < constant.count() && text.length() < LONGEST_NAME; i++) {
            double number = constant.at(i);
            text.append('_')
                    .append(
                            number == Math.rint(number)
                                    ? String.valueOf((long) number)
                                    : String.valueOf((float) number));
        }
        return text.length() < LONGEST_NAME ? text.toString().replace('.', 'p').replace('-', 'm') : kind;
    }

    private void take(String name, String wanted) {
        finals.put(name, unused(wanted, taken));
    }

    private static String unused(String wanted, Set<String> taken) {
        String name = wanted;
        for (int i = 1; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private String named(String name) {
        return name.isEmpty() ? "" : Objects.requireNonNull(finals.get(name), name);
    }

    /** {@code /block1/attn/MatMul}, as PyTorch calls nodes by the modules that they lie in. */
    private static String path(Draft draft) {
        return (draft.layer().isEmpty() ? "" : "/" + draft.layer().replace('.', '/')) + "/"
                + draft.node().operator();
    }

    private Node node(Draft draft, Set<String> names) {
        return model(
                draft,
                draft.node().inputs().stream().map(this::named).toList(),
                draft.outputs().stream().map(this::named).toList(),
                unused(path(draft), names));
    }

    private Node model(Draft draft, List<String> inputs, List<String> outputs, String name) {
        Map<String, Object> attributes = new HashMap<>();
        draft.node().attributes().forEach((key, value) -> attributes.put(key, attribute(value)));
        return new Node(name, draft.node().operator(), "", nodes.opset(), inputs, outputs, attributes, List.of());
    }

    private static Object attribute(Object value) {
        if (value instanceof Double number) {
            return number.floatValue();
        }
        if (!(value instanceof List<?> list)) {
            return value;
        }
        return list.isEmpty() || list.get(0) instanceof Long
                ? new Node.Wholes(list.stream().map(Long.class::cast).toList())
                : new Node.Texts(list.stream().map(String.class::cast).toList());
    }
}
