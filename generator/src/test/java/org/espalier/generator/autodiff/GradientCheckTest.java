package org.espalier.generator.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.espalier.generator.interpreter.InterpretedGradients;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Graphs;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Operations;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.activation.ActivationFunction;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.recurrent.Cell;
import org.espalier.generator.layer.spread.Resize;
import org.espalier.generator.layer.spread.Spread;
import org.espalier.generator.plan.MemoryPlanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GradientCheckTest {
    /** One network for each operation, by what it shows. */
    private static final Map<String, Graph> OPERATIONS = new TreeMap<>(Map.ofEntries(
            image("convolution", (net, x) -> net.conv2d("y", x, 3, 3, 1, 1)),
            image("convolution with stride", (net, x) -> net.conv2d("y", x, 3, 4, 2, 1)),
            image("convolution in groups", (net, x) -> net.groupedConv2d("y", net.conv2d("wide", x, 4, 1, 1, 0), 6, 2)),
            image("convolution of each channel by itself", (net, x) -> net.groupedConv2d("y", x, 4, 2)),
            image("convolution without bias", (net, x) -> net.conv2d("y", x, 3, 3, 2, 0, false)),
            image("transposed convolution", (net, x) -> net.convTranspose2d("y", x, 3, 4, 2, 1, true)),
            image("transposed convolution without bias", (net, x) -> net.convTranspose2d("y", x, 3, 3, 1, 0, false)),
            image(
                    "convolution with an oblong, dilated window",
                    (net, x) -> net.conv2d(
                            "y",
                            x,
                            3,
                            new WindowGeometry(
                                    Sizes.of(2, 3), Sizes.of(2, 1), Sizes.of(0, 2), Sizes.of(1, 2), Sizes.of(0, 0)))),
            image(
                    "transposed convolution with an oblong window and output padding",
                    (net, x) -> net.convTranspose2d(
                            "y",
                            x,
                            3,
                            new WindowGeometry(
                                    Sizes.of(3, 2), Sizes.of(2, 3), Sizes.of(1, 0), Sizes.of(1, 2), Sizes.of(1, 2)))),
            image("batch norm", (net, x) -> net.batchNorm2d("y", x)),
            image("batch norm without scale", (net, x) -> net.batchNorm2d("y", x, false)),
            image("batch norm of the batch alone", (net, x) -> net.untrackedBatchNorm2d("y", x)),
            image("instance norm", (net, x) -> net.instanceNorm2d("y", x, false)),
            image("instance norm with scale", (net, x) -> net.instanceNorm2d("y", x, true)),
            image("tracked instance norm", (net, x) -> net.trackedInstanceNorm2d("y", x)),
            image("max pooling", (net, x) -> net.maxPool2d("y", x, 2)),
            image("max pooling with overlap", (net, x) -> net.maxPool2d("y", x, 3, 2, 1)),
            image("max pooling and back", (net, x) -> net.maxPoolAndBack("y", x, 2)),
            vector(
                    "max unpooling to places of which some are one",
                    net -> net.maxUnpool2d("y", net.input("x", 2, 3, 2), net.wholeInput("i", 2, 3, 2), 3, 3)),
            image("flatten", (net, x) -> net.flatten("y", x)),
            image("dropout", (net, x) -> net.dropout("y", x, 0.4)),
            image("alpha dropout", (net, x) -> net.alphaDropout("y", x, 0.4, false)),
            image("alpha dropout of channels", (net, x) -> net.alphaDropout("y", x, 0.4, true)),
            image("rectifier of random slopes", (net, x) -> net.rrelu("y", x, -0.2, 0.6)),
            image("relu", (net, x) -> net.relu("y", x)),
            image("leaky relu", (net, x) -> net.leakyRelu("y", x, 0.2)),
            image("tanh", (net, x) -> net.tanh("y", x)),
            image("sigmoid", (net, x) -> net.sigmoid("y", x)),
            curve(ActivationFunction.of(Kind.RELU6)),
            curve(ActivationFunction.of(Kind.ELU, 0.7)),
            curve(ActivationFunction.of(Kind.SILU)),
            curve(ActivationFunction.of(Kind.GELU)),
            curve(ActivationFunction.of(Kind.TANH_GELU)),
            curve(ActivationFunction.of(Kind.SOFTPLUS, 2.0, 1.5)),
            curve(ActivationFunction.of(Kind.HARDTANH, -0.3, 0.4)),
            image("softmax", (net, x) -> net.softmax("y", x, 1, false)),
            image("logarithmic softmax", (net, x) -> net.softmax("y", x, 1, true)),
            image("softmax of rows", (net, x) -> net.softmax("y", x, 3, false)),
            image("logarithmic softmax of columns", (net, x) -> net.softmax("y", x, 2, true)),
            image("average pooling", (net, x) -> net.avgPool2d("y", x, 2, 2, 0, true)),
            image("average pooling with counted padding", (net, x) -> net.avgPool2d("y", x, 3, 2, 1, true)),
            image("average pooling with uncounted padding", (net, x) -> net.avgPool2d("y", x, 3, 2, 1, false)),
            image("global average pooling", (net, x) -> net.adaptiveAvgPool2d("y", x, 1, 1)),
            image("average pooling to uneven parts", (net, x) -> net.adaptiveAvgPool2d("y", x, 4, 5)),
            spread(new Spread(Spread.Kind.NEAREST, Sizes.of(2, 3), Sizes.of(0, 0))),
            spread(new Spread(Spread.Kind.ZEROS, Sizes.of(2, 0), Sizes.of(1, 3))),
            spread(new Spread(Spread.Kind.CONSTANT, Sizes.of(2, 0), Sizes.of(1, 3), 0.5)),
            spread(new Spread(Spread.Kind.CIRCULAR, Sizes.of(2, 0), Sizes.of(1, 3))),
            image("nearest of another size", (net, x) -> net.resize("y", x, 4, 9, Resize.Kind.NEAREST, false)),
            image(
                    "nearest to the middle, of another size",
                    (net, x) -> net.resize("y", x, 4, 9, Resize.Kind.NEAREST_EXACT, false)),
            image("lines of another size", (net, x) -> net.resize("y", x, 4, 9, Resize.Kind.LINEAR, false)),
            image("lines between aligned corners", (net, x) -> net.resize("y", x, 8, 5, Resize.Kind.LINEAR, true)),
            image("cubic curves of another size", (net, x) -> net.resize("y", x, 4, 9, Resize.Kind.CUBIC, false)),
            image(
                    "cubic curves between aligned corners",
                    (net, x) -> net.resize("y", x, 8, 5, Resize.Kind.CUBIC, true)),
            image("max pooling to uneven parts", (net, x) -> net.adaptiveMaxPool2d("y", x, 4, 5)),
            spread(new Spread(Spread.Kind.REFLECT, Sizes.of(2, 0), Sizes.of(1, 3))),
            spread(new Spread(Spread.Kind.REPLICATE, Sizes.of(2, 0), Sizes.of(1, 3))),
            image("group norm", (net, x) -> net.groupNorm("y", net.conv2d("c", x, 4, 1, 1, 0), 2, true)),
            image("group norm without scale", (net, x) -> net.groupNorm("y", x, 1, false)),
            image("layer norm", (net, x) -> net.layerNorm("y", x, true)),
            image("layer norm without scale", (net, x) -> net.layerNorm("y", x, false)),
            image("dropout of channels", (net, x) -> net.dropout2d("y", x, 0.4)),
            vector("batch norm of features", net -> net.batchNorm2d("y", net.input("x", 5))),
            image("add", (net, x) -> net.add("y", x, net.tanh("t", x))),
            image("add of a value to itself", (net, x) -> net.add("y", x, x)),
            image("concat", (net, x) -> net.concat("y", net.tanh("s", x), x, net.tanh("t", x))),
            image("concat of a value with itself", (net, x) -> net.concat("y", x, x)),
            image("formula", (net, x) -> net.elementwise("y", "x * tanh(x)", List.of(x), 0)),
            image(
                    "formula of two operands",
                    (net, x) -> net.elementwise("y", "x / (1 + a * a)", List.of(x, net.tanh("t", x)), 0, 0)),
            image(
                    "formula of a weight for each channel",
                    (net, x) -> net.elementwise("y", "a * x * x", List.of(x, net.weight("w", 2)), 0, 1)),
            image(
                    "formula of a weight for each row and column",
                    (net, x) -> net.elementwise(
                            "y", "a * x + a * b", List.of(x, net.weight("w", 6, 1), net.weight("v", 6)), 0, 2, 3)),
            image(
                    "formula of a number for each channel of a sample",
                    (net, x) ->
                            net.elementwise("y", "x * a", List.of(x, net.adaptiveAvgPool2d("mean", x, 1, 1)), 0, 0)),
            image("reshape", (net, x) -> net.reshape("y", net.tanh("t", x), 6, 2, 6)),
            image("permutation", (net, x) -> net.permute("y", x, 0, 3, 1, 2)),
            image(
                    "permutation and back",
                    (net, x) -> net.permute("y", net.tanh("t", net.permute("p", x, 0, 2, 1, 3)), 0, 2, 1, 3)),
            image("attention to every key", (net, x) -> net.attentionWeights("y", x, 0.7, false)),
            image("attention to keys that came before", (net, x) -> net.attentionWeights("y", x, 0.7, true)),
            image(
                    "detached values",
                    (net, x) -> net.elementwise("y", "x + 0 * a", List.of(x, net.detach("d", x)), 0, 0)),
            image("slices of channels", (net, x) -> {
                List<Value> halves = net.slices("s", net.tanh("t", x), 1, 1, 0, 1);
                return net.elementwise("y", "x * a", halves, 0, 0);
            }),
            image(
                    "one of two slices of channels",
                    (net, x) -> net.tanh("y", net.slices("s", x, 1, 1, 0, 1).get(1))),
            image("slices of rows, with gaps", (net, x) -> {
                List<Value> rows = net.slices("s", x, 2, 2, 1, 4);
                return net.elementwise("y", "x * a", rows, 0, 0);
            }),
            image("concat of rows", (net, x) -> net.concatAlong("y", 2, net.tanh("s", x), x, net.tanh("t", x))),
            image("concat of columns", (net, x) -> net.concatAlong("y", 3, net.tanh("s", x), x)),
            product(false, false),
            product(false, true),
            product(true, false),
            product(true, true),
            image("product of slices with themselves", (net, x) -> {
                List<Value> halves = net.slices("s", net.tanh("t", x), 1, 1, 0, 1);
                return net.add(
                        "y",
                        net.matmul("p", halves.get(0), halves.get(1), false, true),
                        net.matmul("q", halves.get(0), halves.get(0), true, false));
            }),
            reduction(Reduce.Kind.SUM),
            reduction(Reduce.Kind.MEAN),
            reduction(Reduce.Kind.MAX),
            reduction(Reduce.Kind.MIN),
            reduction(Reduce.Kind.PRODUCT),
            reduction(Reduce.Kind.LOG_SUM_EXP),
            reduction(Reduce.Kind.NORM),
            vector("linear", net -> net.linear("y", net.input("x", 5), 4)),
            recurrence(Cell.RNN_TANH, true, false),
            recurrence(Cell.RNN_RELU, false, true),
            recurrence(Cell.LSTM, true, true),
            recurrence(Cell.LSTM, false, false),
            recurrence(Cell.GRU, true, false),
            recurrence(Cell.GRU, false, true),
            recurrenceFrom(Cell.RNN_TANH, 2),
            recurrenceFrom(Cell.RNN_RELU, 2),
            recurrenceFrom(Cell.GRU, 2),
            recurrenceFrom(Cell.LSTM, 2),
            recurrenceFrom(Cell.LSTM, 1),
            vector("cells of LSTM", net -> net.cells(net.recurrence("y", net.input("p", 4, 8), Cell.LSTM, true, true))),
            vector("projected LSTM and its cells", net -> {
                Value y = net.recurrence("y", net.input("p", 4, 12), Cell.LSTM, false, false, 2, List.of());
                return net.concatAlong("both", 2, y, net.cells(y));
            }),
            vector("embedding", net -> net.embedding("y", net.wholeInput("x", 5), 4, 3, -1)),
            vector("gather", net -> net.gather("y", net.input("x", 3, 4), 2, net.wholeInput("i", 3, 2))),
            vector("index select", net -> net.indexSelect("y", net.input("x", 3, 4), 1, net.wholeBuffer("i", 5))),
            vector(
                    "embedding of an input next to another, with padding",
                    net -> net.elementwise(
                            "y",
                            "a * x",
                            List.of(net.input("x", 2, 5, 3), net.embedding("e", net.wholeInput("i", 2, 5), 4, 3, 1)),
                            0,
                            0)),
            vector(
                    "whole numbers in arithmetic",
                    net -> net.elementwise(
                            "y",
                            "a * x",
                            List.of(net.input("x", 2, 5), net.toFloat("f", net.wholeInput("i", 2, 5))),
                            0,
                            0)),
            vector("linear along the last axis", net -> net.linear("y", net.input("x", 7, 5), 4)),
            image("linear of rows, from and into slices", (net, x) -> {
                Value rows = net.linear("rows", x, 6);
                return net.linear("y", net.concat("joined", x, rows), 3);
            }),
            loss("smooth absolute", net -> net.loss(widely(Loss.Kind.SMOOTH_L1_LOSS, 0.7), 2)),
            loss("Huber's", net -> net.loss(widely(Loss.Kind.HUBER_LOSS, 0.4), 0.5)),
            loss("binary cross entropy of logits", net -> net.loss(mean(Loss.Kind.BCE_WITH_LOGITS_LOSS), 1)),
            loss("likelihood", net -> net.loss(mean(Loss.Kind.NLL_LOSS), 1)),
            loss("cross entropy", NetBuilder::crossEntropyLoss),
            loss("mean square", net -> net.mseLoss(3)),
            loss("mean absolute", net -> net.l1Loss(0.5))));

    private static Loss.Function mean(Loss.Kind kind) {
        return Loss.Function.mean(kind);
    }

    private static Loss.Function widely(Loss.Kind kind, double width) {
        return new Loss.Kernel(kind, Loss.Reduction.SUM, OptionalDouble.of(width));
    }

    private interface Layer {
        Value on(NetBuilder net, Value x);
    }

    private static Map.Entry<String, Graph> image(String title, Layer layer) {
        return Map.entry(title, NetBuilder.network("Layer", net -> net.output(layer.on(net, net.input("x", 2, 6, 6)))));
    }

    private static Map.Entry<String, Graph> spread(Spread spread) {
        return image(spread.kind().word(2), (net, x) -> net.spread2d("y", x, spread));
    }

    /** Of matrices of 2 by 3 and 3 by 4. */
    private static Map.Entry<String, Graph> product(boolean transposeA, boolean transposeB) {
        String title = "product of matrices" + (transposeA ? ", the first transposed" : "")
                + (transposeB ? ", the second transposed" : "");
        return vector(title, net -> {
            Value a = transposeA ? net.input("a", 5, 3, 2) : net.input("a", 5, 2, 3);
            Value b = transposeB ? net.input("b", 5, 4, 3) : net.input("b", 5, 3, 4);
            return net.matmul("y", a, b, transposeA, transposeB);
        });
    }

    private static Map.Entry<String, Graph> recurrence(Cell cell, boolean bias, boolean reverse) {
        return vector(
                cell + (bias ? "" : " without bias") + (reverse ? ", backwards in time" : ""),
                net -> net.recurrence("y", net.input("p", 4, 2 * cell.gates()), cell, bias, reverse));
    }

    /** A recurrence of cells of 2 from initial states, which may be smaller. */
    private static Map.Entry<String, Graph> recurrenceFrom(Cell cell, int state) {
        return vector(cell + " from states of " + state, net -> {
            Value p = net.input("p", 4, 2 * cell.gates());
            Value h0 = net.input("h0", 1, state);
            List<Value> initial = cell.hasMemory() ? List.of(h0, net.input("c0", 1, 2)) : List.of(h0);
            return net.recurrence("y", p, cell, true, true, state, initial);
        });
    }

    /** Over rows, and over all of a sample. */
    private static Map.Entry<String, Graph> reduction(Reduce.Kind kind) {
        return image(kind.text(), (net, x) -> {
            Value columns = net.reduce("columns", kind, x, 2);
            Value all = net.reduce("all", kind, x, 1, 2, 3);
            return net.elementwise("y", "a * b + x", List.of(x, columns, all), 0, 0, 0);
        });
    }

    private static Map.Entry<String, Graph> curve(ActivationFunction function) {
        return image(function.toString(), (net, x) -> net.activation("y", x, function));
    }

    private static Map.Entry<String, Graph> vector(String title, java.util.function.Function<NetBuilder, Value> layer) {
        return Map.entry(title, NetBuilder.network("Layer", net -> net.output(layer.apply(net))));
    }

    private static Map.Entry<String, Graph> loss(String title, java.util.function.Consumer<NetBuilder> clause) {
        return Map.entry(title, NetBuilder.network("Layer", net -> {
            net.output(net.linear("y", net.input("x", 5), 4));
            clause.accept(net);
        }));
    }

    @Test
    void everyElementwiseFunctionIsChecked() {
        assertThat(OPERATIONS.values().stream()
                        .flatMap(graph -> graph.operations().stream())
                        .filter(Activation.class::isInstance)
                        .map(op -> ((Activation) op).function().kind()))
                .contains(Kind.values());
    }

    private static Stream<Arguments> cases() {
        Map<String, Graph> graphs = new TreeMap<>(Graphs.all());
        graphs.put("Unet passing rectified inputs", Graphs.unet(3, 2, 16, Graphs.Skip.OF_THE_RECTIFIED_INPUT));
        graphs.putAll(OPERATIONS);
        return graphs.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void gradientsAgreeWithCentralDifferencesInPlannedMemory(String title, Graph graph) {
        Program program = Autodiff.differentiate(graph, graph.inputs());
        try {
            InterpretedGradients.check(MemoryPlanner.plan(program), 42);
        } catch (AssertionError e) {
            // Without a plan? Then it is the rule of an operation, and its message is the better one.
            InterpretedGradients.check(program, 42);
            throw new AssertionError("The gradients are right, but not in planned memory.", e);
        }
    }

    @Test
    void everyOperationOfForwardPassesIsChecked() {
        assertThat(OPERATIONS.values().stream()
                        .flatMap(graph -> graph.operations().stream())
                        .map(op -> op.getClass().getName()))
                .containsAll(Operations.all(ForwardOp.class));
    }
}
