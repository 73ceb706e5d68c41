package org.espalier.onnx.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.espalier.onnx.model.Model.Input;
import org.espalier.onnx.model.Node.ModuleName;
import org.jspecify.annotations.Nullable;

/** Reads ONNX models, checking what it reads. */
public final class OnnxReader {
    /** The oldest and newest versions of ONNX's operators that are read. */
    public static final int OLDEST = 9;

    /** See {@link #OLDEST}. */
    public static final int NEWEST = 24;

    private static final int MOST_NODES = 100_000;

    /** As PyTorch's exporter calls values that it computed itself. */
    private static final Pattern COMPUTED = Pattern.compile(
            "(val|scalar_tensor_default|clone|_to_copy|unsqueeze|squeeze|expand|permute|transpose|view|reshape"
                    + "|where|masked_fill|mul|add|sub|div|neg|full|full_like|arange|index|slice|select|cat|stack|detach"
                    + "|lift_fresh_copy|zeros|ones|tril|triu|exp|log|sin|cos|pow|sqrt)(_\\d+)*");

    private final TensorReader tensors;
    private final Map<String, Integer> versions = new HashMap<>();

    private OnnxReader(@Nullable Path folder) {
        this.tensors = new TensorReader(folder);
    }

    /**
     * Reads a model.
     *
     * @param bytes the content of its file
     * @param folder where files with its external data are, or null if there are none
     */
    public static Model read(byte[] bytes, @Nullable Path folder) throws MalformedModel {
        ModelProto model;
        try {
            model = ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedModel("it is no ONNX model: " + e.getMessage());
        }
        if (!model.hasGraph()) {
            throw new MalformedModel("it is no ONNX model: it has no graph");
        }
        return new OnnxReader(folder).read(model);
    }

