package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.activation.ActivationFunction;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.activation.RReLU;
import org.espalier.generator.layer.activation.Softmax;
import org.espalier.generator.layer.api.LayerDefinition.Example;
import org.espalier.generator.layer.attention.AttentionWeights;
import org.espalier.generator.layer.convolution.Convolution;
import org.espalier.generator.layer.convolution.TransposedConvolution;
import org.espalier.generator.layer.dropout.AlphaDropout;
import org.espalier.generator.layer.dropout.Dropout;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.embedding.Embedding;
import org.espalier.generator.layer.embedding.Gather;
import org.espalier.generator.layer.embedding.ToFloat;
import org.espalier.generator.layer.linear.Linear;
import org.espalier.generator.layer.linear.MatMul;
import org.espalier.generator.layer.normalization.BatchNormalization;
import org.espalier.generator.layer.normalization.GroupNorm;
import org.espalier.generator.layer.normalization.InstanceNorm;
import org.espalier.generator.layer.pooling.AdaptiveAvgPool;
import org.espalier.generator.layer.pooling.AdaptiveMaxPool;
import org.espalier.generator.layer.pooling.AvgPool;
import org.espalier.generator.layer.pooling.MaxPool;
import org.espalier.generator.layer.pooling.MaxPoolIndices;
import org.espalier.generator.layer.pooling.MaxUnpool;
import org.espalier.generator.layer.recurrent.Cell;
import org.espalier.generator.layer.recurrent.Recurrence;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Detach;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Slice;
import org.espalier.generator.layer.spread.Resize;
import org.espalier.generator.layer.spread.Spread;
import org.espalier.generator.layer.spread.Spreading;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/**
 * Writes a {@link Graph} by hand, one line of a made-up {@code .net} for each call. Names, defaults and initial values
 * are PyTorch's.
 *
 * <pre>{@code
 * Graph graph = NetBuilder.network("Tiny", net -> {
 *     Value image = net.input("image", 1, 28, 28);
 *     Value conv = net.conv2d("conv", image, 8, 4, 2, 1);
 *     net.output(net.linear("logits", net.flatten("flat", net.relu("relu", conv)), 10));
 *     net.crossEntropyLoss();
 * });
 * }</pre>
 */
public final class NetBuilder {
    private final SourceFile file;
    private final StringBuilder text = new StringBuilder();
    private final String name;
    private final SourceSpan span;
    private final List<Value> inputs = new ArrayList<>();
    private final List<ParameterDecl> parameters = new ArrayList<>();
    private final List<Statistic> statistics = new ArrayList<>();
    private final List<ForwardOp> operations = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Map<String, List<RegularizerTerm>> regularizers = new LinkedHashMap<>();
    private final Map<String, List<ParameterDecl>> regularized = new LinkedHashMap<>();
    private final Map<String, List<UpdateGroup.Activity>> penalized = new LinkedHashMap<>();
    private final List<Loss> losses = new ArrayList<>();
    private Optional<OptimizerDecl> optimizer = Optional.empty();
    private Precision precision = Precision.FLOAT32;

    private NetBuilder(String name, SourceFile file) {
        this.name = name;
        this.file = file;
        line("package com.example");
        line("");
        this.span = line("network " + name);
    }

    /** The graph that the body writes. The body runs twice: for the text of its lines, then for the graph. */
    public static Graph network(String name, Consumer<NetBuilder> body) {
        String fileName = "src/main/net/" + name.toLowerCase(java.util.Locale.ROOT) + ".net";
        NetBuilder draft = new NetBuilder(name, new SourceFile(fileName, "\n".repeat(4) + " ".repeat(1 << 20)));
        body.accept(draft);
        NetBuilder real = new NetBuilder(name, new SourceFile(fileName, draft.text + "}\n"));
        body.accept(real);
        return real.graph();
    }

    private Graph graph() {
        List<UpdateGroup> groups = new ArrayList<>();
        List<ParameterDecl> plain = new ArrayList<>(parameters);
        regularized.forEach((regularizer, members) -> {
            groups.add(new UpdateGroup(
                    regularizer,
                    regularizers.getOrDefault(regularizer, List.of()),
                    members,
                    penalized.getOrDefault(regularizer, List.of())));
            plain.removeAll(members);
        });
        plain.removeIf(ParameterDecl::frozen);
        if (!plain.isEmpty()) {
            groups.add(new UpdateGroup("", List.of(), plain));
        }
        return new Graph(
                new Graph.Declaration("com.example", name, "", span),
                precision,
                inputs,
                parameters,
                statistics,
                operations,
                outputs,
                new Graph.Training(losses, optimizer, groups),
                Graph.Written.NOWHERE);
    }

    /** Penalizes the activity of a layer. */
    public void penalize(
            String regularizer, List<RegularizerTerm> terms, Value activity, UpdateGroup.Reduction reduction) {
        regularizers.put(regularizer, terms);
        regularized.putIfAbsent(regularizer, new ArrayList<>());
        penalized
                .computeIfAbsent(regularizer, key -> new ArrayList<>())
                .add(new UpdateGroup.Activity(activity, reduction));
    }

    private SourceSpan line(String line) {
        int start = text.length();
        text.append(line).append(line.startsWith("network") ? " {\n" : "\n");
        return file.span(start, start + line.length());
    }

