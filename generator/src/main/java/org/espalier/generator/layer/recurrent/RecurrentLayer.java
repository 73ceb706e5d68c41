package org.espalier.generator.layer.recurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.dropout.Dropout;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Slice;

/**
 * {@code RNN}, {@code LSTM} and {@code GRU}: cells over a sequence [batch, length, features], one layer of them on
 * another, in one direction or in both. The products with the input are those of a linear layer, of the whole sequence
 * at once. Weights and biases start uniform in ±1/√size.
 *
 * <p>Where it is applied, initial states can be given and the last ones taken, [batch, layers · directions, size].
 *
 * @param state the size of the state, which is that of the cell unless an LSTM projects it
 * @param given whether initial states are given
 * @param apart whether the last states are results too
 */
record RecurrentLayer(
        String word,
        Cell cell,
        int inputs,
        int size,
        int state,
        int layers,
        boolean hasBias,
        double dropout,
        boolean bidirectional,
        boolean given,
        boolean apart,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements LayerRule {
    private static final String BATCH_FIRST = "batch_first";
    private static final String NONLINEARITY = "nonlinearity";
    private static final String PROJECTION = "proj_size";
    private static final String STATES = "hx";
    private static final String SEQUENCE = "[batch, 5, 3]";

    static final LayerDefinition RNN = layer(
                    "RNN",
                    Signature.of("RNN")
                            .required("input_size", Type.INT)
                            .required("hidden_size", Type.INT)
                            .with("num_layers", 1)
                            .with(NONLINEARITY, Type.STRING, new Datum.Text("tanh")))
            .example("RNN(3, 4, batch_first=true)", SEQUENCE, "[batch, 5, 4]", 36)
            .example("RNN(3, 4, 2, 'relu', batch_first=true)", SEQUENCE, "[batch, 5, 4]", 76)
            .example("RNN(3, 2, bias=false, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 20)
            .example("RNN(3, 4, 2, batch_first=true)", SEQUENCE + " & [batch, 2, 4]", "[batch, 5, 4]", 76);

    static final LayerDefinition LSTM = layer(
                    "LSTM",
                    Signature.of("LSTM")
                            .required("input_size", Type.INT)
                            .required("hidden_size", Type.INT)
                            .with("num_layers", 1))
            .example("LSTM(3, 4, batch_first=true)", SEQUENCE, "[batch, 5, 4]", 144)
            .example("LSTM(3, 4, bias=false, batch_first=true)", "[batch, 1, 3]", "[batch, 1, 4]", 112)
            .example("LSTM(3, 2, 2, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 240)
            .example("LSTM(3, 2, num_layers=2, batch_first=true, dropout=0.5)", SEQUENCE, "[batch, 5, 2]", 104)
            .example("LSTM(3, 4, batch_first=true, proj_size=2)", SEQUENCE, "[batch, 5, 2]", 120)
            .example(
                    "LSTM(3, 4, 2, batch_first=true, bidirectional=true, proj_size=2)",
                    SEQUENCE + " & [batch, 4, 2] & [batch, 4, 4]",
                    "[batch, 5, 4]",
                    512)
            .example(
                    "LSTM(3, 4, bias=false, batch_first=true)",
                    SEQUENCE + " & [batch, 1, 4] & [batch, 1, 4]",
                    "[batch, 5, 4]",
                    112);

    static final LayerDefinition GRU = layer(
                    "GRU",
                    Signature.of("GRU")
                            .required("input_size", Type.INT)
                            .required("hidden_size", Type.INT)
                            .with("num_layers", 1))
            .example("GRU(3, 4, batch_first=true)", SEQUENCE, "[batch, 5, 4]", 108)
            .example("GRU(3, 2, 2, bias=false, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 132)
            .example(
                    "GRU(3, 2, batch_first=true, bidirectional=true)",
                    SEQUENCE + " & [batch, 2, 2]",
                    "[batch, 5, 4]",
                    84);

    private static LayerDefinition layer(String word, Signature.Builder signature) {
        signature
                .with("bias", true)
                .with(BATCH_FIRST, false)
                .with("dropout", 0.0)
                .with("bidirectional", false);
        if (word.equals("LSTM")) {
            signature.with(PROJECTION, 0);
        }
        return LayerDefinition.layer(signature.regularizers().build(), arguments -> of(word, arguments));
    }

    private static RecurrentLayer of(String word, Arguments arguments) {
        if (!arguments.bool(BATCH_FIRST)) {
            arguments.unsupported(
                    BATCH_FIRST,
                    BATCH_FIRST + "=true",
                    Optional.of("write batch_first=true: the batch is always the first axis, and time the second"));
        }
        boolean bias = arguments.bool("bias");
        Cell cell = arguments.has(NONLINEARITY) ? plain(arguments) : Cell.valueOf(word);
        int inputs = arguments.integer("input_size", 1);
        int size = arguments.integer("hidden_size", 1);
        int projected = arguments.has(PROJECTION) ? arguments.integer(PROJECTION, 0) : 0;
        if (projected >= size && projected > 0) {
            arguments.outOfRange(PROJECTION, "less than hidden_size, " + size);
        }
        int state = projected > 0 ? projected : size;
        int layers = arguments.integer("num_layers", 1);
        if (layers > Limits.LAYERS) {
            arguments.outOfRange("num_layers", "at most " + Limits.LAYERS);
        }
        arguments.checkSize("weight_ih_l0", (long) cell.gates() * size, inputs);
        arguments.checkSize("weight_hh_l0", (long) cell.gates() * size, state);
        return new RecurrentLayer(
                word,
                cell,
                inputs,
                size,
                state,
                layers,
                bias,
                arguments.real("dropout", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                arguments.bool("bidirectional"),
                false,
                false,
                arguments.penalty("weight_regularizer"),
                Biases.penalty(arguments, bias));
    }

    private static Cell plain(Arguments arguments) {
        Map<String, Cell> cells = Map.of("tanh", Cell.RNN_TANH, "relu", Cell.RNN_RELU);
        String word = arguments.text(NONLINEARITY);
        if (!cells.containsKey(word)) {
            arguments.outOfRange(NONLINEARITY, "'tanh' or 'relu'");
        }
        return cells.getOrDefault(word, Cell.RNN_TANH);
    }

    @Override
    public String kind() {
        return word.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    /** {@code forward} of PyTorch's {@code RNN}, {@code LSTM} and {@code GRU}. */
    @Override
    public Optional<Signature> forward() {
        return Optional.of(Signature.of(word)
                .required("input", Type.TENSOR)
                .with(STATES, Type.TENSORS, new Datum.None())
                .build());
    }

    @Override
    public LayerRule applied(Arguments arguments) {
        boolean states = !arguments.isNone(STATES);
        if (states && Type.elements(arguments.get(STATES)).size() != stateCount()) {
            arguments.outOfRange(STATES, cell.hasMemory() ? "two tensors, (h0, c0)" : "one tensor, h0");
        }
        return new RecurrentLayer(
                word,
                cell,
                inputs,
                size,
                state,
                layers,
                hasBias,
                dropout,
                bidirectional,
                states,
                true,
                weightPenalty,
                biasPenalty);
    }

    private int stateCount() {
        return cell.hasMemory() ? 2 : 1;
    }

    @Override
    public int inputCount() {
        return given ? 1 + stateCount() : 1;
    }

    @Override
    public int outputCount() {
        return apart ? 1 + stateCount() : 1;
    }

    /** The states of the sequence, which taken apart are those and the last ones: {@code y, (h, c)} of LSTM. */
    @Override
    public Datum result(List<Datum.Tensor> tensors) {
        Datum last = cell.hasMemory() ? new Datum.Tuple(List.copyOf(tensors.subList(1, 3))) : tensors.get(1);
        return new Datum.Tensor(tensors.get(0).symbol(), List.of(last));
    }

    @Override
    public String resultName(int place) {
        return place == 1 ? "h_n" : "c_n";
    }

    private int directions() {
        return bidirectional ? 2 : 1;
    }

    /** [batch, layers · directions, size], as initial and last states are. */
    private Shape states(int ofOne) {
        return Shape.batch(layers * directions(), ofOne);
    }

    @Override
    public Fit fit(List<Shape> given) {
        Shape x = given.get(0);
        if (x.rank() != 3 || x.last() != inputs) {
            Fit.Misfit misfit = Fit.mismatch(word, "[batch, length, " + inputs + "]", x);
            return x.rank() == 3 ? misfit.withHelp("input_size should be " + x.last()) : misfit;
        }
        List<Shape> wanted = List.of(states(state), states(size));
        List<Shape> initial = given.subList(1, given.size());
        if (!initial.equals(wanted.subList(0, initial.size()))) {
            return new Fit.Misfit(
                    DiagnosticCode.MERGE_MISMATCH,
                    List.of(
                            word,
                            "initial states [batch, num_layers · directions, size], here "
                                    + listed(wanted.subList(0, initial.size())),
                            listed(initial)),
                    Optional.of("the batch is the first axis of states too, where PyTorch has it second"));
        }
        Fit fit = Fit.of(word, x.axis(1), (long) state * directions());
        return apart && fit instanceof Fit.Fitting fitting
                ? new Fit.Fitting(Stream.concat(
                                Stream.of(fitting.shape()), wanted.stream().limit(stateCount()))
                        .toList())
                : fit;
    }

    private static String listed(List<Shape> shapes) {
        return shapes.stream().map(Shape::toString).collect(Collectors.joining(" and "));
    }

    /** The states of one layer in one direction: the sequence of them, of an LSTM its cells too. */
    private record Run(Value states, Optional<Value> cells, boolean reverse) {}

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value y = outputs.get(0);
        List<List<Value>> initial = inputs.stream()
                .skip(1)
                .map(states -> parts(wiring, states, inputs.indexOf(states) == 1 ? "h0" : "c0"))
                .toList();
        List<Run> runs = new ArrayList<>();
        Value from = inputs.get(0);
        for (int layer = 0; layer < layers; layer++) {
            boolean last = layer == layers - 1;
            Value states = last ? y : wiring.between("l" + layer, y.shape());
            layer(wiring, from, states, layer, initial, runs);
            if (last || dropout == 0) {
                from = states;
            } else {
                from = wiring.between("dropped_l" + layer, y.shape());
                Value mask = wiring.saved("mask_l" + layer, y.shape());
                wiring.add(new Dropout(wiring.origin(), states, mask, from, dropout));
            }
        }
        if (apart && wiring.isWanted(1)) {
            last(wiring, runs, runs.stream().map(Run::states).toList(), outputs.get(1), "h_n");
        }
        if (apart && cell.hasMemory() && wiring.isWanted(2)) {
            List<Value> cells =
                    runs.stream().map(Run::cells).flatMap(Optional::stream).toList();
            last(wiring, runs, cells, outputs.get(2), "c_n");
        }
    }

    /** The initial states of each layer and direction, [batch, 1, size]. */
    private List<Value> parts(Wiring wiring, Value states, String name) {
        int count = layers * directions();
        if (count == 1) {
            return List.of(states);
        }
        List<Value> parts = IntStream.range(0, count)
                .mapToObj(place ->
                        wiring.between(name + "." + place, states.shape().with(1, 1)))
                .toList();
        wiring.add(Slice.split(wiring.origin(), states, parts, 1));
        return parts;
    }

    /** The last rows of sequences, one after the other. */
    private void last(Wiring wiring, List<Run> runs, List<Value> sequences, Value y, String name) {
        List<Value> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Value sequence = sequences.get(i);
            Value row = runs.size() == 1
                    ? y
                    : wiring.between(name + "." + i, y.shape().with(1, 1));
            int place = runs.get(i).reverse() ? 0 : sequence.shape().axis(1) - 1;
            wiring.add(new Slice(wiring.origin(), sequence, List.of(row), 1, List.of(place)));
            rows.add(row);
        }
        if (rows.size() > 1) {
            wiring.add(new Concat(wiring.origin(), rows, y, 1));
        }
    }

    /** One layer, in one direction or both. */
    private void layer(Wiring wiring, Value x, Value y, int layer, List<List<Value>> initial, List<Run> runs) {
        List<Value> directions = new ArrayList<>();
        for (int direction = 0; direction < directions(); direction++) {
            boolean reverse = direction == 1;
            String suffix = "_l" + layer + (reverse ? "_reverse" : "");
            Value states =
                    bidirectional ? wiring.between("states" + suffix, y.shape().withLast(state)) : y;
            int place = layer * directions() + direction;
            List<Value> first = initial.stream().map(all -> all.get(place)).toList();
            runs.add(run(wiring, x, states, suffix, first, reverse));
            directions.add(states);
        }
        if (bidirectional) {
            wiring.add(new Concat(wiring.origin(), directions, y, 2));
        }
    }

    private Run run(Wiring wiring, Value x, Value y, String suffix, List<Value> initial, boolean reverse) {
        int gates = cell.gates() * size;
        int kept = cell.kept() * size + (state < size ? size : 0);
        Value inputWeight = parameter(
                wiring, "weight_ih" + suffix, Role.WEIGHT, gates, x.shape().last());
        Value weight = parameter(wiring, "weight_hh" + suffix, Role.WEIGHT, gates, state);
        Optional<Value> inputBias = bias(wiring, "bias_ih" + suffix, gates);
        Optional<Value> bias = bias(wiring, "bias_hh" + suffix, gates);
        Optional<Value> projection = state < size
                ? Optional.of(parameter(wiring, "weight_hr" + suffix, Role.WEIGHT, state, size))
                : Optional.empty();
        Value products = wiring.between("products" + suffix, y.shape().withLast(gates));
        Optional<Value> cells = cell.hasMemory()
                ? Optional.of(wiring.between("cells" + suffix, y.shape().withLast(size)))
                : Optional.empty();
        wiring.add(new Linear(wiring.origin(), x, inputWeight, inputBias, products));
        wiring.add(new Recurrence(
                wiring.origin(),
                cell,
                products,
                weight,
                bias,
                projection,
                initial.stream().findFirst(),
                initial.stream().skip(1).findFirst(),
                cell.keeps()
                        ? Optional.of(wiring.saved("kept" + suffix, y.shape().withLast(kept)))
                        : Optional.empty(),
                y,
                cells,
                reverse));
        return new Run(y, cells, reverse);
    }

    private Optional<Value> bias(Wiring wiring, String name, int gates) {
        return hasBias ? Optional.of(parameter(wiring, name, Role.BIAS, gates)) : Optional.empty();
    }

    private Value parameter(Wiring wiring, String name, Role role, Integer... sizes) {
        return wiring.parameter(name, role, new InitializerDecl.Uniform(1 / Math.sqrt(size)), sizes);
    }
}
