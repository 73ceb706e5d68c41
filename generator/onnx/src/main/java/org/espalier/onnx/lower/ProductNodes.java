package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.jspecify.annotations.Nullable;

/** Lowers matrix products. */
final class ProductNodes {
    private ProductNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("MatMul", node -> node.result(product(node, node.tensor(0), node.tensor(1))));
        rules.put("Gemm", ProductNodes::gemm);
        rules.put("Einsum", ProductNodes::einsum);
    }

    /** A layer of a product with a constant [in, out]. */
    private static Value linear(
            NodeLowering node, Value x, Constant weight, boolean transposed, @Nullable Constant bias) {
        Constant rows = transposed ? weight : LoweredTensors.transposed(weight);
        List<Long> sizes = new ArrayList<>(x.sizes());
        sizes.set(x.rank() - 1, rows.size(0));
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("in_features", rows.size(1)));
        arguments.add(OpArgument.positional("out_features", rows.size(0)));
        if (bias == null) {
            arguments.add(OpArgument.named("bias", Setting.of(false)));
            return node.layer(
                    "Linear", arguments, Map.of("weight", rows), x.form().sized(sizes), x.ref());
        }
        return node.layer(
                "Linear",
                arguments,
                LoweredTensors.weights("weight", rows, "bias", bias),
                x.form().sized(sizes),
                x.ref());
    }

    static Value product(NodeLowering node, LoweredTensor left, LoweredTensor right) throws Unsupported {
        if (left instanceof Value x && right instanceof Known w && w.constant().rank() == 2) {
            Value numbers = node.number(x);
            x.form().axis(x.rank() - 1);
            if (x.sizes().get(x.rank() - 1) != w.constant().size(0)) {
                throw new Unsupported(
                        "the product of " + x.form() + " and " + w.constant().shape() + " has no meaning");
            }
            return linear(node, numbers, w.constant(), false, null);
        }
        boolean row = rank(left) == 1;
        boolean column = rank(right) == 1;
        LoweredTensor a = row ? unsqueezed(node, left, 0) : left;
        LoweredTensor b = column ? unsqueezed(node, right, 1) : right;
        int rank = Math.max(rank(a), rank(b));
        Value first = operand(node, a, b, rank);
        Value second = operand(node, b, a, rank);
        if (first.form().batch() != second.form().batch()
                || first.form().batch() >= rank - 2
                || (first.form().batch() >= 0
                        && !first.sizes()
                                .get(first.form().batch())
                                .equals(second.sizes().get(first.form().batch())))) {
            throw new Unsupported("the product of " + first.form() + " and " + second.form() + " mixes samples");
        }
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < rank - 2; i++) {
            sizes.add(Math.max(first.sizes().get(i), second.sizes().get(i)));
        }
        sizes.add(first.sizes().get(rank - 2));
        sizes.add(second.sizes().get(rank - 1));
        if (!first.sizes().get(rank - 1).equals(second.sizes().get(rank - 2))) {
            throw new Unsupported("the product of " + first.form() + " and " + second.form() + " has no meaning");
        }
        Value made = node.operator(
                "@", new Form(ElementKind.REAL, sizes, first.form().batch()), first.ref(), second.ref());
        if (row || column) {
            List<Long> left0 = new ArrayList<>(made.form().symbolic());
            if (column) {
                left0.remove(left0.size() - 1);
            }
            if (row) {
                left0.remove(left0.size() - (column ? 1 : 2));
            }
            made = node.reshaped(made, ReshapeNodes.of(made.form(), left0, node.fixedBatch()));
        }
        return made;
    }

    private static int rank(LoweredTensor tensor) {
        return tensor instanceof Value value
                ? value.rank()
                : ((Known) tensor).constant().rank();
    }

    private static LoweredTensor unsqueezed(NodeLowering node, LoweredTensor tensor, int axis) throws Unsupported {
        if (tensor instanceof Known known) {
            List<Long> shape = new ArrayList<>(known.constant().shape());
            shape.add(axis, 1L);
            return new Known(known.constant().reshaped(shape));
        }
        Value value = (Value) tensor;
        if (value.form().batch() == 0) {
            throw new Unsupported("the product of " + value.form() + " mixes samples");
        }
        List<Long> sizes = new ArrayList<>(value.sizes());
        sizes.add(axis, 1L);
        return node.reshaped(value, value.form().sized(sizes));
    }

    /** A factor with as many axes as the product, with a batch. */
    private static Value operand(NodeLowering node, LoweredTensor tensor, LoweredTensor other, int rank)
            throws Unsupported {
        if (tensor instanceof Value value) {
            int missing = rank - value.rank();
            List<Long> sizes = new ArrayList<>(value.sizes());
            for (int i = 0; i < missing; i++) {
                sizes.add(0, 1L);
            }
            int batch =
                    value.form().batch() == Form.NONE ? Form.NONE : value.form().batch() + missing;
            return node.reshaped(node.number(value), new Form(value.kind(), sizes, batch));
        }
        Constant constant = ((Known) tensor).constant();
        Form like = ((Value) other).form();
        int batch = like.batch() == Form.NONE ? Form.NONE : like.batch() + rank - like.rank();
        List<Long> sizes = new ArrayList<>(constant.shape());
        while (sizes.size() < rank) {
            sizes.add(0, 1L);
        }
        if (batch != Form.NONE) {
            sizes.set(batch, like.sizes().get(like.batch()));
        }
        return ShapeNodes.spread(node, constant, new Form(ElementKind.REAL, sizes, batch));
    }

    private static void gemm(NodeLowering node) throws Unsupported {
        double alpha = node.node().real("alpha", 1);
        double beta = node.node().real("beta", 1);
        boolean left = node.node().whole("transA", 0) == 1;
        boolean right = node.node().whole("transB", 0) == 1;
        boolean plain = node.tensor(0) instanceof Value && node.tensor(1) instanceof Known && !left;
        if (plain && (!node.node().hasInput(2) || node.tensor(2) instanceof Known)) {
            Value x = node.numbers(0);
            Constant weight = node.constant(1);
            long out = weight.size(right ? 0 : 1);
            Constant bias = node.optionalConstant(2);
            boolean broadcast =
                    bias == null || bias.count() == 1 || (bias.count() == out && bias.size(bias.rank() - 1) == out);
            if (broadcast) {
                Constant scaled = LoweredTensors.scaled(weight, alpha);
                Constant shift = bias == null ? null : LoweredTensors.scaled(LoweredTensors.filled(bias, out), beta);
                x.form().axis(x.rank() - 1);
                node.result(linear(node, x, scaled, right, shift));
                return;
            }
        }
        LoweredTensor a = left ? transposed(node, node.tensor(0)) : node.tensor(0);
        LoweredTensor b = right ? transposed(node, node.tensor(1)) : node.tensor(1);
        Value product = product(node, a, b);
        if (alpha != 1) {
            product = node.operator("*", product.form(), new Literal(alpha), product.ref());
        }
        if (node.node().hasInput(2)) {
            LoweredTensor c = node.tensor(2);
            product = node.binary("+", product, beta == 1 ? c : node.binary("*", NodeLowering.known(beta), c));
        }
        node.result(product);
    }

    private static LoweredTensor transposed(NodeLowering node, LoweredTensor tensor) {
        return tensor instanceof Known known
                ? new Known(LoweredTensors.transposed(known.constant()))
                : node.permuted((Value) tensor, List.of(1, 0));
    }

    /** A product with a constant [out, in] along an axis, which stands in for what is linear and has no name. */
    static Value along(NodeLowering node, Value x, int axis, Constant matrix, String name) throws Unsupported {
        x.form().axis(axis);
        int last = x.rank() - 1;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            order.add(i == axis ? last : i == last ? axis : i);
        }
        Value turned = axis == last ? x : node.permuted(x, order);
        List<Long> sizes = new ArrayList<>(turned.sizes());
        sizes.set(last, matrix.size(0));
        Form form = turned.form().sized(sizes);
        // A batch at the end would have to be moved first; the axis is then not the last of the network.
        turned.form().axis(last);
        Value made =
                node.operator("@", form, turned.ref(), new OpOperand.Weight(LoweredTensors.transposed(matrix), name));
        return axis == last ? made : node.permuted(made, order);
    }

    /** The equation with letters for the axes that dots stand for, which are aligned from the last one on. */
    private static String spelled(NodeLowering node, String equation, String[] terms) throws Unsupported {
        StringBuilder letters = new StringBuilder();
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            letters.append(equation.indexOf(letter) < 0 ? String.valueOf(letter) : "");
        }
        int most = 0;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            int dots = terms[i].contains("...") ? rank(node.tensor(i)) - terms[i].length() + 3 : 0;
            if (dots < 0 || dots > letters.length()) {
                throw new Unsupported("the equation '" + equation + "' does not name the axes of its operands");
            }
            most = Math.max(most, dots);
            words.add(terms[i].replace("...", new StringBuilder(letters.substring(0, dots)).reverse()));
        }
        String all = new StringBuilder(letters.substring(0, most)).reverse().toString();
        int arrow = equation.indexOf("->");
        String result = arrow < 0
                ? all + implicit(String.join("", terms).replace(".", ""))
                : equation.substring(arrow + 2).replace("...", all);
        return String.join(",", words) + "->" + result;
    }

    private static void einsum(NodeLowering node) throws Unsupported {
        einsum(node, node.node().text("equation", "").replace(" ", ""));
    }

    private static void einsum(NodeLowering node, String equation) throws Unsupported {
        int arrow = equation.indexOf("->");
        String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",");
        if (equation.contains("...")) {
            einsum(node, spelled(node, equation, terms));
            return;
        }
        if (terms.length != node.node().inputs().size()) {
            throw new Unsupported("the equation '" + equation + "' is not supported");
        }
        String result = arrow < 0 ? implicit(String.join("", terms)) : equation.substring(arrow + 2);
        char batch = 0;
        List<String> words = new ArrayList<>();
        OpOperand[] operands = new OpOperand[terms.length];
        Map<Character, Long> lengths = new HashMap<>();
        for (int i = 0; i < terms.length; i++) {
            if (terms[i].chars().distinct().count() != terms[i].length()) {
                throw new Unsupported("the equation '" + equation + "' has a letter twice in a term");
            }
            if (!(node.tensor(i) instanceof Value value)) {
                Constant constant = node.constant(i);
                operands[i] = new OpOperand.Weight(constant, constant.name() == null ? "constant" : constant.name());
                words.add(terms[i]);
                for (int k = 0; k < terms[i].length(); k++) {
                    lengths.put(terms[i].charAt(k), constant.size(k));
                }
                continue;
            }
            if (value.rank() != terms[i].length()) {
                throw new Unsupported("'" + terms[i] + "' does not name the axes of " + value.form());
            }
            operands[i] = node.number(value).ref();
            char own = value.form().batch() == Form.NONE
                    ? unused(equation)
                    : terms[i].charAt(value.form().batch());
            if ((batch != 0 && batch != own)
                    || (value.form().batch() >= 0
                            && value.sizes().get(value.form().batch()) != 1)) {
                throw new Unsupported("the equation '" + equation + "' mixes samples");
            }
            batch = own;
            words.add(own + terms[i].replace(String.valueOf(own), ""));
            for (int k = 0; k < terms[i].length(); k++) {
                lengths.put(terms[i].charAt(k), value.sizes().get(k));
            }
        }
        boolean none = equation.indexOf(batch) < 0;
        int place = none ? Form.NONE : result.indexOf(batch);
        if (!none && place < 0) {
            throw new Unsupported("the equation '" + equation + "' mixes samples");
        }
        String made = batch + result.replace(String.valueOf(batch), "");
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < result.length(); i++) {
            char letter = result.charAt(i);
            sizes.add(letter == batch ? 1L : lengths.getOrDefault(letter, 1L));
        }
        node.result(node.function(
                "einsum",
                new Form(ElementKind.REAL, sizes, place),
                List.of(OpArgument.positional(
                        "equation", Setting.of("'" + String.join(",", words) + "->" + made + "'"))),
                operands));
    }

    private static String implicit(String letters) {
        StringBuilder once = new StringBuilder();
        letters.chars()
                .sorted()
                .distinct()
                .filter(letter -> letters.indexOf(letter) == letters.lastIndexOf(letter))
                .forEach(letter -> once.append((char) letter));
        return once.toString();
    }

    private static char unused(String equation) {
        for (char letter = 'z'; letter > 'a'; letter--) {
            if (equation.indexOf(letter) < 0) {
                return letter;
            }
        }
        return 'Z';
    }
}
