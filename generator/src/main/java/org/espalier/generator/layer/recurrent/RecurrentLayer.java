package org.espalier.generator.layer.recurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
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

/**
 * {@code RNN}, {@code LSTM} and {@code GRU}: cells over a sequence [batch, length, features], one layer of them on
 * another, in one direction or in both. The products with the input are those of a linear layer, of the whole sequence
 * at once. Weights and biases start uniform in ±1/√size.
 */
record RecurrentLayer(
        String word,
        Cell cell,
        int inputs,
        int size,
        int layers,
        boolean hasBias,
        double dropout,
        boolean bidirectional,
        Optional<Penalty> weightPenalty,
        Optional<Penalty> biasPenalty)
        implements UnaryRule {
    private static final String BATCH_FIRST = "batch_first";
    private static final String NONLINEARITY = "nonlinearity";
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
            .example("RNN(3, 2, bias=false, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 20);

    static final LayerDefinition LSTM = layer(
                    "LSTM",
                    Signature.of("LSTM")
                            .required("input_size", Type.INT)
                            .required("hidden_size", Type.INT)
                            .with("num_layers", 1))
            .example("LSTM(3, 4, batch_first=true)", SEQUENCE, "[batch, 5, 4]", 144)
            .example("LSTM(3, 4, bias=false, batch_first=true)", "[batch, 1, 3]", "[batch, 1, 4]", 112)
            .example("LSTM(3, 2, 2, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 240)
            .example("LSTM(3, 2, num_layers=2, batch_first=true, dropout=0.5)", SEQUENCE, "[batch, 5, 2]", 104);

    static final LayerDefinition GRU = layer(
                    "GRU",
                    Signature.of("GRU")
                            .required("input_size", Type.INT)
                            .required("hidden_size", Type.INT)
                            .with("num_layers", 1))
            .example("GRU(3, 4, batch_first=true)", SEQUENCE, "[batch, 5, 4]", 108)
            .example("GRU(3, 2, 2, bias=false, batch_first=true, bidirectional=true)", SEQUENCE, "[batch, 5, 4]", 132);

    private static LayerDefinition layer(String word, Signature.Builder signature) {
        signature
                .with("bias", true)
                .with(BATCH_FIRST, false)
                .with("dropout", 0.0)
                .with("bidirectional", false);
        if (word.equals("LSTM")) {
            signature.with("proj_size", 0);
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
        if (arguments.has("proj_size")) {
            arguments.only("proj_size", new Datum.Int(0));
        }
        boolean bias = arguments.bool("bias");
        Cell cell = arguments.has(NONLINEARITY) ? plain(arguments) : Cell.valueOf(word);
        int inputs = arguments.integer("input_size", 1);
        int size = arguments.integer("hidden_size", 1);
        arguments.checkSize("weight_ih_l0", (long) cell.gates() * size, inputs);
        arguments.checkSize("weight_hh_l0", (long) cell.gates() * size, size);
        return new RecurrentLayer(
                word,
                cell,
                inputs,
                size,
                arguments.integer("num_layers", 1),
                bias,
                arguments.real("dropout", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                arguments.bool("bidirectional"),
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

    private int directions() {
        return bidirectional ? 2 : 1;
    }

    @Override
    public Fit fit(Shape x) {
        if (x.rank() != 3 || x.last() != inputs) {
            Fit.Misfit misfit = Fit.mismatch(word, "[batch, length, " + inputs + "]", x);
            return x.rank() == 3 ? misfit.withHelp("input_size should be " + x.last()) : misfit;
        }
        return Fit.of(word, x.axis(1), (long) size * directions());
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value from = x;
        for (int layer = 0; layer < layers; layer++) {
            boolean last = layer == layers - 1;
            Value states = last ? y : wiring.between("l" + layer, y.shape());
            layer(wiring, from, states, "_l" + layer);
            if (last || dropout == 0) {
                from = states;
            } else {
                from = wiring.between("dropped_l" + layer, y.shape());
                Value mask = wiring.saved("mask_l" + layer, y.shape());
                wiring.add(new Dropout(wiring.origin(), states, mask, from, dropout));
            }
        }
    }

    /** One layer, in one direction or both, whose parameters' names end so. */
    private void layer(Wiring wiring, Value x, Value y, String suffix) {
        if (!bidirectional) {
            direction(wiring, x, y, suffix, false);
            return;
        }
        List<Value> directions = new ArrayList<>();
        for (boolean reverse : new boolean[] {false, true}) {
            String name = suffix + (reverse ? "_reverse" : "");
            Value states = wiring.between("states" + name, y.shape().withLast(size));
            direction(wiring, x, states, name, reverse);
            directions.add(states);
        }
        wiring.add(new Concat(wiring.origin(), directions, y, 2));
    }

    private void direction(Wiring wiring, Value x, Value y, String suffix, boolean reverse) {
        int gates = cell.gates() * size;
        Value inputWeight = parameter(
                wiring, "weight_ih" + suffix, Role.WEIGHT, gates, x.shape().last());
        Value weight = parameter(wiring, "weight_hh" + suffix, Role.WEIGHT, gates, size);
        Optional<Value> inputBias = bias(wiring, "bias_ih" + suffix, gates);
        Optional<Value> bias = bias(wiring, "bias_hh" + suffix, gates);
        Value products = wiring.between("products" + suffix, y.shape().withLast(gates));
        Optional<Value> kept = cell.keeps()
                ? Optional.of(wiring.saved("kept" + suffix, y.shape().withLast(cell.kept() * size)))
                : Optional.empty();
        wiring.add(new Linear(wiring.origin(), x, inputWeight, inputBias, products));
        wiring.add(new Recurrence(wiring.origin(), cell, products, weight, bias, kept, y, reverse));
    }

    private Optional<Value> bias(Wiring wiring, String name, int gates) {
        return hasBias ? Optional.of(parameter(wiring, name, Role.BIAS, gates)) : Optional.empty();
    }

    private Value parameter(Wiring wiring, String name, Role role, Integer... sizes) {
        return wiring.parameter(name, role, new InitializerDecl.Uniform(1 / Math.sqrt(size)), sizes);
    }
}