    private Model read(ModelProto model) throws MalformedModel {
        for (OperatorSetIdProto set : model.getOpsetImportList()) {
            String domain = set.getDomain().equals("ai.onnx") ? "" : set.getDomain();
            versions.put(domain, (int) set.getVersion());
        }
        int version = versions.getOrDefault("", 1);
        if (version < OLDEST || version > NEWEST) {
            throw new MalformedModel("it uses version " + version + " of ONNX's operators; versions " + OLDEST + " to "
                    + NEWEST + " are supported. onnx.version_converter changes the version of a model");
        }
        if (model.getFunctionsCount() > 0) {
            throw new MalformedModel("it has functions of its own, such as '"
                    + model.getFunctions(0).getName()
                    + "'; onnx.inliner.inline_local_functions replaces them by nodes");
        }
        GraphProto graph = model.getGraph();
        if (graph.getNodeCount() > MOST_NODES) {
            throw new MalformedModel("it has " + graph.getNodeCount() + " nodes; at most " + MOST_NODES + " are read");
        }
        if (graph.getSparseInitializerCount() > 0) {
            throw new MalformedModel("it has sparse initializers, which are not supported");
        }
        Map<String, Constant> constants = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            Constant constant = tensors.read(tensor);
            constants.put(tensor.getName(), constant.named(tensor.getName(), isLearned(tensor.getName(), constant)));
        }
        List<Input> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfoProto input : graph.getInputList()) {
            if (!names.add(input.getName())) {
                throw new MalformedModel("it has two inputs '" + input.getName() + "'");
            }
            if (!constants.containsKey(input.getName())) {
                inputs.add(input(input));
            }
        }
        return new Model(
                graph.getName(),
                inputs,
                sorted(nodes(graph), inputs, constants),
                constants,
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList());
    }

    /**
     * Tells parameters from numbers that an exporter computed: a model does not say. A single number whose name is that
     * of an operation is none, and neither is a mask, which has two values.
     */
    private static boolean isLearned(String name, Constant constant) {
        boolean single = constant.count() == 1 && (constant.rank() == 0 || isComputed(name));
        if (constant.kind() != ElementKind.REAL || (single && !name.contains("."))) {
            return false;
        }
        boolean large = constant.count() >= 4 && constant.rank() >= 2;
        return !large || !hasTwoValues(constant);
    }

    /** Tells whether a name is one that PyTorch's exporter gave to a value that it computed. */
    public static boolean isComputed(String name) {
        return COMPUTED.matcher(name).matches();
    }

    private static boolean hasTwoValues(Constant constant) {
        double first = constant.at(0);
        double second = first;
        for (int i = 1; i < constant.count(); i++) {
            double next = constant.at(i);
            if (next != first && next != second) {
                if (second != first) {
                    return false;
                }
                second = next;
            }
        }
        return second != first;
    }

    private static Input input(ValueInfoProto input) throws MalformedModel {
        if (!input.getType().hasTensorType()) {
            throw new MalformedModel("the input '" + input.getName() + "' is no tensor; only tensors are supported");
        }
        ElementKind kind = TensorReader.kind(input.getType().getTensorType().getElemType());
        if (kind == null) {
            throw new MalformedModel("the input '" + input.getName() + "' has elements of type "
                    + TensorProto.DataType.forNumber(
                            input.getType().getTensorType().getElemType())
                    + ", which is not supported");
        }
        if (!input.getType().getTensorType().hasShape()) {
            throw new MalformedModel("the input '" + input.getName() + "' has no shape; export the model with shapes");
        }
        List<Long> sizes = new ArrayList<>();
        for (Dimension size : input.getType().getTensorType().getShape().getDimList()) {
            sizes.add(size.hasDimValue() && size.getDimValue() > 0 ? size.getDimValue() : -1L);
        }
        return new Input(input.getName(), kind, sizes);
    }

    private List<Node> nodes(GraphProto graph) throws MalformedModel {
        List<Node> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            String name = node.getName().isEmpty() ? "node " + nodes.size() : node.getName();
            String domain = node.getDomain().equals("ai.onnx") ? "" : node.getDomain();
            Map<String, Object> attributes = new LinkedHashMap<>();
            for (AttributeProto attribute : node.getAttributeList()) {
                attributes.put(attribute.getName(), value(attribute));
            }
            nodes.add(new Node(
                    name,
                    node.getOpType(),
                    domain,
                    versions.getOrDefault(domain, 1),
                    node.getInputList(),
                    node.getOutputList(),
                    attributes,
                    modules(node)));
        }
        return nodes;
    }

    private Object value(AttributeProto attribute) throws MalformedModel {
        return switch (attribute.getType()) {
            case INT -> attribute.getI();
            case FLOAT -> attribute.getF();
            case STRING -> attribute.getS().toStringUtf8();
            case INTS -> new Node.Wholes(List.copyOf(attribute.getIntsList()));
            case FLOATS -> new Node.Reals(List.copyOf(attribute.getFloatsList()));
            case STRINGS ->
                new Node.Texts(attribute.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
            case TENSOR -> tensors.read(attribute.getT());
            default -> attribute.getType().name();
        };
    }

    /**
     * PyTorch writes modules into the metadata of nodes, and did write them into their names:
     * {@code /layer1/conv/Conv}.
     */
    private static List<ModuleName> modules(NodeProto node) {
        Map<String, String> metadata = new HashMap<>();
        for (StringStringEntryProto entry : node.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        String scopes = metadata.get("pkg.torch.onnx.name_scopes");
        if (scopes != null) {
            return Scopes.ofMetadata(scopes, metadata.getOrDefault("pkg.torch.onnx.class_hierarchy", ""));
        }
        return Scopes.ofName(node.getName());
    }

    /** Nodes behind those that they read, otherwise in the order of the model. */
    private static List<Node> sorted(List<Node> nodes, List<Input> inputs, Map<String, Constant> constants)
            throws MalformedModel {
        Set<String> known = new HashSet<>(constants.keySet());
        inputs.forEach(input -> known.add(input.name()));
        known.add("");
        Map<String, Integer> makers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                if (!output.isEmpty() && (makers.put(output, i) != null || known.contains(output))) {
                    throw new MalformedModel("the value '" + output + "' is made twice");
                }
            }
        }
        for (Node node : nodes) {
            for (String input : node.inputs()) {
                if (!known.contains(input) && !makers.containsKey(input)) {
                    throw new MalformedModel(
                            "node '" + node.name() + "' reads '" + input + "', which nothing in the model makes");
                }
            }
        }
        return new NodeOrder(nodes, makers).sorted();
    }
}
