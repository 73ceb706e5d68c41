package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Missing;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.model.Node;
import org.jspecify.annotations.Nullable;

/** A node while its rule works: its inputs, the operations that it adds, its outputs. */
final class NodeLowering {
    /** Stands in a subscript for the second operand. */
    static final String INDEX = "#";

    private final Node node;
    private final GraphLowering lowering;

    NodeLowering(Node node, GraphLowering lowering) {
        this.node = node;
        this.lowering = lowering;
    }

    Node node() {
        return node;
    }

    /** The size of the batch that the model fixes, or 0. */
    long fixedBatch() {
        return lowering.fixedBatch();
    }

    boolean missesInput() {
        return node.inputs().stream().anyMatch(input -> !input.isEmpty() && lowering.tensor(input) instanceof Missing);
    }

    boolean readsConstantsOnly() {
        return node.inputs().stream().allMatch(input -> input.isEmpty() || lowering.tensor(input) instanceof Known);
    }

    /** The inputs that are constants; null for those that are not, or not there. */
    List<@Nullable Constant> constants() {
        List<@Nullable Constant> all = new ArrayList<>();
        for (String input : node.inputs()) {
            all.add(lowering.tensor(input) instanceof Known known ? known.constant() : null);
        }
        return all;
    }

    /** An input that must be there. */
    LoweredTensor tensor(int index) throws Unsupported {
        if (!node.hasInput(index)) {
            throw new Unsupported("input " + index + " is not there");
        }
        return lowering.tensor(node.inputs().get(index));
    }

    /** An input that must depend on inputs of the model. */
    Value value(int index) throws Unsupported {
        if (tensor(index) instanceof Value value) {
            return value;
        }
        throw new Unsupported("input " + index + ", '" + node.inputs().get(index)
                + "', is a constant, but must depend on an input of the model");
    }

    /** As {@link #value}, truth values as 0 and 1. */
    Value numbers(int index) throws Unsupported {
        return number(value(index));
    }

    /** An input that must be known. */
    Constant constant(int index) throws Unsupported {
        if (tensor(index) instanceof Known known) {
            return known.constant();
        }
        throw new Unsupported("input " + index + ", '" + node.inputs().get(index)
                + "', must be a constant, but depends on an input of the model");
    }

    /** An input that is known if it is there, or null. */
    @Nullable
    Constant optionalConstant(int index) throws Unsupported {
        return node.hasInput(index) ? constant(index) : null;
    }

    /** Whole numbers of an input, or of an attribute where older versions have them; null if there are neither. */
    @Nullable
    List<Long> wholes(int input, String attribute) throws Unsupported {
        Constant constant = optionalConstant(input);
        return constant != null ? constant.wholeNumbers() : node.wholes(attribute);
    }

    // What the node makes

    void result(LoweredTensor tensor) {
        result(0, tensor);
    }

    void result(int index, LoweredTensor tensor) {
        if (index < node.outputs().size() && !node.outputs().get(index).isEmpty()) {
            lowering.put(node.outputs().get(index), tensor);
        }
    }

    boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    // Operations

    Value layer(
            String word, List<OpArgument> arguments, Map<String, Constant> weights, Form form, OpOperand... operands) {
        return add(ImportedOp.Style.LAYER, word, List.of(operands), arguments, weights, form, false);
    }

    Value layer(String word, Form form, Value of) {
        return layer(word, List.of(), Map.of(), form, of.ref());
    }

    Value function(String word, Form form, List<OpArgument> arguments, OpOperand... operands) {
        return add(ImportedOp.Style.FUNCTION, word, List.of(operands), arguments, Map.of(), form, false);
    }

    Value function(String word, Form form, OpOperand... operands) {
        return function(word, form, List.of(), operands);
    }

    Value method(String word, Form form, Value of, List<OpArgument> arguments) {
        return add(ImportedOp.Style.METHOD, word, List.of(of.ref()), arguments, Map.of(), form, false);
    }

    Value operator(String word, Form form, OpOperand... operands) {
        return add(ImportedOp.Style.OPERATOR, word, List.of(operands), List.of(), Map.of(), form, false);
    }

    Value condition(String word, Form form, OpOperand... operands) {
        return add(
                ImportedOp.Style.OPERATOR,
                word,
                List.of(operands),
                List.of(),
                Map.of(),
                form.of(ElementKind.TRUTH),
                true);
    }

    Value subscript(Form form, Value of, List<OpArgument> arguments) {
        return add(ImportedOp.Style.SUBSCRIPT, "[]", List.of(of.ref()), arguments, Map.of(), form, false);
    }