    private Origin layer(String layer, String written) {
        SourceSpan line = line("    " + layer + " = " + written);
        String word = written.replaceAll("\\(.*", "");
        return new Origin(layer, word, file.span(line.start() + 4, line.end()));
    }

    private static Value activation(Origin origin, Shape shape) {
        return new Value(origin.layer(), shape, Value.Kind.ACTIVATION, origin.span());
    }

    private static Value saved(Origin origin, String role, Shape shape) {
        return new Value(origin.layer() + "." + role, shape, Value.Kind.SAVED, origin.span());
    }

    private Value parameter(
            Origin origin, String suffix, ParameterDecl.Role role, InitializerDecl initializer, Integer... sizes) {
        Value value = new Value(origin.layer() + suffix, Shape.of(sizes), Value.Kind.PARAMETER, origin.span());
        parameters.add(new ParameterDecl(value, role, initializer, false));
        return value;
    }

    private Value statistic(Origin origin, String suffix, double initial, int channels) {
        Value value = new Value(origin.layer() + suffix, Shape.of(channels), Value.Kind.STATISTIC, origin.span());
        statistics.add(new Statistic(value, initial));
        return value;
    }

    private Value add(ForwardOp op) {
        operations.add(op);
        return op.outputs().get(0);
    }

    private static WindowGeometry window(int kernel, int stride, int padding) {
        return new WindowGeometry(
                Sizes.of(kernel, kernel),
                Sizes.of(stride, stride),
                Sizes.of(padding, padding),
                Sizes.of(1, 1),
                Sizes.of(0, 0));
    }

    /** {@code input name: float[batch, sizes…]}. */
    public Value input(String input, Integer... sizes) {
        Shape shape = Shape.batch(sizes);
        Value value = new Value(input, shape, Value.Kind.INPUT, line("    input " + input + ": float" + shape));
        inputs.add(value);
        return value;
    }

    /** {@code input name: int[batch, sizes…]}. */
    public Value wholeInput(String input, Integer... sizes) {
        Shape shape = Shape.batch(sizes);
        SourceSpan line = line("    input " + input + ": int" + shape);
        Value value = new Value(input, ElementType.INT, shape, Value.Kind.INPUT, line);
        inputs.add(value);
        return value;
    }

    /** {@code buffer name: int[sizes…] = zeros()}. */
    public Value wholeBuffer(String buffer, Integer... sizes) {
        Shape shape = Shape.of(sizes);
        SourceSpan line = line("    buffer " + buffer + ": int" + shape + " = zeros()");
        Value value = new Value(buffer, ElementType.INT, shape, Value.Kind.STATISTIC, line);
        statistics.add(new Statistic(value, 0));
        return value;
    }

    /** {@code index_select(x, axis, index)}, with an index of one axis. */
    public Value indexSelect(String layer, Value x, int axis, Value index) {
        Origin origin = layer(layer, "index_select(" + x.name() + ", " + axis + ", " + index.name() + ")");
        List<Integer> sizes = new ArrayList<>(x.shape().dimensions());
        sizes.set(axis - x.shape().firstAxis(), index.shape().axis(0));
        return add(new Gather(origin, x, index, activation(origin, new Shape(true, sizes)), axis, Gather.By.SHARED));
    }

    /** {@code gather(x, axis, index)}. */
    public Value gather(String layer, Value x, int axis, Value index) {
        Origin origin = layer(layer, "gather(" + x.name() + ", " + axis + ", " + index.name() + ")");
        return add(new Gather(origin, x, index, activation(origin, index.shape()), axis, Gather.By.EACH));
    }

    /** Whole numbers as floating-point ones, for arithmetic. */
    public Value toFloat(String layer, Value x) {
        Origin origin = layer(layer, "to_float(" + x.name() + ")");
        return add(new ToFloat(origin, x, activation(origin, x.shape())));
    }

