package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Missing;
import org.espalier.onnx.lower.LoweredTensor.Places;
import org.espalier.onnx.lower.LoweredTensor.Rows;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.model.Model;
import org.espalier.onnx.model.Node;

/** Goes through the nodes of a model in order and makes operations of them. */
public final class GraphLowering {
    private final Map<String, LoweredTensor> tensors = new LinkedHashMap<>();
    private final List<ImportedOp> operations = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> read = new HashSet<>();
    private final Map<Constant, Map<List<Long>, Constant>> shaped = new HashMap<>();
    private final Set<Ref> zeros = new HashSet<>();
    private final int batchAxis;
    private long fixedBatch;

    private GraphLowering(int batchAxis) {
        this.batchAxis = batchAxis;
    }

    /**
     * The operations of a model.
     *
     * @param inputs its inputs, in order; the first axis of each is the batch
     * @param names the names of the inputs
     * @param kinds for each input whether it is of whole numbers
     * @param operations the operations, each behind those that it reads
     * @param outputs its results by name
     * @param problems nodes that cannot be imported, with the reasons; if there are any, the rest is worth nothing
     */
    public record Lowered(
            List<Ref> inputs,
            List<String> names,
            List<ElementKind> kinds,
            List<ImportedOp> operations,
            Map<String, Ref> outputs,
            List<String> problems) {}

    /**
     * Lowers a model.
     *
     * @param batchAxis the axis of the batch in its inputs; below 0 the model computes one sample, and the network gets
     *     a batch in front
     */
    public static Lowered lower(Model model, int batchAxis) {
        return new GraphLowering(batchAxis).lower(model);
    }

    private Lowered lower(Model model) {
        model.nodes().forEach(node -> read.addAll(node.inputs()));
        read.addAll(model.outputs());
        model.constants().forEach((name, constant) -> tensors.put(name, new Known(constant)));
        List<Ref> inputs = new ArrayList<>();
        for (Model.Input input : model.inputs()) {
            try {
                Value value = input(input);
                inputs.add(value.ref());
                tensors.put(input.name(), value);
            } catch (Unsupported problem) {
                problems.add("input '" + input.name() + "': " + problem.getMessage());
                tensors.put(input.name(), new Missing());
            }
        }
        model.nodes().forEach(this::lower);
        Map<String, Ref> outputs = new LinkedHashMap<>();
        for (String output : model.outputs()) {
            LoweredTensor tensor = tensors.get(output);
            if (tensor == null || tensor instanceof Known) {
                problems.add("output '" + output + "': it depends on no input, so there is nothing to compute");
            } else if (tensor instanceof Rows rows) {
                problems.add("output '" + output + "': it is " + rows.value().form()
                        + " with the axes up to the batch as one, where samples do not stay together");
            } else if (tensor instanceof Places) {
                problems.add("output '" + output + "': it has no axis for the batch");
            } else if (tensor instanceof Value value) {
                outputs.put(output, asNumbers(value, output).ref());
            }
        }
        return new Lowered(
                inputs,
                model.inputs().stream().map(Model.Input::name).toList(),
                model.inputs().stream().map(Model.Input::kind).toList(),
                operations,
                outputs,
                problems);
    }

    private Value asNumbers(Value value, String output) {
        return new NodeLowering(
                        new Node(output, "output", "", 0, List.of(), List.of(output), Map.of(), List.of()), this)
                .number(value);
    }

    private Value input(Model.Input input) throws Unsupported {
        List<Long> sizes = new ArrayList<>(input.sizes());
        if (batchAxis >= 0) {
            if (sizes.size() <= batchAxis) {
                throw new Unsupported("it has the axes " + sizes + ", and so no axis " + batchAxis + " for the batch");
            }
            long given = sizes.get(batchAxis);
            if (given > 0) {
                if (fixedBatch != 0 && fixedBatch != given) {
                    throw new Unsupported("its axis " + batchAxis + ", the batch, is " + given
                            + ", but that of an input before it is " + fixedBatch);
                }
                fixedBatch = given;
            }
            sizes.set(batchAxis, 1L);
        }
        if (sizes.contains(-1L)) {
            throw new Unsupported("its shape is " + input.sizes()
                    + ", where -1 stands for sizes that are not fixed; only the batch may be open."
                    + " Export the model with fixed sizes");
        }
        Form form = new Form(input.kind(), sizes, batchAxis >= 0 ? batchAxis : Form.NONE);
        return new Value(new Ref(form.own(), false, input.name()), form);
    }

    private void lower(Node node) {
        NodeLowering lowering = new NodeLowering(node, this);
        if (lowering.missesInput()) {
            node.outputs().forEach(output -> tensors.put(output, new Missing()));
            return;
        }
        try {
            if (StrideNodes.lower(lowering, this)) {
                return;
            }
            List<Constant> folded = lowering.readsConstantsOnly() ? Folding.fold(node, lowering.constants()) : null;
            if (folded != null) {
                boolean learned = lowering.constants().stream().anyMatch(read -> read != null && read.learned());
                for (int i = 0; i < node.outputs().size() && i < folded.size(); i++) {
                    Constant made = folded.get(i);
                    tensors.put(
                            node.outputs().get(i),
                            new Known(made.named(nameOf(made, lowering), learned && made.kind() == ElementKind.REAL)));
                }
                return;
            }
            Rules.Rule rule = node.domain().isEmpty() ? Rules.of(node.operator()) : null;
            if (rule == null) {
                throw new Unsupported(
                        node.domain().isEmpty()
                                ? "there is no rule for this operator"
                                : "it is an operator of the domain '" + node.domain() + "', not of ONNX");
            }
            if (!RowNodes.lower(lowering, this, rule)) {
                rule.lower(lowering);
            }
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !tensors.containsKey(output)) {
                    tensors.put(output, new Missing());
                    if (read.contains(output)) {
                        throw new Unsupported("its output '" + output + "' is not supported");
                    }
                }
            }
        } catch (IndexOutOfBoundsException | ArithmeticException | ClassCastException | NegativeArraySizeException e) {
            // Rules take it that inputs have the axes that ONNX wants of them.
            fail(node, "its inputs and attributes do not fit each other: " + e.getMessage());
        } catch (Unsupported problem) {
            fail(node, String.valueOf(problem.getMessage()));
        }
    }

    private void fail(Node node, String reason) {
        problems.add("node '" + node.name() + "', " + node.operator() + " (version " + node.version() + "): " + reason);
        node.outputs().forEach(output -> tensors.put(output, new Missing()));
    }

    private static String nameOf(Constant made, NodeLowering lowering) {
        for (Constant read : lowering.constants()) {
            if (read != null && read.learned() && read.name() != null) {
                return read.name();
            }
        }
        return made.name() == null ? lowering.node().outputs().get(0) : made.name();
    }

    LoweredTensor tensor(String name) {
        return tensors.getOrDefault(name, new Missing());
    }

    void put(String name, LoweredTensor tensor) {
        tensors.put(name, tensor);
    }

    void add(ImportedOp op) {
        operations.add(op);
    }

    void addZero(Ref zero) {
        zeros.add(zero);
    }

    boolean isZero(Ref ref) {
        return zeros.contains(ref);
    }

    /** A constant under another shape: the same object each time, so that it stays one parameter. */
    Constant shaped(Constant constant, List<Long> shape) {
        return shaped.computeIfAbsent(constant, of -> new HashMap<>())
                .computeIfAbsent(List.copyOf(shape), constant::reshaped);
    }

    /** The size of the batch that the model fixes, or 0. */
    long fixedBatch() {
        return fixedBatch;
    }
}