    /** A parameter or buffer that every sample gets. */
    Value spread(OpOperand weight, Form form, List<OpArgument> sizes) {
        Value made = add(ImportedOp.Style.METHOD, "expand", List.of(weight), sizes, Map.of(), form, false);
        if (weight instanceof OpOperand.Weight constant && constant.numbers().isEverywhere(0)) {
            lowering.addZero(made.ref());
        }
        return made;
    }

    /** Tells whether a tensor is a constant 0. */
    boolean isZero(Value value) {
        return lowering.isZero(value.ref());
    }

    /** Elements by the whole numbers of a buffer. */
    Value taken(Form form, Value of, int axis, OpOperand index) {
        List<OpArgument> places = new ArrayList<>();
        for (int i = 0; i < axis; i++) {
            places.add(OpArgument.positional("all", Setting.of(":")));
        }
        places.add(OpArgument.positional("index", Setting.of(INDEX)));
        return add(ImportedOp.Style.SUBSCRIPT, "[]", List.of(of.ref(), index), places, Map.of(), form, false);
    }

    private Value add(
            ImportedOp.Style style,
            String word,
            List<OpOperand> operands,
            List<OpArgument> arguments,
            Map<String, Constant> weights,
            Form form,
            boolean condition) {
        Ref ref = new Ref(form.own(), condition, node.outputs().get(0));
        lowering.add(new ImportedOp(style, word, operands, arguments, weights, List.of(ref), node.modules()));
        return new Value(ref, form);
    }

    /** An operation with several results. */
    List<Value> several(
            String word,
            List<OpOperand> operands,
            List<OpArgument> arguments,
            Map<String, Constant> weights,
            List<Form> forms) {
        List<Ref> refs = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (Form form : forms) {
            Ref ref = new Ref(form.own(), false, node.outputs().get(0));
            refs.add(ref);
            values.add(new Value(ref, form));
        }
        lowering.add(new ImportedOp(ImportedOp.Style.LAYER, word, operands, arguments, weights, refs, node.modules()));
        return values;
    }

    // Truth values: comparisons, which only where reads, or 0 and 1

    /** Numbers of what may be a comparison. */
    Value number(Value value) {
        return value.ref().isCondition()
                ? function("where", value.form(), value.ref(), new OpOperand.Literal(1), new OpOperand.Literal(0))
                : value;
    }

    /** A comparison of what may be numbers. */
    Ref truth(Value value) {
        return value.ref().isCondition()
                ? value.ref()
                : condition(">", value.form(), value.ref(), new OpOperand.Literal(0.5))
                        .ref();
    }

    // Shapes

    /** The same elements in the same order in another form. */
    Value reshaped(Value value, Form form) {
        List<Long> own = form.own();
        List<Long> before = value.form().own();
        if (own.equals(before)) {
            return new Value(value.ref(), form);
        }
        Value of = number(value);
        if (own.size() < before.size()
                && !own.isEmpty()
                && own.subList(0, own.size() - 1).equals(before.subList(0, own.size() - 1))) {
            return own.size() == 1
                    ? layer("Flatten", form, of)
                    : method(
                            "flatten",
                            form,
                            of,
                            List.of(OpArgument.positional("start_dim", Setting.of(String.valueOf(own.size())))));
        }
        List<OpArgument> sizes = new ArrayList<>();
        sizes.add(OpArgument.positional("batch", Setting.of("batch")));
        own.forEach(size -> sizes.add(OpArgument.positional("size", size)));
        return method("reshape", form, of, sizes);
    }