    /** {@code Embedding(rows, columns, padding_idx=padding)}; -1 for none. */
    public Value embedding(String layer, Value x, int rows, int columns, int padding) {
        Origin origin = layer(layer, "Embedding(" + rows + ", " + columns + ", padding_idx=" + padding + ")");
        InitializerDecl initializer = new InitializerDecl.Normal(0, 1);
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, rows, columns);
        List<Integer> sizes = new ArrayList<>(x.shape().dimensions());
        sizes.add(columns);
        return add(new Embedding(origin, x, weight, activation(origin, new Shape(true, sizes)), padding));
    }

    /** A recurrence over the products of a sequence with a weight of the input. */
    public Value recurrence(String layer, Value p, Cell cell, boolean bias, boolean reverse) {
        return recurrence(layer, p, cell, bias, reverse, p.shape().last() / cell.gates(), List.of());
    }

    /** The same with states of a size, and from initial ones, [batch, 1, size]. */
    public Value recurrence(
            String layer, Value p, Cell cell, boolean bias, boolean reverse, int state, List<Value> initial) {
        Origin origin = layer(layer, cell + "(…)");
        int gates = p.shape().last();
        int size = gates / cell.gates();
        int kept = cell.kept() * size + (state < size ? size : 0);
        InitializerDecl initializer = new InitializerDecl.Uniform(1 / Math.sqrt(size));
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, gates, state);
        Optional<Value> shift = bias
                ? Optional.of(parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, gates))
                : Optional.empty();
        Optional<Value> projection = state < size
                ? Optional.of(parameter(origin, ".projection", ParameterDecl.Role.WEIGHT, initializer, state, size))
                : Optional.empty();
        Optional<Value> gated =
                cell.keeps() ? Optional.of(saved(origin, "kept", p.shape().withLast(kept))) : Optional.empty();
        Optional<Value> cells = cell.hasMemory()
                ? Optional.of(new Value(
                        origin.layer() + ".cells", p.shape().withLast(size), Value.Kind.ACTIVATION, origin.span()))
                : Optional.empty();
        return add(new Recurrence(
                origin,
                cell,
                p,
                weight,
                shift,
                projection,
                initial.stream().findFirst(),
                initial.stream().skip(1).findFirst(),
                gated,
                activation(origin, p.shape().withLast(state)),
                cells,
                reverse));
    }

    /** The cells of an LSTM that was added. */
    public Value cells(Value states) {
        return operations.stream()
                .filter(Recurrence.class::isInstance)
                .map(Recurrence.class::cast)
                .filter(op -> op.y().equals(states))
                .flatMap(op -> op.cells().stream())
                .findFirst()
                .orElseThrow();
    }

    /** Numbers of 64 bits. */
    public void float64() {
        precision = Precision.FLOAT64;
    }

    /** {@code Conv2d(in, out, kernel, stride=, padding=)} with bias. */
    public Value conv2d(String layer, Value x, int out, int kernel, int stride, int padding) {
        return conv2d(layer, x, out, kernel, stride, padding, true);
    }

    /** {@code Conv2d(in, out, kernel, stride=, padding=, bias=)}. */
    public Value conv2d(String layer, Value x, int out, int kernel, int stride, int padding, boolean bias) {
        int in = x.shape().axis(1);
        Origin origin = layer(
                layer,
                "Conv2d(" + in + ", " + out + ", " + kernel + ", stride=" + stride + ", padding=" + padding
                        + (bias ? ")" : ", bias=false)"));
        InitializerDecl initializer = new InitializerDecl.Uniform(1 / Math.sqrt((double) in * kernel * kernel));
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, out, in, kernel, kernel);
        Optional<Value> biasValue = bias
                ? Optional.of(parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, out))
                : Optional.empty();
        return conv2d(origin, x, weight, biasValue, window(kernel, stride, padding));
    }

    /** {@code Conv2d} with any window, with bias. */
    public Value conv2d(String layer, Value x, int out, WindowGeometry window) {
        Origin origin = layer(layer, "Conv2d(…)");
        int in = x.shape().axis(1);
        InitializerDecl initializer = new InitializerDecl.Uniform(0.1);
        Value weight = parameter(
                origin,
                ".weight",
                ParameterDecl.Role.WEIGHT,
                initializer,
                out,
                in,
                window.kernel().at(0),
                window.kernel().at(1));
        Value bias = parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, out);
        return conv2d(origin, x, weight, Optional.of(bias), window);
    }

    /** {@code Conv2d(in, out, 3, padding=1, groups=)}, with bias. */
    public Value groupedConv2d(String layer, Value x, int out, int groups) {
        int in = x.shape().axis(1);
        Origin origin = layer(layer, "Conv2d(" + in + ", " + out + ", 3, padding=1, groups=" + groups + ")");
        InitializerDecl initializer = new InitializerDecl.Uniform(0.3);
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, out, in / groups, 3, 3);
        Value bias = parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, out);
        return conv2d(origin, x, weight, Optional.of(bias), window(3, 1, 1));
    }

    /** {@code ConvTranspose2d} with any window, without bias. */
    public Value convTranspose2d(String layer, Value x, int out, WindowGeometry window) {
        Origin origin = layer(layer, "ConvTranspose2d(…)");
        int in = x.shape().axis(1);
        Value weight = parameter(
                origin,
                ".weight",
                ParameterDecl.Role.WEIGHT,
                new InitializerDecl.Uniform(0.1),
                in,
                out,
                window.kernel().at(0),
                window.kernel().at(1));
        return convTranspose2d(origin, x, weight, Optional.empty(), window);
    }

    private Value convTranspose2d(Origin origin, Value x, Value weight, Optional<Value> bias, WindowGeometry window) {
        int height = (x.shape().axis(2) - 1) * window.stride().at(0)
                - 2 * window.padding().at(0)
                + window.dilation().at(0) * (window.kernel().at(0) - 1)
                + window.outputPadding().at(0)
                + 1;
        int width = (x.shape().axis(3) - 1) * window.stride().at(1)
                - 2 * window.padding().at(1)
                + window.dilation().at(1) * (window.kernel().at(1) - 1)
                + window.outputPadding().at(1)
                + 1;
        Value y = activation(origin, Shape.batch(weight.shape().axis(1), height, width));
        return add(new TransposedConvolution(origin, x, weight, bias, y, window));
    }

    /** The convolution {@code of} once more, with its weights, on another input. */
    public Value conv2dAgain(String layer, Value x, Value of) {
        Convolution first = operations.stream()
                .filter(Convolution.class::isInstance)
                .map(Convolution.class::cast)
                .filter(op -> op.y().equals(of))
                .findFirst()
                .orElseThrow();
        return conv2d(layer(layer, of.name()), x, first.weight(), first.bias(), first.window());
    }

    private Value conv2d(Origin origin, Value x, Value weight, Optional<Value> bias, WindowGeometry window) {
        int height = convolved(
                x.shape().axis(2),
                window.dilation().at(0) * (window.kernel().at(0) - 1) + 1,
                window.stride().at(0),
                window.padding().at(0));
        int width = convolved(
                x.shape().axis(3),
                window.dilation().at(1) * (window.kernel().at(1) - 1) + 1,
                window.stride().at(1),
                window.padding().at(1));
        Value y = activation(origin, Shape.batch(weight.shape().axis(0), height, width));
        return add(new Convolution(origin, x, weight, bias, y, window));
    }

    private static int convolved(int size, int kernel, int stride, int padding) {
        return (size + 2 * padding - kernel) / stride + 1;
    }

    /** A formula of operands, each along an axis of the first. */
    public Value elementwise(String layer, String formula, List<Value> operands, Integer... axes) {
        Origin origin = layer(layer, "Formula(" + formula + ")");
        List<String> variables = List.of("x", "a", "b", "c").subList(0, operands.size());
        Argument.Function f = new Argument.Function("formula", variables, FormulaParser.parse(formula));
        Value y = activation(origin, operands.get(0).shape());
        return add(new Elementwise(origin, f, operands, List.of(axes), y));
    }

    /** A weight of a formula. */
    public Value weight(String layer, Integer... sizes) {
        return parameter(
                layer(layer, "Weight()"), ".weight", ParameterDecl.Role.WEIGHT, new InitializerDecl.Uniform(1), sizes);
    }

    /** {@code ConvTranspose2d(in, out, kernel, stride=, padding=, bias=)}. */
    public Value convTranspose2d(String layer, Value x, int out, int kernel, int stride, int padding, boolean bias) {
        int in = x.shape().axis(1);
        Origin origin = layer(
                layer,
                "ConvTranspose2d(" + in + ", " + out + ", " + kernel + ", stride=" + stride + ", padding=" + padding
                        + (bias ? ")" : ", bias=false)"));
        InitializerDecl initializer = new InitializerDecl.Uniform(1 / Math.sqrt((double) out * kernel * kernel));
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, in, out, kernel, kernel);
        Optional<Value> biasValue = bias
                ? Optional.of(parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, out))
                : Optional.empty();
        return convTranspose2d(origin, x, weight, biasValue, window(kernel, stride, padding));
    }

    /** {@code Linear(in, out)} with bias, along the last axis. */
    public Value linear(String layer, Value x, int out) {
        int in = x.shape().last();
        Origin origin = layer(layer, "Linear(" + in + ", " + out + ")");
        InitializerDecl initializer = new InitializerDecl.Uniform(1 / Math.sqrt(in));
        Value weight = parameter(origin, ".weight", ParameterDecl.Role.WEIGHT, initializer, out, in);
        Value bias = parameter(origin, ".bias", ParameterDecl.Role.BIAS, initializer, out);
        return add(new Linear(
                origin,
                x,
                weight,
                Optional.of(bias),
                activation(origin, x.shape().withLast(out))));
    }

    /** The linear layer {@code of} once more, with its weights, on another input. */
    public Value linearAgain(String layer, Value x, Value of) {
        Linear first = operations.stream()
                .filter(Linear.class::isInstance)
                .map(Linear.class::cast)
                .filter(op -> op.y().equals(of))
                .findFirst()
                .orElseThrow();
        Origin origin = layer(layer, of.name());
        Value y = activation(origin, of.shape());
        return add(new Linear(origin, x, first.weight(), first.bias(), y));
    }

    /** {@code BatchNorm1d(features)} of vectors, {@code BatchNorm2d(channels)} of images. */
    public Value batchNorm2d(String layer, Value x) {
        return batchNorm2d(layer, x, true);
    }

    /** {@code BatchNorm2d(channels, affine=)}. */
    public Value batchNorm2d(String layer, Value x, boolean affine) {
        int channels = x.shape().axis(1);
        Origin origin = layer(
                layer,
                "BatchNorm" + (x.shape().rank() == 4 ? "2d(" : "1d(") + channels + (affine ? ")" : ", affine=false)"));
        return add(new BatchNormalization(
                origin,
                x,
                normWeight(origin, affine, channels),
                normBias(origin, affine, channels),
                Optional.of(statistic(origin, ".running_mean", 0, channels)),
                Optional.of(statistic(origin, ".running_var", 1, channels)),
                Optional.empty(),
                saved(origin, "mean", Shape.of(channels)),
                saved(origin, "inverse_std", Shape.of(channels)),
                activation(origin, x.shape()),
                1e-5,
                0.1));
    }

    /** {@code BatchNorm2d(channels, track_running_stats=false)}. */
    public Value untrackedBatchNorm2d(String layer, Value x) {
        int channels = x.shape().axis(1);
        Origin origin = layer(layer, "BatchNorm2d(" + channels + ", track_running_stats=false)");
        return add(new BatchNormalization(
                origin,
                x,
                normWeight(origin, true, channels),
                normBias(origin, true, channels),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                saved(origin, "mean", Shape.of(channels)),
                saved(origin, "inverse_std", Shape.of(channels)),
                activation(origin, x.shape()),
                1e-5,
                0));
    }

    /** {@code InstanceNorm2d(channels, affine=true, track_running_stats=true)}. */
    public Value trackedInstanceNorm2d(String layer, Value x) {
        int channels = x.shape().axis(1);
        Origin origin = layer(layer, "InstanceNorm2d(" + channels + ", affine=true, track_running_stats=true)");
        return add(new InstanceNorm(
                origin,
                x,
                normWeight(origin, true, channels),
                normBias(origin, true, channels),
                Optional.of(statistic(origin, ".running_mean", 0, channels)),
                Optional.of(statistic(origin, ".running_var", 1, channels)),
                saved(origin, "mean", Shape.batch(channels)),
                saved(origin, "inverse_std", Shape.batch(channels)),
                activation(origin, x.shape()),
                1e-5,
                0.1));
    }

    /** {@code InstanceNorm2d(channels, affine=)}. */
    public Value instanceNorm2d(String layer, Value x, boolean affine) {
        int channels = x.shape().axis(1);
        Origin origin = layer(layer, "InstanceNorm2d(" + channels + (affine ? ", affine=true)" : ")"));
        return add(new InstanceNorm(
                origin,
                x,
                normWeight(origin, affine, channels),
                normBias(origin, affine, channels),
                Optional.empty(),
                Optional.empty(),
                saved(origin, "mean", Shape.batch(channels)),
                saved(origin, "inverse_std", Shape.batch(channels)),
                activation(origin, x.shape()),
                1e-5,
                0));
    }

    private Optional<Value> normWeight(Origin origin, boolean affine, Integer... sizes) {
        return affine
                ? Optional.of(parameter(
                        origin, ".weight", ParameterDecl.Role.NORM_WEIGHT, new InitializerDecl.Constant(1), sizes))
                : Optional.empty();
    }

    private Optional<Value> normBias(Origin origin, boolean affine, Integer... sizes) {
        return affine
                ? Optional.of(parameter(
                        origin, ".bias", ParameterDecl.Role.NORM_BIAS, new InitializerDecl.Constant(0), sizes))
                : Optional.empty();
    }

    /** {@code MaxPool2d(kernel)}, with a stride of the kernel's size. */
    public Value maxPool2d(String layer, Value x, int kernel) {
        return maxPool2d(layer, x, kernel, kernel, 0);
    }

    /** {@code MaxPool2d(kernel, stride=, padding=)}. */
    public Value maxPool2d(String layer, Value x, int kernel, int stride, int padding) {
        Origin origin = layer(layer, "MaxPool2d(" + kernel + ", stride=" + stride + ", padding=" + padding + ")");
        Value y = activation(
                origin,
                Shape.batch(
                        x.shape().axis(1),
                        convolved(x.shape().axis(2), kernel, stride, padding),
                        convolved(x.shape().axis(3), kernel, stride, padding)));
        return add(new MaxPool(origin, x, y, window(kernel, stride, padding)));
    }

    /** {@code MaxUnpool2d(kernel)(MaxPool2d(kernel, return_indices=true)(x))}. */
    public Value maxPoolAndBack(String layer, Value x, int kernel) {
        Origin origin = layer(layer, "MaxPool2d(" + kernel + ", return_indices=true)");
        Value pooled = maxPool2d(layer + ".pooled", x, kernel);
        Value indices = new Value(layer + ".indices", pooled.shape(), Value.Kind.ACTIVATION, origin.span());
        add(new MaxPoolIndices(origin, x, indices, Optional.of(window(kernel, kernel, 0))));
        return add(new MaxUnpool(origin, pooled, indices, activation(origin, x.shape())));
    }

    /** {@code MaxUnpool2d(…)(MaxPool2d(…)(x), i)}, of whole numbers i. */
    public Value maxUnpool2d(String layer, Value x, Value indices, int height, int width) {
        Origin origin = layer(layer, "MaxUnpool2d(2)");
        return add(new MaxUnpool(
                origin, x, indices, activation(origin, Shape.batch(x.shape().axis(1), height, width))));
    }

    /** {@code Flatten()}. */
    public Value flatten(String layer, Value x) {
        Origin origin = layer(layer, "Flatten()");
        Shape shape = Shape.batch(Math.toIntExact(x.shape().elements()));
        return add(new Reshape(origin, x, activation(origin, shape)));
    }

    /** The same numbers as {@code [batch, sizes…]}. */
    public Value reshape(String layer, Value x, Integer... sizes) {
        Origin origin = layer(layer, "Reshape(" + List.of(sizes) + ")");
        return add(new Reshape(origin, x, activation(origin, Shape.batch(sizes))));
    }

    /** The same numbers, from which no gradient goes on. */
    public Value detach(String layer, Value x) {
        Origin origin = layer(layer, "Detach()");
        return add(new Detach(origin, x, activation(origin, x.shape())));
    }

    /** Weights of attention, of products [batch, …, queries, keys]. */
    public Value attentionWeights(String layer, Value x, double scale, boolean causal) {
        Origin origin = layer(layer, "AttentionWeights(" + scale + ", " + causal + ")");
        return add(new AttentionWeights(origin, x, activation(origin, x.shape()), scale, causal));
    }

    /** The axes in another order, the batch first. */
    public Value permute(String layer, Value x, Integer... order) {
        Origin origin = layer(layer, "Permute(" + List.of(order) + ")");
        return add(new Permute(origin, x, activation(origin, Permute.of(x.shape(), List.of(order))), List.of(order)));
    }

    /** Parts of one length along an axis, by where they begin. */
    public List<Value> slices(String layer, Value x, int axis, int length, Integer... from) {
        Origin origin = layer(layer, "Slice(" + axis + ", " + List.of(from) + ")");
        List<Value> parts = new ArrayList<>();
        for (int start : from) {
            Shape shape = x.shape().with(axis, length);
            parts.add(new Value(layer + "." + start, shape, Value.Kind.ACTIVATION, origin.span()));
        }
        add(new Slice(origin, x, parts, axis, List.of(from)));
        return parts;
    }

    /** One number for all that lies along some axes. */
    public Value reduce(String layer, Reduce.Kind kind, Value x, Integer... axes) {
        Origin origin = layer(layer, "Reduce(" + kind + ", " + List.of(axes) + ")");
        Shape shape = x.shape();
        for (int axis : axes) {
            shape = shape.with(axis, 1);
        }
        return add(new Reduce(origin, kind, x, activation(origin, shape)));
    }

    /** The product of matrices; each may be given transposed. */
    public Value matmul(String layer, Value a, Value b, boolean transposeA, boolean transposeB) {
        Origin origin = layer(layer, "MatMul(" + transposeA + ", " + transposeB + ")");
        int rank = a.shape().rank();
        int rows = a.shape().axis(transposeA ? rank - 1 : rank - 2);
        int columns = b.shape().axis(transposeB ? rank - 2 : rank - 1);
        Shape shape = a.shape().with(rank - 2, rows).withLast(columns);
        return add(new MatMul(origin, a, b, activation(origin, shape), transposeA, transposeB));
    }

    /** Tensors one after the other along an axis. */
    public Value concatAlong(String layer, int axis, Value... parts) {
        Origin origin = layer(layer, "Concat(" + axis + ")");
        int length = java.util.Arrays.stream(parts)
                .mapToInt(part -> part.shape().axis(axis))
                .sum();
        Shape shape = parts[0].shape().with(axis, length);
        return add(new Concat(origin, List.of(parts), activation(origin, shape), axis));
    }

    /** {@code Dropout(p)}. */
    public Value dropout(String layer, Value x, double p) {
        Origin origin = layer(layer, "Dropout(" + p + ")");
        return add(new Dropout(origin, x, saved(origin, "mask", x.shape()), activation(origin, x.shape()), p));
    }

    /** {@code AlphaDropout(p)}, or {@code FeatureAlphaDropout(p)}. */
    public Value alphaDropout(String layer, Value x, double p, boolean ofChannels) {
        Origin origin = layer(layer, "AlphaDropout(" + p + ")");
        Shape mask = ofChannels ? Shape.batch(x.shape().axis(1)) : x.shape();
        return add(new AlphaDropout(origin, x, saved(origin, "mask", mask), activation(origin, x.shape()), p));
    }

    /** {@code RReLU(lower, upper)}. */
    public Value rrelu(String layer, Value x, double lower, double upper) {
        Origin origin = layer(layer, "RReLU(" + lower + ", " + upper + ")");
        Value slope = saved(origin, "slope", x.shape());
        return add(new RReLU(origin, x, slope, activation(origin, x.shape()), lower, upper));
    }

    /** {@code ReLU()}. */
    public Value relu(String layer, Value x) {
        return activation(layer, x, ActivationFunction.of(Kind.RELU));
    }

    /** {@code LeakyReLU(slope)}. */
    public Value leakyRelu(String layer, Value x, double slope) {
        return activation(layer, x, ActivationFunction.of(Kind.LEAKY_RELU, slope));
    }

    /** {@code Tanh()}. */
    public Value tanh(String layer, Value x) {
        return activation(layer, x, ActivationFunction.of(Kind.TANH));
    }

    /** {@code Sigmoid()}. */
    public Value sigmoid(String layer, Value x) {
        return activation(layer, x, ActivationFunction.of(Kind.SIGMOID));
    }

    /** An element-wise function. */
    public Value activation(String layer, Value x, ActivationFunction function) {
        String constants =
                function.constants().stream().map(String::valueOf).collect(java.util.stream.Collectors.joining(", "));
        Origin origin = layer(layer, function.kind().word() + "(" + constants + ")");
        return add(new Activation(origin, x, activation(origin, x.shape()), function));
    }

    /** {@code Softmax(dim=axis)} or {@code LogSoftmax(dim=axis)}. */
    public Value softmax(String layer, Value x, int axis, boolean log) {
        Origin origin = layer(layer, (log ? "LogSoftmax(dim=" : "Softmax(dim=") + axis + ")");
        return add(new Softmax(origin, x, activation(origin, x.shape()), axis, log));
    }

    /** {@code Dropout2d(p)}. */
    public Value dropout2d(String layer, Value x, double p) {
        Origin origin = layer(layer, "Dropout2d(" + p + ")");
        Value mask = saved(origin, "mask", Shape.batch(x.shape().axis(1)));
        return add(new Dropout(origin, x, mask, activation(origin, x.shape()), p));
    }

    /** {@code AvgPool2d(kernel, stride=, padding=, count_include_pad=)}. */
    public Value avgPool2d(String layer, Value x, int kernel, int stride, int padding, boolean countsPadding) {
        Origin origin = layer(layer, "AvgPool2d(" + kernel + ", stride=" + stride + ", padding=" + padding + ")");
        Value y = activation(
                origin,
                Shape.batch(
                        x.shape().axis(1),
                        convolved(x.shape().axis(2), kernel, stride, padding),
                        convolved(x.shape().axis(3), kernel, stride, padding)));
        WindowGeometry window = window(kernel, stride, padding);
        return add(new AvgPool(origin, x, y, window, AvgPool.Divisor.counting(countsPadding)));
    }

    /** {@code AdaptiveAvgPool2d((height, width))}. */
    public Value adaptiveAvgPool2d(String layer, Value x, int height, int width) {
        Origin origin = layer(layer, "AdaptiveAvgPool2d((" + height + ", " + width + "))");
        Value y = activation(origin, Shape.batch(x.shape().axis(1), height, width));
        return add(new AdaptiveAvgPool(origin, x, y));
    }

    /** {@code AdaptiveMaxPool2d((height, width))}. */
    public Value adaptiveMaxPool2d(String layer, Value x, int height, int width) {
        Origin origin = layer(layer, "AdaptiveMaxPool2d((" + height + ", " + width + "))");
        Value y = activation(origin, Shape.batch(x.shape().axis(1), height, width));
        return add(new AdaptiveMaxPool(origin, x, y));
    }

    /** Upsampling or padding. */
    public Value spread2d(String layer, Value x, Spread spread) {
        Origin origin = layer(layer, spread.kind().word(2) + "(…)");
        int height = (int) spread.size(x.shape(), 0);
        int width = (int) spread.size(x.shape(), 1);
        Value y = activation(origin, Shape.batch(x.shape().axis(1), height, width));
        return add(new Spreading(origin, x, y, spread));
    }

    /** {@code Upsample((height, width), mode=, align_corners=)}. */
    public Value resize(String layer, Value x, int height, int width, Resize.Kind kind, boolean align) {
        Origin origin = layer(layer, "Upsample((" + height + ", " + width + "), …)");
        List<Double> ratios = List.of(
                align
                        ? (x.shape().axis(2) - 1.0) / (height - 1)
                        : (double) x.shape().axis(2) / height,
                align
                        ? (x.shape().axis(3) - 1.0) / (width - 1)
                        : (double) x.shape().axis(3) / width);
        Value y = activation(origin, Shape.batch(x.shape().axis(1), height, width));
        return add(new Resize(origin, x, y, kind, align, ratios));
    }

    /** {@code GroupNorm(groups, channels, affine=)}. */
    public Value groupNorm(String layer, Value x, int groups, boolean affine) {
        int channels = x.shape().axis(1);
        Origin origin = layer(layer, "GroupNorm(" + groups + ", " + channels + ", affine=" + affine + ")");
        return groupNorm(origin, x, groups, GroupNorm.Affine.CHANNELS, affine, channels);
    }

    /** {@code LayerNorm} over all axes but the batch. */
    public Value layerNorm(String layer, Value x, boolean affine) {
        Integer[] sizes = x.shape().dimensions().toArray(Integer[]::new);
        Origin origin = layer(layer, "LayerNorm(" + List.of(sizes) + ", elementwise_affine=" + affine + ")");
        return groupNorm(origin, x, 1, GroupNorm.Affine.ELEMENTS, affine, sizes);
    }

    private Value groupNorm(
            Origin origin, Value x, int parts, GroupNorm.Affine kind, boolean affine, Integer... sizes) {
        return add(new GroupNorm(
                origin,
                x,
                normWeight(origin, affine, sizes),
                normBias(origin, affine, sizes),
                saved(origin, "mean", Shape.batch(parts)),
                saved(origin, "inverse_std", Shape.batch(parts)),
                activation(origin, x.shape()),
                1e-5,
                kind));
    }

    /** A layer of the library, as it is lowered, on a tensor that it fits. */
    public Value library(String layer, Example example, Value x) {
        Graph alone = LibraryLayers.alone(example, x.shape())
                .orElseThrow(() -> new IllegalArgumentException(example + " does not fit " + x.shape()));
        Origin origin = layer(layer, example.layer());
        Map<Value, Value> own = new HashMap<>(Map.of(alone.inputs().get(0), x));
        alone.parameters().forEach(parameter -> own.put(parameter.value(), renamed(parameter.value(), origin)));
        alone.statistics().forEach(statistic -> own.put(statistic.value(), renamed(statistic.value(), origin)));
        alone.operations().stream()
                .flatMap(op -> op.outputs().stream())
                .forEach(value -> own.put(value, renamed(value, origin)));
        alone.parameters()
                .forEach(parameter -> parameters.add(new ParameterDecl(
                        own.getOrDefault(parameter.value(), parameter.value()),
                        parameter.role(),
                        parameter.initializer(),
                        false,
                        parameter.outputAxis(),
                        parameter.sparsityBelow())));
        alone.statistics()
                .forEach(statistic -> statistics.add(
                        new Statistic(own.getOrDefault(statistic.value(), statistic.value()), statistic.initial())));
        Splice splice = new Splice(own, origin);
        alone.operations().forEach(op -> operations.add(splice.of(op)));
        Value y = alone.outputs().get(0);
        return own.getOrDefault(y, y);
    }

    /** {@code norm.weight} of {@code y.weight}. */
    private static Value renamed(Value value, Origin origin) {
        return new Value(value.name().replaceFirst("^y", origin.layer()), value.shape(), value.kind(), origin.span());
    }

    /** The parts one after the other along the channels. */
    public Value concat(String layer, Value... parts) {
        Origin origin = layer(layer, "concat(" + names(parts) + ")");
        int channels = 0;
        for (Value part : parts) {
            channels += part.shape().axis(1);
        }
        List<Integer> sizes = new ArrayList<>(parts[0].shape().dimensions());
        sizes.set(0, channels);
        return add(new Concat(origin, List.of(parts), activation(origin, new Shape(true, sizes))));
    }

    /** The sum of two values of one shape. */
    public Value add(String layer, Value a, Value b) {
        Origin origin = layer(layer, "add(" + names(a, b) + ")");
        return add(new Add(origin, a, b, activation(origin, a.shape())));
    }

    private static String names(Value... values) {
        return List.of(values).stream().map(Value::name).collect(java.util.stream.Collectors.joining(", "));
    }

    /** Returns the first input of the layer that made a value. */
    public Value firstInputOf(Value y) {
        return operations.stream()
                .filter(op -> op.outputs().get(0).equals(y))
                .findFirst()
                .orElseThrow()
                .inputs()
                .get(0);
    }

    /** {@code output name}. */
    public void output(Value value) {
        line("    output " + value.name());
        outputs.add(value);
    }

    /** {@code loss CrossEntropyLoss()} of the first output. */
    public void crossEntropyLoss() {
        SourceSpan clause = line("    loss CrossEntropyLoss()");
        Value label = new Value("label", ElementType.INT, new Shape(true, List.of()), Value.Kind.TARGET, clause);
        losses.add(new Loss(Loss.Kind.CROSS_ENTROPY_LOSS, 1, outputs.get(0), label, clause));
    }

    /** Any loss of the first output. */
    public void loss(Loss.Function function, double scale) {
        SourceSpan clause = line("    loss " + scale + " * " + function.word() + "(…)");
        Value prediction = outputs.get(0);
        Shape shape = function.targetShape(prediction.shape());
        Value target = new Value("target", function.targetElement(), shape, Value.Kind.TARGET, clause);
        losses.add(new Loss(function, scale, List.of(prediction, target), clause));
    }

    /** {@code loss scale * L1Loss()} of the first output. */
    public void l1Loss(double scale) {
        differenceLoss(Loss.Kind.L1_LOSS, scale, "L1Loss()");
    }

    /** {@code loss scale * MSELoss()} of the first output. */
    public void mseLoss(double scale) {
        differenceLoss(Loss.Kind.MSE_LOSS, scale, "MSELoss()");
    }

    private void differenceLoss(Loss.Kind kind, double scale, String written) {
        SourceSpan clause = line("    loss " + scale + " * " + written);
        Value prediction = outputs.get(0);
        Value target = new Value("target", prediction.shape(), Value.Kind.TARGET, clause);
        losses.add(new Loss(kind, scale, prediction, target, clause));
    }

    /** {@code optimizer Adam(lr)}. */
    public void adam(double lr) {
        line("    optimizer Adam(lr=" + lr + ")");
        optimizer = Optional.of(new OptimizerDecl(OptimizerKind.ADAM, Map.of("lr", List.of(lr))));
    }

    /** {@code optimizer SGD(lr, momentum=)}. */
    public void sgd(double lr, double momentum) {
        line("    optimizer SGD(lr=" + lr + ", momentum=" + momentum + ")");
        optimizer = Optional.of(
                new OptimizerDecl(OptimizerKind.SGD, Map.of("lr", List.of(lr), "momentum", List.of(momentum))));
    }

    /** Puts the weights (of linear and convolution layers) of a layer under a regularizer. */
    public void regularize(String regularizer, List<RegularizerTerm> terms, String layer) {
        regularizers.put(regularizer, terms);
        List<ParameterDecl> members = regularized.computeIfAbsent(regularizer, key -> new ArrayList<>());
        parameters.stream()
                .filter(parameter -> parameter.name().equals(layer + ".weight"))
                .forEach(members::add);
    }

    /** Freezes every parameter of a layer. */
    public void freeze(String layer) {
        parameters.replaceAll(parameter -> parameter.name().startsWith(layer + ".")
                ? new ParameterDecl(
                        parameter.value(),
                        parameter.role(),
                        parameter.initializer(),
                        true,
                        parameter.outputAxis(),
                        parameter.sparsityBelow())
                : parameter);
    }
}
