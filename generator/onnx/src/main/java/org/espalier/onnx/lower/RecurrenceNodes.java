package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;

/** Lowers recurrent layers. */
final class RecurrenceNodes {
    /**
     * The places of PyTorch's gates among ONNX's: input, output, forget, cell there; input, forget, cell, output here.
     */
    private static final int[] LSTM_GATES = {0, 2, 3, 1};

    /** Update, reset, hidden there; reset, update, new here. */
    private static final int[] GRU_GATES = {1, 0, 2};

    private static final int[] RNN_GATES = {0};

    private RecurrenceNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("LSTM", node -> recurrence(node, LSTM_GATES));
        rules.put("GRU", node -> recurrence(node, GRU_GATES));
        rules.put("RNN", node -> recurrence(node, RNN_GATES));
    }

    private static void recurrence(NodeLowering node, int[] gates) throws Unsupported {
        Value x = node.numbers(0);
        boolean batchFirst = node.node().whole("layout", 0) == 1;
        int batch = batchFirst ? 0 : 1;
        if (x.rank() != 3 || x.form().batch() != batch || x.sizes().get(batch) != 1) {
            throw new Unsupported("it needs " + (batchFirst ? "[batch, steps, features]" : "[steps, batch, features]")
                    + ", but has " + x.form());
        }
        Constant weight = node.constant(1);
        Constant recurrent = node.constant(2);
        Constant bias = node.optionalConstant(3);
        int directions = (int) weight.size(0);
        long hidden = recurrent.size(2);
        long steps = x.sizes().get(1 - batch);
        requirePlain(node, steps, gates.length);
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("input_size", x.sizes().get(2)));
        arguments.add(OpArgument.positional("hidden_size", hidden));
        activation(node, directions, arguments);
        if (bias == null) {
            arguments.add(OpArgument.named("bias", Setting.of(false)));
        }
        arguments.add(OpArgument.named("batch_first", Setting.of(true)));
        if (directions == 2) {
            arguments.add(OpArgument.named("bidirectional", Setting.of(true)));
        }
        Map<String, Constant> weights = LoweredTensors.weights();
        for (int direction = 0; direction < directions; direction++) {
            String end = direction == 0 ? "_l0" : "_l0_reverse";
            weights.put("weight_ih" + end, gates(rows(weight, direction), gates, hidden));
            weights.put("weight_hh" + end, gates(rows(recurrent, direction), gates, hidden));
            if (bias != null) {
                Constant both = rows(bias, direction);
                weights.put("bias_ih" + end, gates(LoweredTensors.part(both, 0, 0, both.size(0) / 2), gates, hidden));
                weights.put(
                        "bias_hh" + end,
                        gates(LoweredTensors.part(both, 0, both.size(0) / 2, both.size(0) / 2), gates, hidden));
            }
        }
        boolean backwards = node.node().text("direction", "forward").equals("reverse");
        run(node, x, backwards, directions, hidden, gates.length, arguments, weights);
    }

    private static void requirePlain(NodeLowering node, long steps, int gates) throws Unsupported {
        if (node.node().has("clip") || node.node().whole("input_forget", 0) == 1) {
            throw new Unsupported("'clip' and 'input_forget' are not supported");
        }
        Constant lengths = node.optionalConstant(4);
        if (lengths != null && !lengths.isEverywhere((double) steps)) {
            throw new Unsupported("sequences of different lengths are not supported");
        }
        if (node.node().hasInput(7) && !node.constant(7).isEverywhere(0)) {
            throw new Unsupported("peepholes are not supported");
        }
        if (gates == 3 && node.node().whole("linear_before_reset", 0) != 1) {
            throw new Unsupported("'linear_before_reset' must be 1, as PyTorch's GRU has it");
        }
    }

    private static void activation(NodeLowering node, int directions, List<OpArgument> arguments) throws Unsupported {
        List<String> given = node.node().texts("activations");
        if (given == null) {
            return;
        }
        boolean plain = node.node().operator().equals("RNN");
        List<String> usual = node.node().operator().equals("LSTM")
                ? List.of("Sigmoid", "Tanh", "Tanh")
                : plain ? List.of("Tanh") : List.of("Sigmoid", "Tanh");
        for (int i = 0; i < given.size(); i++) {
            boolean same = given.get(i).equalsIgnoreCase(usual.get(i % usual.size()));
            boolean relu = plain
                    && given.get(i).equalsIgnoreCase("Relu")
                    && given.get(0).equalsIgnoreCase("Relu");
            if ((!same && !relu) || given.size() != directions * usual.size()) {
                throw new Unsupported("the activations " + given + " are not supported");
            }
            if (relu && i == 0) {
                arguments.add(OpArgument.named("nonlinearity", Setting.of("'relu'")));
            }
        }
    }

    private static void run(
            NodeLowering node,
            Value x,
            boolean backwards,
            int directions,
            long hidden,
            int gates,
            List<OpArgument> arguments,
            Map<String, Constant> weights)
            throws Unsupported {
        boolean batchFirst = node.node().whole("layout", 0) == 1;
        boolean hasCell = gates == 4;
        long steps = x.sizes().get(batchFirst ? 1 : 0);
        Form all = new Form(x.kind(), List.of(1L, steps, directions * hidden), 0);
        Form last = new Form(x.kind(), List.of(1L, (long) directions, hidden), 0);
        Form given = new Form(x.kind(), List.of(1L, steps, x.sizes().get(2)), 0);
        List<OpOperand> operands = new ArrayList<>();
        operands.add(backwards ? turned(node, x, given).ref() : x.ref());
        operands.addAll(states(node, hasCell ? 2 : 1, batchFirst ? 0 : 1, last));
        List<Form> forms = hasCell ? List.of(all, last, last) : List.of(all, last);
        List<Value> made = new ArrayList<>(node.several(node.node().operator(), operands, arguments, weights, forms));
        if (backwards) {
            made.set(0, turned(node, made.get(0), all));
        }
        if (node.wants(0)) {
            // [batch, steps, directions · hidden] → [steps, directions, batch, hidden]
            Value apart =
                    node.reshaped(made.get(0), new Form(x.kind(), List.of(1L, steps, (long) directions, hidden), 0));
            node.result(0, batchFirst ? apart : node.permuted(apart, List.of(1, 2, 0, 3)));
        }
        for (int i = 1; i < made.size(); i++) {
            if (node.wants(i)) {
                node.result(i, batchFirst ? made.get(i) : node.permuted(made.get(i), List.of(1, 0, 2)));
            }
        }
    }

    /** Steps from the last to the first. */
    private static Value turned(NodeLowering node, Value of, Form form) throws Unsupported {
        int steps = Math.toIntExact(form.sizes().get(1));
        long[] places = new long[steps];
        for (int i = 0; i < steps; i++) {
            places[i] = steps - 1L - i;
        }
        Constant index = Constant.vector(places).named("backwards", false);
        return node.taken(form, of, 1, new OpOperand.Weight(index, "backwards"));
    }

    /** The first states, all of them or none. */
    private static List<OpOperand> states(NodeLowering node, int count, int batch, Form form) throws Unsupported {
        List<OpOperand> states = new ArrayList<>();
        boolean given = false;
        for (int i = 0; i < count; i++) {
            Constant zero = Constant.ofFloats(form.sizes(), new float[(int) ReshapeNodes.product(form.sizes())]);
            LoweredTensor tensor = node.node().hasInput(5 + i)
                    ? node.tensor(5 + i)
                    : new LoweredTensor.Known(zero.named("zero", false));
            if (tensor instanceof LoweredTensor.Known known) {
                given |= !known.constant().isEverywhere(0);
                states.add(everySample(node, known.constant(), node.node().hasInput(5 + i) ? batch : 0, form));
            } else {
                Value state = node.numbers(5 + i);
                given |= !node.isZero(state);
                states.add(state.ref());
            }
        }
        return given ? states : List.of();
    }

    /** A constant state, which must be the same for each sample of the batch. */
    private static OpOperand everySample(NodeLowering node, Constant state, int batch, Form form) throws Unsupported {
        Constant first = LoweredTensors.part(state, batch, 0, 1);
        for (long i = 1; i < state.size(batch); i++) {
            if (!Arrays.equals(LoweredTensors.part(state, batch, i, 1).numbers(), first.numbers())) {
                throw new Unsupported("its first state is a constant that differs between the samples of the batch");
            }
        }
        List<Long> own = form.own();
        List<OpArgument> sizes = new ArrayList<>();
        sizes.add(OpArgument.positional("batch", Setting.of("batch")));
        own.forEach(size -> sizes.add(OpArgument.positional("size", size)));
        String name = state.name() == null ? "state" : state.name();
        Constant one = first.reshaped(own).named(name, state.learned());
        return node.spread(new OpOperand.Weight(one, name), form, sizes).ref();
    }

    private static Constant rows(Constant of, int direction) {
        Constant part = LoweredTensors.part(of, 0, direction, 1);
        return part.reshaped(part.shape().subList(1, part.rank()));
    }

    private static Constant gates(Constant of, int[] order, long hidden) {
        List<Constant> parts = new ArrayList<>();
        for (int gate : order) {
            parts.add(LoweredTensors.part(of, 0, gate * hidden, hidden));
        }
        return LoweredTensors.joined(parts);
    }
}