    /** The axes in another order. */
    Value permuted(Value value, List<Integer> order) {
        Form form = value.form();
        List<Long> sizes = order.stream().map(form.sizes()::get).toList();
        int batch = form.batch() == Form.NONE ? Form.NONE : order.indexOf(form.batch());
        Form made = new Form(form.kind(), sizes, batch);
        List<Integer> axes = new ArrayList<>();
        axes.add(0);
        for (int axis : order) {
            if (form.place(axis) != 0) {
                axes.add(form.place(axis));
            }
        }
        List<Integer> moved = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            if (axes.get(i) != i) {
                moved.add(i);
            }
        }
        if (moved.isEmpty()) {
            return new Value(value.ref(), made);
        }
        boolean exchange = moved.size() == 2;
        List<OpArgument> arguments = (exchange ? moved : axes)
                .stream()
                        .map(axis -> OpArgument.positional("dim", Setting.of(String.valueOf(axis))))
                        .toList();
        return method(exchange ? "transpose" : "permute", made, number(value), arguments);
    }

    // Operands of element-wise work

    /** The form of what comes of tensors that are broadcast. */
    Form broadcast(List<LoweredTensor> tensors) throws Unsupported {
        int rank = 0;
        for (LoweredTensor tensor : tensors) {
            rank = Math.max(rank, shape(tensor).size());
        }
        List<Long> sizes = new ArrayList<>();
        int batch = Form.NONE;
        boolean first = true;
        for (LoweredTensor tensor : tensors) {
            if (tensor instanceof Value value) {
                int own = value.form().batch() == Form.NONE
                        ? Form.NONE
                        : value.form().batch() + rank - value.rank();
                if (!first && own != batch) {
                    throw new Unsupported("it meets tensors whose batches are different axes: " + describe(tensors));
                }
                batch = own;
                first = false;
            }
        }
        for (int axis = 0; axis < rank; axis++) {
            long size = 1;
            for (LoweredTensor tensor : tensors) {
                List<Long> shape = shape(tensor);
                int place = axis - rank + shape.size();
                if (place >= 0 && (axis != batch || tensor instanceof Value)) {
                    long other = shape.get(place);
                    if (other != 1 && size != 1 && other != size) {
                        throw new Unsupported("the shapes cannot be broadcast: " + describe(tensors));
                    }
                    size = other == 1 ? size : other;
                }
            }
            sizes.add(size);
        }
        return new Form(ElementKind.REAL, sizes, batch);
    }

    private static String describe(List<LoweredTensor> tensors) {
        List<String> words = new ArrayList<>();
        for (LoweredTensor tensor : tensors) {
            words.add(
                    tensor instanceof Value value
                            ? value.form().toString()
                            : shape(tensor).toString());
        }
        return String.join(" and ", words);
    }

    private static List<Long> shape(LoweredTensor tensor) {
        return tensor instanceof Value value
                ? value.sizes()
                : tensor instanceof Known known ? known.constant().shape() : List.of();
    }

    /** An operand that meets others in a tensor of a form. */
    OpOperand operand(LoweredTensor tensor, Form form) throws Unsupported {
        if (tensor instanceof Value value) {
            Value numbers = number(value);
            int missing = form.rank() - value.rank();
            if (missing == 0) {
                return aligned(numbers, form);
            }
            List<Long> sizes = new ArrayList<>(value.sizes());
            for (int i = 0; i < missing; i++) {
                sizes.add(0, 1L);
            }
            return aligned(reshaped(numbers, new Form(value.kind(), sizes, form.batch())), form);
        }
        return weight(((Known) tensor).constant(), form);
    }

    /** A batch that is multiplied with 1 has no axis for that; one that meets others with an axis needs it. */
    private OpOperand aligned(Value value, Form form) throws Unsupported {
        if (form.batch() != Form.NONE
                && !form.sizes().get(form.batch()).equals(value.sizes().get(form.batch()))) {
            throw new Unsupported("the batch is multiplied with " + form.sizes().get(form.batch())
                    + " in one tensor and " + value.sizes().get(form.batch()) + " in the other");
        }
        return value.ref();
    }

    /** A constant that meets tensors of a form: a number, or a parameter or buffer without the batch. */
    OpOperand weight(Constant constant, Form form) throws Unsupported {
        if (constant.count() == 1 && constant.rank() <= form.rank() && !constant.learned()) {
            return new OpOperand.Literal(constant.at(0));
        }
        List<Long> shape = new ArrayList<>(constant.shape());
        if (shape.size() > form.rank()) {
            throw new Unsupported("the constant " + constant + " has more axes than " + form);
        }
        int batch = form.batch() == Form.NONE ? Form.NONE : form.batch() - form.rank() + shape.size();
        if (batch >= 0) {
            long multiple = form.sizes().get(form.batch());
            if (multiple == 1) {
                if (shape.get(batch) != 1) {
                    throw new Unsupported("the constant " + constant + " is different for each sample of the batch");
                }
                shape.remove(batch);
            } else if (shape.get(batch) != 1 && shape.get(batch) != multiple) {
                throw new Unsupported("the constant " + constant + " does not fit the batch of " + form);
            }
        }
        while (shape.size() > 1 && shape.get(0) == 1) {
            shape.remove(0);
        }
        if (shape.isEmpty()) {
            shape.add(1L);
        }
        return new OpOperand.Weight(lowering.shaped(constant, shape), nameOf(constant));
    }

    private String nameOf(Constant constant) {
        String name = constant.name();
        return name == null ? "constant" : name;
    }

    /** An operation of two operands that are broadcast. */
    Value binary(String operator, LoweredTensor left, LoweredTensor right) throws Unsupported {
        Form form = broadcast(List.of(left, right));
        return operator(operator, form, operand(left, form), operand(right, form));
    }

    static Known known(double number) {
        return new Known(Constant.scalar(number));
    }
}
