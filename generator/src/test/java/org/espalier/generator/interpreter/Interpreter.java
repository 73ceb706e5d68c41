package org.espalier.generator.interpreter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.WholeNumbers;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.activation.Activation;
import org.espalier.generator.layer.activation.RReLU;
import org.espalier.generator.layer.activation.Softmax;
import org.espalier.generator.layer.attention.AttentionWeights;
import org.espalier.generator.layer.convolution.ChannelBiasBackward;
import org.espalier.generator.layer.convolution.Convolution;
import org.espalier.generator.layer.convolution.ConvolutionBackward;
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
import org.espalier.generator.layer.recurrent.RecurrenceBackward;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Detach;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.shape.Slice;
import org.espalier.generator.layer.spread.Resize;
import org.espalier.generator.layer.spread.Spread;
import org.espalier.generator.layer.spread.Spreading;
import org.espalier.generator.loss.LossGradient;
import org.espalier.generator.loss.LossSum;
import org.espalier.generator.regularizer.ActivityPenaltyBackward;

/**
 * Runs a program in training mode by the formulas of its operations, in plain loops over doubles: slow, and independent
 * of the runtime. Inputs, targets, parameters and given gradients are random but fixed by the seed; dropout drops the
 * same elements every time.
 *
 * <p>Runs over the program's memory plan if it has one. Operations that only rearrange do nothing where the plan has
 * arranged already, as generated code does.
 */
public final class Interpreter {
    private static final Map<Class<? extends Op>, BiConsumer<Interpreter, Op>> FORMULAS = new HashMap<>();

    static {
        formula(Convolution.class, Interpreter::conv2d);
        formula(TransposedConvolution.class, Interpreter::convTranspose2d);
        formula(ConvolutionBackward.Input.class, Interpreter::convolutionBackwardInput);
        formula(ConvolutionBackward.Weight.class, Interpreter::convolutionBackwardWeight);
        formula(ChannelBiasBackward.class, Interpreter::channelBiasBackward);
        formula(Linear.class, Interpreter::linear);
        formula(Linear.BackwardInput.class, Interpreter::linearBackwardInput);
        formula(Linear.BackwardWeight.class, Interpreter::linearBackwardWeight);
        formula(Linear.BackwardBias.class, Interpreter::linearBackwardBias);
        formula(Embedding.class, Interpreter::embedding);
        formula(Embedding.BackwardWeight.class, Interpreter::embeddingBackwardWeight);
        formula(
                Recurrence.class,
                (interpreter, op) ->
                        new InterpretedCells(interpreter::t, op.cell(), op.p(), op.weight(), op.reverse()).forward(op));
        formula(
                RecurrenceBackward.Input.class,
                (interpreter, op) -> new InterpretedCells(interpreter::t, op.cell(), op.dP(), op.weight(), op.reverse())
                        .backwardInput(op));
        formula(
                RecurrenceBackward.Weight.class,
                (interpreter, op) -> new InterpretedCells(
                                interpreter::t,
                                op.kept().isPresent() ? Cell.GRU : Cell.RNN_TANH,
                                op.dP(),
                                op.dWeight(),
                                op.reverse())
                        .backwardWeight(op, interpreter.accumulator(op.dWeight())));
        formula(
                RecurrenceBackward.Bias.class,
                (interpreter, op) -> InterpretedCells.backwardBias(
                        interpreter.t(op.kept()), interpreter.t(op.dP()), interpreter.accumulator(op.dBias())));
        formula(
                RecurrenceBackward.Projection.class,
                (interpreter, op) -> new InterpretedCells(interpreter::t, Cell.LSTM, op.dP(), op.weight(), op.reverse())
                        .backwardProjection(op, interpreter.accumulator(op.dProjection())));
        formula(BatchNormalization.class, Interpreter::batchNorm);
        formula(BatchNormalization.Backward.class, Interpreter::batchNormBackward);
        formula(InstanceNorm.class, Interpreter::instanceNorm);
        formula(InstanceNorm.Backward.class, Interpreter::instanceNormBackward);
        formula(MaxPool.class, Interpreter::maxPool2d);
        formula(MaxPool.Backward.class, Interpreter::maxPool2dBackward);
        formula(MaxPoolIndices.class, Interpreter::maxPoolIndices);
        formula(MaxUnpool.class, Interpreter::maxUnpool);
        formula(MaxUnpool.Backward.class, Interpreter::maxUnpoolBackward);
        formula(Reshape.class, Interpreter::reshape);
        formula(Reshape.Backward.class, Interpreter::reshapeBackward);
        formula(Dropout.class, Interpreter::dropout);
        formula(Dropout.Backward.class, Interpreter::dropoutBackward);
        formula(AlphaDropout.class, Interpreter::alphaDropout);
        formula(RReLU.class, Interpreter::rrelu);
        formula(RReLU.Backward.class, (interpreter, op) -> interpreter.masked(op.dY(), op.slope(), op.dX()));
        formula(Activation.class, Interpreter::activation);
        formula(Activation.Backward.class, Interpreter::activationBackward);
        formula(Softmax.class, Interpreter::softmax);
        formula(Softmax.Backward.class, Interpreter::softmaxBackward);
        formula(AvgPool.class, Interpreter::avgPool);
        formula(AvgPool.Backward.class, Interpreter::avgPoolBackward);
        formula(AdaptiveAvgPool.class, Interpreter::adaptiveAvgPool);
        formula(AdaptiveAvgPool.Backward.class, Interpreter::adaptiveAvgPoolBackward);
        formula(AdaptiveMaxPool.class, Interpreter::adaptiveMaxPool);
        formula(AdaptiveMaxPool.Backward.class, Interpreter::adaptiveMaxPoolBackward);
        formula(Spreading.class, Interpreter::spread2d);
        formula(Spreading.Backward.class, Interpreter::spread2dBackward);
        formula(Resize.class, Interpreter::resize);
        formula(Resize.Backward.class, Interpreter::resizeBackward);
        formula(GroupNorm.class, Interpreter::groupNorm);
        formula(GroupNorm.Backward.class, Interpreter::groupNormBackward);
        formula(Concat.class, Interpreter::concat);
        formula(Concat.Backward.class, Interpreter::concatBackward);
        formula(Add.class, Interpreter::add);
        formula(Add.Backward.class, Interpreter::addBackward);
        formula(
                Elementwise.class,
                (interpreter, op) -> interpreter.elementwise(op.f(), op.operands(), op.axes(), op.y()));
        formula(
                Elementwise.Backward.class,
                (interpreter, op) -> interpreter.elementwise(op.f(), op.operands(), op.axes(), op.dX()));
        formula(Elementwise.Sum.class, Interpreter::elementwiseSum);
        formula(
                MatMul.class,
                (interpreter, op) -> interpreter.matmul(op.a(), op.b(), op.y(), op.transposeA(), op.transposeB()));
        formula(
                MatMul.Backward.class,
                (interpreter, op) ->
                        interpreter.matmul(op.a(), op.b(), op.product(), op.transposeA(), op.transposeB()));
        formula(Slice.class, (interpreter, op) -> {
            for (int i = 0; i < op.parts().size(); i++) {
                interpreter.slice(
                        op.x(), op.parts().get(i), op.axis(), op.from().get(i), false);
            }
        });
        formula(Gather.class, Interpreter::gather);
        formula(ToFloat.class, (interpreter, op) -> copy(interpreter.t(op.x()), interpreter.t(op.y())));
        formula(Gather.Backward.class, Interpreter::gatherBackward);
        formula(Slice.Backward.class, Interpreter::sliceBackward);
        formula(Detach.class, (interpreter, op) -> copy(interpreter.t(op.x()), interpreter.t(op.y())));
        formula(AttentionWeights.class, Interpreter::attentionWeights);
        formula(AttentionWeights.Backward.class, Interpreter::attentionWeightsBackward);
        formula(Permute.class, (interpreter, op) -> interpreter.permute(op.x(), op.y(), op.order()));
        formula(Permute.Backward.class, (interpreter, op) -> interpreter.permute(op.dY(), op.dX(), op.order()));
        formula(Reduce.class, Interpreter::reduce);
        formula(Reduce.Backward.class, Interpreter::reduceBackward);
        formula(LossGradient.class, Interpreter::lossGradient);
        formula(LossSum.class, Interpreter::lossSum);
        formula(ActivityPenaltyBackward.class, Interpreter::activityPenaltyBackward);
        formula(Fused.class, Interpreter::fused);
    }

    /** Elements that windows meet, which are the same for every channel, sample and run. */
    private static final Map<Slide, int[]> TAPS = new ConcurrentHashMap<>();

    private final Program program;
    private final int batch;
    private final long seed;
    private final InterpreterMemory memory;
    private final Set<Value> contributed = new HashSet<>();
    private final Map<Value, Tensor> given = new HashMap<>();
    private double loss = Double.NaN;

    /** An interpreter with fresh random inputs and parameters. */
    public Interpreter(Program program, int batch, long seed) {
        this.program = program;
        this.batch = batch;
        this.seed = seed;
        this.memory = new InterpreterMemory(program.memory(), batch);
        Graph graph = program.graph();
        graph.inputs().forEach(this::randomize);
        graph.parameters().stream().map(ParameterDecl::value).forEach(this::randomize);
        graph.statistics().stream().map(Statistic::value).forEach(this::randomize);
        graph.targets().forEach(this::randomize);
        if (graph.losses().isEmpty()) {
            for (Seed start : program.seeds()) {
                Random random = random(start.gradient().name());
                given.put(start.gradient(), Tensor.of(start.gradient().shape(), batch, random::nextGaussian));
            }
        }
    }

    private Random random(String name) {
        return new Random(seed * 31 + name.hashCode());
    }

    private void randomize(Value value) {
        Random random = random(value.name());
        IntSupplier whole = value.isWhole() ? WholeNumbers.of(program.graph(), value, random) : () -> 0;
        memory.put(
                value,
                Tensor.of(
                        value.shape(), batch, () -> value.isWhole() ? whole.getAsInt() : 0.7 * random.nextGaussian()));
    }

    /** The numbers of a value. */
    public double[] numbers(Value value) {
        return memory.of(value).toArray();
    }

    /** The array of an input or parameter, to be changed in place. */
    public double[] array(Value value) {
        return memory.of(value).data;
    }

    /**
     * Runs forward and returns the loss, or without one, the outputs weighted by the gradients given by them; with the
     * penalties on activities.
     */
    public double forward() {
        program.forward().forEach(this::run);
        double sum = penalties();
        if (!program.graph().losses().isEmpty()) {
            // In the order of backward, which has to come to the same loss.
            for (Loss clause : program.graph().losses()) {
                sum += loss(clause, operand -> Optional.empty());
            }
            return sum;
        }
        for (Seed start : program.seeds()) {
            double[] output = numbers(start.output());
            double[] weights = given.get(start.gradient()).toArray();
            for (int i = 0; i < output.length; i++) {
                sum += output[i] * weights[i];
            }
        }
        return sum;
    }

    /** The penalties on activities. */
    private double penalties() {
        double sum = 0;
        for (UpdateGroup group : program.graph().updateGroups()) {
            for (UpdateGroup.Activity activity : group.activities()) {
                for (double y : numbers(activity.value())) {
                    for (RegularizerTerm term : group.terms()) {
                        sum += share(activity.reduction()) * penalty(term, y);
                    }
                }
            }
        }
        return sum;
    }

    private double share(UpdateGroup.Reduction reduction) {
        return reduction == UpdateGroup.Reduction.MEAN ? 1.0 / batch : 1;
    }

    private static double penalty(RegularizerTerm term, double y) {
        return term instanceof RegularizerTerm.L1 ? term.lambda() * Math.abs(y) : term.lambda() * y * y / 2;
    }

    private static double slope(RegularizerTerm term, double y) {
        return term.lambda() * (term instanceof RegularizerTerm.L1 ? Math.signum(y) : y);
    }

    /** Runs backward after {@link #forward}. */
    public void backward() {
        contributed.clear();
        given.forEach((gradient, numbers) -> copy(numbers, memory.of(gradient)));
        program.backward().forEach(this::run);
    }

    private static <O extends Op> void formula(Class<O> type, BiConsumer<Interpreter, O> formula) {
        FORMULAS.put(type, (interpreter, op) -> formula.accept(interpreter, type.cast(op)));
    }

    private void run(Op op) {
        BiConsumer<Interpreter, Op> formula = FORMULAS.get(op.getClass());
        if (formula == null) {
            throw new IllegalArgumentException("the interpreter has no formula for " + op.getClass());
        }
        formula.accept(this, op);
    }

    private Tensor t(Value value) {
        return memory.of(value);
    }

    /** A parameter's gradient: 0 before the first contribution of this backward. */
    private Tensor accumulator(Value gradient) {
        Tensor tensor = t(gradient);
        if (contributed.add(gradient)) {
            tensor.fill(0);
        }
        return tensor;
    }

    private static void copy(Tensor from, Tensor to) {
        if (from.isAt(to)) {
            return;
        }
        for (int n = 0; n < to.samples; n++) {
            for (int i = 0; i < to.elements; i++) {
                to.set(n, i, from.get(n, i));
            }
        }
    }

    private void map(Value x, Value y, DoubleUnaryOperator function) {
        Tensor from = t(x);
        Tensor to = t(y);
        for (int n = 0; n < to.samples; n++) {
            for (int i = 0; i < to.elements; i++) {
                to.set(n, i, function.applyAsDouble(from.get(n, i)));
            }
        }
    }

    private void map(Value a, Value b, Value y, DoubleBinaryOperator function) {
        Tensor left = t(a);
        Tensor right = t(b);
        Tensor to = t(y);
        for (int n = 0; n < to.samples; n++) {
            for (int i = 0; i < to.elements; i++) {
                to.set(n, i, function.applyAsDouble(left.get(n, i), right.get(n, i)));
            }
        }
    }

    /** Visits every pair of places of a small and a large image that a window joins. */
    private interface Tap {
        void at(int small, int large, int kernel);
    }

    /**
     * @param small the output of a convolution, the input of a transposed one
     * @param large the other
     */
    private static void taps(Tensor small, Tensor large, WindowGeometry window, Tap tap) {
        Slide slide = new Slide(Sizes.of(small.shape), Sizes.of(large.shape), window);
        int[] taps = TAPS.computeIfAbsent(slide, Slide::taps);
        for (int i = 0; i < taps.length; i += 3) {
            tap.at(taps[i], taps[i + 1], taps[i + 2]);
        }
    }

    /** A window between two shapes. */
    private record Slide(Sizes smalls, Sizes larges, WindowGeometry window) {
        /** Each place of the small one, what it meets in the large one, and the element of the kernel there. */
        int[] taps() {
            IntStream.Builder taps = IntStream.builder();
            for (int s = 0; s < smalls.elements(); s++) {
                for (int k = 0; k < window.kernel().elements(); k++) {
                    int[] place = place(s, smalls);
                    int[] element = place(k, window.kernel());
                    int at = 0;
                    boolean isInside = true;
                    for (int axis = 0; axis < place.length; axis++) {
                        int met = place[axis] * window.stride().at(axis)
                                - window.padding().at(axis)
                                + element[axis] * window.dilation().at(axis);
                        isInside &= met >= 0 && met < larges.at(axis);
                        at = at * larges.at(axis) + met;
                    }
                    if (isInside) {
                        taps.add(s).add(at).add(k);
                    }
                }
            }
            return taps.build().toArray();
        }
    }

    /** Returns the coordinates of an element along each axis. */
    private static int[] place(int element, Sizes sizes) {
        int[] place = new int[sizes.axes()];
        int rest = element;
        for (int axis = sizes.axes() - 1; axis >= 0; axis--) {
            place[axis] = rest % sizes.at(axis);
            rest /= sizes.at(axis);
        }
        return place;
    }

    private interface ConvolutionStep {
        void at(int sample, int small, int large, int weight);
    }

    /** Visits every product of a convolution. W is [small's channels, large's channels of one group, kernel…]. */
    private static void convolve(
            Tensor small, Tensor large, Tensor weight, WindowGeometry window, ConvolutionStep step) {
        int ofGroup = weight.shape.axis(1);
        int outputsOfGroup = small.channels() / (large.channels() / ofGroup);
        int kernelArea = (int) window.kernel().elements();
        for (int n = 0; n < small.samples; n++) {
            for (int o = 0; o < small.channels(); o++) {
                for (int within = 0; within < ofGroup; within++) {
                    int c = o / outputsOfGroup * ofGroup + within;
                    int sample = n;
                    int smallStart = o * small.area();
                    int largeStart = c * large.area();
                    int weightStart = (o * ofGroup + within) * kernelArea;
                    taps(
                            small,
                            large,
                            window,
                            (s, l, k) -> step.at(sample, smallStart + s, largeStart + l, weightStart + k));
                }
            }
        }
    }

    private static void startWithBias(Tensor y, java.util.Optional<Tensor> bias) {
        for (int n = 0; n < y.samples; n++) {
            for (int i = 0; i < y.elements; i++) {
                int channel = i / y.area();
                y.set(n, i, bias.map(b -> b.get(0, channel)).orElse(0.0));
            }
        }
    }

    private void conv2d(Convolution op) {
        Tensor x = t(op.x());
        Tensor w = t(op.weight());
        Tensor y = t(op.y());
        startWithBias(y, op.bias().map(this::t));
        convolve(y, x, w, op.window(), (n, s, l, k) -> y.add(n, s, x.get(n, l) * w.get(0, k)));
    }

    private void convTranspose2d(TransposedConvolution op) {
        Tensor x = t(op.x());
        Tensor w = t(op.weight());
        Tensor y = t(op.y());
        startWithBias(y, op.bias().map(this::t));
        convolve(x, y, w, op.window(), (n, s, l, k) -> y.add(n, l, x.get(n, s) * w.get(0, k)));
    }

    private void convolutionBackwardInput(ConvolutionBackward.Input op) {
        Tensor dY = t(op.dY());
        Tensor w = t(op.weight());
        Tensor dX = t(op.dX());
        dX.fill(0);
        if (op.transposed()) {
            convolve(dX, dY, w, op.window(), (n, s, l, k) -> dX.add(n, s, dY.get(n, l) * w.get(0, k)));
        } else {
            convolve(dY, dX, w, op.window(), (n, s, l, k) -> dX.add(n, l, dY.get(n, s) * w.get(0, k)));
        }
    }

    private void convolutionBackwardWeight(ConvolutionBackward.Weight op) {
        Tensor small = t(op.transposed() ? op.x() : op.dY());
        Tensor large = t(op.transposed() ? op.dY() : op.x());
        Tensor dW = accumulator(op.dWeight());
        convolve(small, large, dW, op.window(), (n, s, l, k) -> dW.add(0, k, small.get(n, s) * large.get(n, l)));
    }

    private void channelBiasBackward(ChannelBiasBackward op) {
        Tensor dY = t(op.dY());
        Tensor db = accumulator(op.dBias());
        for (int n = 0; n < dY.samples; n++) {
            for (int i = 0; i < dY.elements; i++) {
                db.add(0, i / dY.area(), dY.get(n, i));
            }
        }
    }

    private void linear(Linear op) {
        Tensor x = t(op.x());
        Tensor w = t(op.weight());
        Tensor y = t(op.y());
        int in = op.x().shape().last();
        int outputs = op.y().shape().last();
        for (int n = 0; n < y.samples; n++) {
            for (int at = 0; at < y.elements; at++) {
                int row = at / outputs;
                int out = at % outputs;
                double sum = op.bias().map(b -> t(b).get(0, out)).orElse(0.0);
                for (int i = 0; i < in; i++) {
                    sum += x.get(n, row * in + i) * w.get(0, out * in + i);
                }
                y.set(n, at, sum);
            }
        }
    }

    private void embedding(Embedding op) {
        Tensor x = t(op.x());
        Tensor w = t(op.weight());
        Tensor y = t(op.y());
        int columns = op.weight().shape().last();
        for (int n = 0; n < y.samples; n++) {
            for (int at = 0; at < y.elements; at++) {
                y.set(n, at, w.get(0, (int) x.get(n, at / columns) * columns + at % columns));
            }
        }
    }

    private void embeddingBackwardWeight(Embedding.BackwardWeight op) {
        Tensor x = t(op.x());
        Tensor dY = t(op.dY());
        Tensor dW = accumulator(op.dWeight());
        int columns = op.dWeight().shape().last();
        for (int n = 0; n < dY.samples; n++) {
            for (int at = 0; at < dY.elements; at++) {
                int row = (int) x.get(n, at / columns);
                dW.add(0, row * columns + at % columns, row == op.padding() ? 0 : dY.get(n, at));
            }
        }
    }

    private void linearBackwardInput(Linear.BackwardInput op) {
        Tensor dY = t(op.dY());
        Tensor w = t(op.weight());
        Tensor dX = t(op.dX());
        int in = op.dX().shape().last();
        int outputs = op.dY().shape().last();
        for (int n = 0; n < dX.samples; n++) {
            for (int at = 0; at < dX.elements; at++) {
                double sum = 0;
                for (int o = 0; o < outputs; o++) {
                    sum += dY.get(n, at / in * outputs + o) * w.get(0, o * in + at % in);
                }
                dX.set(n, at, sum);
            }
        }
    }

    private void linearBackwardWeight(Linear.BackwardWeight op) {
        Tensor x = t(op.x());
        Tensor dY = t(op.dY());
        Tensor dW = accumulator(op.dWeight());
        int in = op.x().shape().last();
        int outputs = op.dY().shape().last();
        for (int n = 0; n < x.samples; n++) {
            for (int at = 0; at < dY.elements; at++) {
                for (int i = 0; i < in; i++) {
                    dW.add(0, at % outputs * in + i, dY.get(n, at) * x.get(n, at / outputs * in + i));
                }
            }
        }
    }

    private void linearBackwardBias(Linear.BackwardBias op) {
        Tensor dY = t(op.dY());
        Tensor db = accumulator(op.dBias());
        for (int n = 0; n < dY.samples; n++) {
            for (int at = 0; at < dY.elements; at++) {
                db.add(0, at % op.dY().shape().last(), dY.get(n, at));
            }
        }
    }

    /** The places that share a mean: those of a channel over the batch, or those of a channel of one sample. */
    private static final class Group {
        private final int channel;
        private final int firstSample;
        private final int lastSample;

        private Group(int channel, int firstSample, int lastSample) {
            this.channel = channel;
            this.firstSample = firstSample;
            this.lastSample = lastSample;
        }

        private interface Place {
            void at(int sample, int i);
        }

        private void forEach(Tensor x, Place place) {
            for (int n = firstSample; n <= lastSample; n++) {
                for (int i = 0; i < x.area(); i++) {
                    place.at(n, channel * x.area() + i);
                }
            }
        }

        private double mean(Tensor x, DoubleBinaryPlace function) {
            double[] sum = new double[1];
            forEach(x, (n, i) -> sum[0] += function.at(n, i));
            return sum[0] / (x.area() * (lastSample - firstSample + 1));
        }

        private interface DoubleBinaryPlace {
            double at(int sample, int i);
        }
    }

    private void normalize(
            Value xValue,
            java.util.Optional<Value> weight,
            java.util.Optional<Value> bias,
            Value mean,
            Value inverseStd,
            Value yValue,
            double eps,
            boolean eachSample) {
        Tensor x = t(xValue);
        Tensor y = t(yValue);
        for (int c = 0; c < x.channels(); c++) {
            for (int n = 0; n < (eachSample ? x.samples : 1); n++) {
                Group group = new Group(c, eachSample ? n : 0, eachSample ? n : x.samples - 1);
                double average = group.mean(x, x::get);
                double variance = group.mean(x, (s, i) -> (x.get(s, i) - average) * (x.get(s, i) - average));
                double inverse = 1 / Math.sqrt(variance + eps);
                int channel = c;
                double scale = weight.map(w -> t(w).get(0, channel)).orElse(1.0);
                double shift = bias.map(b -> t(b).get(0, channel)).orElse(0.0);
                group.forEach(x, (s, i) -> y.set(s, i, (x.get(s, i) - average) * inverse * scale + shift));
                t(mean).set(n, c, average);
                t(inverseStd).set(n, c, inverse);
            }
        }
    }

    private void normalizeBackward(
            Value xValue,
            java.util.Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dYValue,
            Value dXValue,
            java.util.Optional<Value> dWeight,
            java.util.Optional<Value> dBias,
            boolean eachSample) {
        Tensor x = t(xValue);
        Tensor dY = t(dYValue);
        Tensor dX = t(dXValue);
        java.util.Optional<Tensor> dGamma = dWeight.map(this::accumulator);
        java.util.Optional<Tensor> dBeta = dBias.map(this::accumulator);
        for (int c = 0; c < x.channels(); c++) {
            for (int n = 0; n < (eachSample ? x.samples : 1); n++) {
                Group group = new Group(c, eachSample ? n : 0, eachSample ? n : x.samples - 1);
                int count = x.area() * (eachSample ? 1 : x.samples);
                double average = t(mean).get(n, c);
                double inverse = t(inverseStd).get(n, c);
                int channel = c;
                double scale = weight.map(w -> t(w).get(0, channel)).orElse(1.0);
                double meanDy = group.mean(x, dY::get);
                double meanDyX = group.mean(x, (s, i) -> dY.get(s, i) * (x.get(s, i) - average) * inverse);
                dGamma.ifPresent(d -> d.add(0, channel, meanDyX * count));
                dBeta.ifPresent(d -> d.add(0, channel, meanDy * count));
                group.forEach(
                        x,
                        (s, i) -> dX.set(
                                s,
                                i,
                                scale
                                        * inverse
                                        * (dY.get(s, i) - meanDy - (x.get(s, i) - average) * inverse * meanDyX)));
            }
        }
    }

    private void batchNorm(BatchNormalization op) {
        normalize(op.x(), op.weight(), op.bias(), op.mean(), op.inverseStd(), op.y(), op.eps(), false);
    }

    private void batchNormBackward(BatchNormalization.Backward op) {
        normalizeBackward(
                op.x(), op.weight(), op.mean(), op.inverseStd(), op.dY(), op.dX(), op.dWeight(), op.dBias(), false);
    }

    private void instanceNorm(InstanceNorm op) {
        normalize(op.x(), op.weight(), op.bias(), op.mean(), op.inverseStd(), op.y(), op.eps(), true);
    }

    private void instanceNormBackward(InstanceNorm.Backward op) {
        normalizeBackward(
                op.x(), op.weight(), op.mean(), op.inverseStd(), op.dY(), op.dX(), op.dWeight(), op.dBias(), true);
    }

    /** For each place of the pooled image, where its maximum came from. */
    private static int[] winners(Tensor x, int sample, int channel, Tensor pooled, WindowGeometry window) {
        int[] winners = new int[pooled.area()];
        java.util.Arrays.fill(winners, -1);
        taps(pooled, x, window, (small, large, kernel) -> {
            int place = channel * x.area() + large;
            if (winners[small] < 0 || x.get(sample, place) > x.get(sample, winners[small])) {
                winners[small] = place;
            }
        });
        return winners;
    }

    private void maxPool2d(MaxPool op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        for (int n = 0; n < x.samples; n++) {
            for (int c = 0; c < x.channels(); c++) {
                int[] winners = winners(x, n, c, y, op.window());
                for (int i = 0; i < winners.length; i++) {
                    y.set(n, c * y.area() + i, x.get(n, winners[i]));
                }
            }
        }
    }

    private void maxPool2dBackward(MaxPool.Backward op) {
        Tensor x = t(op.x());
        Tensor dY = t(op.dY());
        Tensor dX = t(op.dX());
        dX.fill(0);
        for (int n = 0; n < x.samples; n++) {
            for (int c = 0; c < x.channels(); c++) {
                int[] winners = winners(x, n, c, dY, op.window());
                for (int i = 0; i < winners.length; i++) {
                    dX.add(n, winners[i], dY.get(n, c * dY.area() + i));
                }
            }
        }
    }

    private void maxPoolIndices(MaxPoolIndices op) {
        Tensor x = t(op.x());
        Tensor indices = t(op.indices());
        eachChannel(x, (n, c) -> {
            int[] winners = op.window()
                    .map(window -> winners(x, n, c, indices, window))
                    .orElseGet(() -> winnersOfParts(x, n, c, indices));
            for (int i = 0; i < winners.length; i++) {
                indices.set(n, c * indices.area() + i, winners[i] - c * x.area());
            }
        });
    }

    private void maxUnpool(MaxUnpool op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        y.fill(0);
        eachPlace(x, op.indices(), y, (n, small, large) -> y.set(n, large, x.get(n, small)));
    }

    private void maxUnpoolBackward(MaxUnpool.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        Map<List<Integer>, Integer> last = new HashMap<>();
        eachPlace(dX, op.indices(), dY, (n, small, large) -> last.put(List.of(n, large), small));
        eachPlace(
                dX,
                op.indices(),
                dY,
                (n, small, large) -> dX.set(n, small, last.get(List.of(n, large)) == small ? dY.get(n, large) : 0));
    }

    /** Visits the elements of a small tensor with the places in a large one that indices give them. */
    private void eachPlace(Tensor small, Value indices, Tensor large, Picked visit) {
        eachChannel(small, (n, c) -> {
            for (int i = c * small.area(); i < (c + 1) * small.area(); i++) {
                visit.at(n, i, c * large.area() + (int) t(indices).get(n, i));
            }
        });
    }

    private void reshape(Reshape op) {
        copy(t(op.x()), t(op.y()));
    }

    private void reshapeBackward(Reshape.Backward op) {
        copy(t(op.dY()), t(op.dX()));
    }

    private void dropout(Dropout op) {
        Random random = random(op.mask().name());
        Tensor mask = t(op.mask());
        for (int n = 0; n < mask.samples; n++) {
            for (int i = 0; i < mask.elements; i++) {
                mask.set(n, i, random.nextDouble() < op.p() ? 0 : 1 / (1 - op.p()));
            }
        }
        masked(op.x(), op.mask(), op.y());
    }

    private void dropoutBackward(Dropout.Backward op) {
        masked(op.dY(), op.mask(), op.dX());
    }

    private void alphaDropout(AlphaDropout op) {
        double alpha = -1.6732632423543772 * 1.0507009873554805;
        double scale = 1 / Math.sqrt((1 - op.p()) * (1 + op.p() * alpha * alpha));
        Random random = random(op.mask().name());
        Tensor mask = t(op.mask());
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        int each = x.elements / mask.elements;
        for (int n = 0; n < x.samples; n++) {
            for (int i = 0; i < mask.elements; i++) {
                mask.set(n, i, random.nextDouble() < op.p() ? 0 : scale);
            }
            for (int i = 0; i < x.elements; i++) {
                double kept = mask.get(n, i / each) == 0 ? alpha : x.get(n, i);
                y.set(n, i, scale * (kept - alpha * op.p()));
            }
        }
    }

    private void rrelu(RReLU op) {
        Random random = random(op.slope().name());
        Tensor x = t(op.x());
        Tensor slope = t(op.slope());
        for (int n = 0; n < x.samples; n++) {
            for (int i = 0; i < x.elements; i++) {
                double drawn = op.lower() + (op.upper() - op.lower()) * random.nextDouble();
                slope.set(n, i, x.get(n, i) > 0 ? 1 : drawn);
            }
        }
        masked(op.x(), op.slope(), op.y());
    }

    private void masked(Value x, Value maskValue, Value y) {
        Tensor from = t(x);
        Tensor mask = t(maskValue);
        Tensor to = t(y);
        int each = from.elements / mask.elements;
        for (int n = 0; n < from.samples; n++) {
            for (int i = 0; i < from.elements; i++) {
                to.set(n, i, from.get(n, i) * mask.get(n, i / each));
            }
        }
    }

    private void activation(Activation op) {
        map(op.x(), op.y(), Curve.of(op.function())::value);
    }

    private void activationBackward(Activation.Backward op) {
        Curve curve = Curve.of(op.function());
        boolean inverted = op.function().isDerivedFromResult();
        map(
                op.known(),
                op.dY(),
                op.dX(),
                (known, dY) -> dY * (inverted ? curve.slopeFromResult(known) : curve.slope(known)));
    }

    private interface Line {
        void at(int sample, int first, int end, int step);
    }

    /** Visits every line along an axis: where its first element is, where it ends, and how far the next element is. */
    private static void lines(Value value, Tensor x, int axis, Line line) {
        int step = behind(value, axis).reduce(1, (a, b) -> a * b);
        int block = step * value.shape().axis(axis);
        for (int n = 0; n < x.samples; n++) {
            for (int from = 0; from < x.elements; from += block) {
                for (int first = from; first < from + step; first++) {
                    line.at(n, first, from + block, step);
                }
            }
        }
    }

    private void softmax(Softmax op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        lines(op.x(), x, op.axis(), (n, first, end, step) -> {
            double sum = 0;
            for (int i = first; i < end; i += step) {
                sum += Math.exp(x.get(n, i));
            }
            for (int i = first; i < end; i += step) {
                double probability = Math.exp(x.get(n, i)) / sum;
                y.set(n, i, op.log() ? Math.log(probability) : probability);
            }
        });
    }

    private void softmaxBackward(Softmax.Backward op) {
        Tensor y = t(op.y());
        Tensor dY = t(op.dY());
        Tensor dX = t(op.dX());
        lines(op.y(), y, op.axis(), (n, first, end, step) -> {
            double sum = 0;
            for (int i = first; i < end; i += step) {
                sum += dY.get(n, i) * (op.log() ? 1 : y.get(n, i));
            }
            for (int i = first; i < end; i += step) {
                double d = dY.get(n, i);
                dX.set(n, i, op.log() ? d - Math.exp(y.get(n, i)) * sum : y.get(n, i) * (d - sum));
            }
        });
    }

    private interface Share {
        void of(int large, int small, double share);
    }

    /** Visits every element of x with an element of y that it is averaged into, and its share. */
    private static void averages(Tensor x, Tensor y, WindowGeometry window, AvgPool.Divisor divisor, Share share) {
        double[] counts = new double[y.area()];
        if (divisor.fixed().isPresent()) {
            java.util.Arrays.fill(counts, divisor.fixed().get());
        } else if (divisor.countsPadding()) {
            java.util.Arrays.setAll(counts, small -> padded(small, x, y, window));
        } else {
            taps(y, x, window, (small, large, kernel) -> counts[small]++);
        }
        taps(y, x, window, (small, large, kernel) -> share.of(large, small, 1 / counts[small]));
    }

    /** The elements of a window that lie in the image or its padding. */
    private static double padded(int small, Tensor x, Tensor y, WindowGeometry window) {
        int[] place = place(small, Sizes.of(y.shape));
        double count = 1;
        for (int axis = 0; axis < place.length; axis++) {
            int start = place[axis] * window.stride().at(axis);
            int size = Sizes.of(x.shape).at(axis) + 2 * window.padding().at(axis);
            count *= Math.min(window.kernel().at(axis), size - start);
        }
        return count;
    }

    /** Visits every element of x with an element of y that it is averaged into, and its share. */
    private static void parts(Tensor x, Tensor y, Share share) {
        Sizes larges = Sizes.of(x.shape);
        Sizes smalls = Sizes.of(y.shape);
        for (int large = 0; large < x.area(); large++) {
            for (int small = 0; small < y.area(); small++) {
                double product = 1;
                for (int axis = 0; axis < larges.axes(); axis++) {
                    product *= overlap(
                            place(large, larges)[axis], place(small, smalls)[axis], larges.at(axis), smalls.at(axis));
                }
                if (product != 0) {
                    share.of(large, small, product);
                }
            }
        }
    }

    /** The share of an element in a part of an axis that is cut into parts. */
    private static double overlap(int element, int part, int size, int parts) {
        int from = Math.floorDiv(part * size, parts);
        int to = -Math.floorDiv(-(part + 1) * size, parts);
        return element >= from && element < to ? 1.0 / (to - from) : 0;
    }

    private void avgPool(AvgPool op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        y.fill(0);
        eachChannel(
                x,
                (n, c) -> averages(
                        x,
                        y,
                        op.window(),
                        op.divisor(),
                        (large, small, share) ->
                                y.add(n, c * y.area() + small, share * x.get(n, c * x.area() + large))));
    }

    private void avgPoolBackward(AvgPool.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        eachChannel(
                dX,
                (n, c) -> averages(
                        dX,
                        dY,
                        op.window(),
                        op.divisor(),
                        (large, small, share) ->
                                dX.add(n, c * dX.area() + large, share * dY.get(n, c * dY.area() + small))));
    }

    private void adaptiveAvgPool(AdaptiveAvgPool op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        y.fill(0);
        eachChannel(
                x,
                (n, c) -> parts(
                        x,
                        y,
                        (large, small, share) ->
                                y.add(n, c * y.area() + small, share * x.get(n, c * x.area() + large))));
    }

    private void adaptiveAvgPoolBackward(AdaptiveAvgPool.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        eachChannel(
                dX,
                (n, c) -> parts(
                        dX,
                        dY,
                        (large, small, share) ->
                                dX.add(n, c * dX.area() + large, share * dY.get(n, c * dY.area() + small))));
    }

    private static int[] winnersOfParts(Tensor x, int sample, int channel, Tensor pooled) {
        int[] winners = new int[pooled.area()];
        java.util.Arrays.fill(winners, -1);
        parts(x, pooled, (large, small, share) -> {
            int place = channel * x.area() + large;
            if (winners[small] < 0 || x.get(sample, place) > x.get(sample, winners[small])) {
                winners[small] = place;
            }
        });
        return winners;
    }

    private void adaptiveMaxPool(AdaptiveMaxPool op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        eachChannel(x, (n, c) -> {
            int[] winners = winnersOfParts(x, n, c, y);
            for (int i = 0; i < winners.length; i++) {
                y.set(n, c * y.area() + i, x.get(n, winners[i]));
            }
        });
    }

    private void adaptiveMaxPoolBackward(AdaptiveMaxPool.Backward op) {
        Tensor x = t(op.x());
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        eachChannel(x, (n, c) -> {
            int[] winners = winnersOfParts(x, n, c, dY);
            for (int i = 0; i < winners.length; i++) {
                dX.add(n, winners[i], dY.get(n, c * dY.area() + i));
            }
        });
    }

    /** Returns the place that an element of a spread axis comes from; below 0 if from nowhere. */
    private static int source(Spread.Kind kind, int place, int before, int size) {
        return switch (kind) {
            case NEAREST -> place / before;
            case ZEROS, CONSTANT -> place - before < size ? place - before : -1;
            case REFLECT -> {
                int period = Math.max(1, 2 * (size - 1));
                int around = Math.floorMod(place - before, period);
                yield around < size ? around : period - around;
            }
            case CIRCULAR -> Math.floorMod(place - before, size);
            case REPLICATE -> Math.min(Math.max(place - before, 0), size - 1);
        };
    }

    private interface Copy {
        void of(int from, int to);
    }

    private static void spread(Tensor x, Tensor y, Spread spread, Copy copy) {
        Sizes from = Sizes.of(x.shape);
        for (int to = 0; to < y.area(); to++) {
            int[] place = place(to, Sizes.of(y.shape));
            int at = 0;
            boolean isInside = true;
            for (int axis = 0; axis < place.length; axis++) {
                int source = source(spread.kind(), place[axis], spread.before().at(axis), from.at(axis));
                isInside &= source >= 0;
                at = at * from.at(axis) + source;
            }
            if (isInside) {
                copy.of(at, to);
            }
        }
    }

    private void spread2d(Spreading op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        y.fill(op.spread().value());
        eachChannel(
                x,
                (n, c) -> spread(
                        x, y, op.spread(), (from, to) -> y.set(n, c * y.area() + to, x.get(n, c * x.area() + from))));
    }

    private void resize(Resize op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        y.fill(0);
        resizing(x, y, op, (n, from, to, weight) -> y.add(n, to, weight * x.get(n, from)));
    }

    private void resizeBackward(Resize.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        Resize forward = new Resize(op.origin(), op.dX(), op.dY(), op.kind(), op.align(), op.ratios());
        resizing(dX, dY, forward, (n, from, to, weight) -> dX.add(n, from, weight * dY.get(n, to)));
    }

    private interface Weighed {
        void at(int sample, int from, int to, double weight);
    }

    /** Every element of x for every one of y in its channel: the weight is the product of those along the axes. */
    private static void resizing(Tensor x, Tensor y, Resize op, Weighed weighed) {
        eachChannel(x, (n, c) -> {
            for (int to = 0; to < y.area(); to++) {
                for (int from = 0; from < x.area(); from++) {
                    double weight = 1;
                    int restOfX = from;
                    int restOfY = to;
                    for (int axis = op.ratios().size() - 1; axis >= 0; axis--) {
                        int size = x.shape.axis(WindowGeometry.FIRST + axis);
                        int sizeOfY = y.shape.axis(WindowGeometry.FIRST + axis);
                        weight *= weight(op, op.ratios().get(axis), restOfY % sizeOfY, restOfX % size, size);
                        restOfX /= size;
                        restOfY /= sizeOfY;
                    }
                    weighed.at(n, c * x.area() + from, c * y.area() + to, weight);
                }
            }
        });
    }

    private static double weight(Resize op, double ratio, int to, int from, int size) {
        double place = op.align() ? ratio * to : ratio * (to + 0.5) - 0.5;
        return switch (op.kind()) {
            case NEAREST -> from == Math.min(size - 1, Math.floor(ratio * to)) ? 1 : 0;
            case NEAREST_EXACT -> from == Math.min(size - 1, Math.floor(ratio * (to + 0.5))) ? 1 : 0;
            case LINEAR -> Math.max(0, 1 - Math.abs(Math.max(0, Math.min(size - 1, place)) - from));
            case CUBIC ->
                IntStream.rangeClosed(-1, 2)
                        .map(step -> (int) Math.floor(place) + step)
                        .filter(near -> Math.max(0, Math.min(size - 1, near)) == from)
                        .mapToDouble(near -> cubic(Math.abs(place - near)))
                        .sum();
        };
    }

    /** Keys' convolution with a = −3/4. */
    private static double cubic(double d) {
        return d <= 1 ? 1.25 * d * d * d - 2.25 * d * d + 1 : -0.75 * (d * d * d - 5 * d * d + 8 * d - 4);
    }

    private void spread2dBackward(Spreading.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        eachChannel(
                dX,
                (n, c) -> spread(
                        dX,
                        dY,
                        op.spread(),
                        (from, to) -> dX.add(n, c * dX.area() + from, dY.get(n, c * dY.area() + to))));
    }

    private interface Channel {
        void of(int sample, int channel);
    }

    private static void eachChannel(Tensor x, Channel channel) {
        for (int n = 0; n < x.samples; n++) {
            for (int c = 0; c < x.channels(); c++) {
                channel.of(n, c);
            }
        }
    }

    /** The γ and β that an element of a sample has. */
    private static int parameter(Tensor x, int parts, GroupNorm.Affine affine, int i) {
        return affine == GroupNorm.Affine.CHANNELS ? i / x.area() : i % (x.elements / parts);
    }

    private void groupNorm(GroupNorm op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        int parts = t(op.mean()).elements;
        int size = x.elements / parts;
        for (int n = 0; n < x.samples; n++) {
            for (int part = 0; part < parts; part++) {
                double mean = 0;
                double squares = 0;
                for (int i = part * size; i < (part + 1) * size; i++) {
                    mean += x.get(n, i) / size;
                    squares += x.get(n, i) * x.get(n, i) / size;
                }
                double inverse = 1 / Math.sqrt(squares - mean * mean + op.eps());
                t(op.mean()).set(n, part, mean);
                t(op.inverseStd()).set(n, part, inverse);
                for (int i = part * size; i < (part + 1) * size; i++) {
                    int parameter = parameter(x, parts, op.affine(), i);
                    double scale = op.weight().map(w -> t(w).get(0, parameter)).orElse(1.0);
                    double shift = op.bias().map(b -> t(b).get(0, parameter)).orElse(0.0);
                    y.set(n, i, (x.get(n, i) - mean) * inverse * scale + shift);
                }
            }
        }
    }

    private void groupNormBackward(GroupNorm.Backward op) {
        Tensor x = t(op.x());
        Tensor dY = t(op.dY());
        Tensor dX = t(op.dX());
        java.util.Optional<Tensor> dGamma = op.dWeight().map(this::accumulator);
        java.util.Optional<Tensor> dBeta = op.dBias().map(this::accumulator);
        int parts = t(op.mean()).elements;
        int size = x.elements / parts;
        for (int n = 0; n < x.samples; n++) {
            for (int part = 0; part < parts; part++) {
                double mean = t(op.mean()).get(n, part);
                double inverse = t(op.inverseStd()).get(n, part);
                double sum = 0;
                double sumOfProducts = 0;
                double[] normal = new double[size];
                double[] scaled = new double[size];
                for (int k = 0; k < size; k++) {
                    int i = part * size + k;
                    int parameter = parameter(x, parts, op.affine(), i);
                    double d = dY.get(n, i);
                    normal[k] = (x.get(n, i) - mean) * inverse;
                    scaled[k] = d * op.weight().map(w -> t(w).get(0, parameter)).orElse(1.0);
                    sum += scaled[k] / size;
                    sumOfProducts += scaled[k] * normal[k] / size;
                    if (dGamma.isPresent()) {
                        dGamma.get().add(0, parameter, d * normal[k]);
                    }
                    dBeta.ifPresent(tensor -> tensor.add(0, parameter, d));
                }
                for (int k = 0; k < size; k++) {
                    dX.set(n, part * size + k, inverse * (scaled[k] - sum - normal[k] * sumOfProducts));
                }
            }
        }
    }

    private void matmul(Value aValue, Value bValue, Value yValue, boolean transposeA, boolean transposeB) {
        Tensor a = t(aValue);
        Tensor b = t(bValue);
        Tensor y = t(yValue);
        int columns = yValue.shape().last();
        int rows = yValue.shape().axis(yValue.shape().rank() - 2);
        int inner = transposeA
                ? aValue.shape().axis(aValue.shape().rank() - 2)
                : aValue.shape().last();
        for (int n = 0; n < y.samples; n++) {
            for (int at = 0; at < y.elements; at++) {
                int matrix = at / (rows * columns);
                int row = at / columns % rows;
                int column = at % columns;
                double sum = 0;
                for (int i = 0; i < inner; i++) {
                    int left = transposeA ? i * rows + row : row * inner + i;
                    int right = transposeB ? column * inner + i : i * columns + column;
                    sum += a.get(n, matrix * rows * inner + left) * b.get(n, matrix * inner * columns + right);
                }
                y.set(n, at, sum);
            }
        }
    }

    private void concat(Concat op) {
        int from = 0;
        for (Value part : op.parts()) {
            slice(op.y(), part, op.axis(), from, true);
            from += part.shape().axis(op.axis());
        }
    }

    private void concatBackward(Concat.Backward op) {
        slice(op.dY(), op.dPart(), op.axis(), op.from(), false);
    }

    /** Copies a part out of a whole, or into it; onto itself where it lies there. */
    private void slice(Value whole, Value part, int axis, int from, boolean into) {
        Tensor all = t(whole);
        Tensor some = t(part);
        int inner = behind(whole, axis).reduce(1, (a, b) -> a * b);
        int length = part.shape().axis(axis) * inner;
        for (int n = 0; n < some.samples; n++) {
            for (int i = 0; i < some.elements; i++) {
                int place = (i / length * whole.shape().axis(axis) + from) * inner + i % length;
                if (into) {
                    all.set(n, place, some.get(n, i));
                } else {
                    some.set(n, i, all.get(n, place));
                }
            }
        }
    }

    private void sliceBackward(Slice.Backward op) {
        int covered = op.dParts().stream()
                .mapToInt(part -> part.shape().axis(op.axis()))
                .sum();
        if (covered < op.dX().shape().axis(op.axis())) {
            t(op.dX()).fill(0);
        }
        for (int i = 0; i < op.dParts().size(); i++) {
            slice(op.dX(), op.dParts().get(i), op.axis(), op.from().get(i), true);
        }
    }

    /** The sizes of the axes behind one. */
    private static Stream<Integer> behind(Value value, int axis) {
        return value.shape().dimensions().stream().skip(axis + 1 - value.shape().firstAxis());
    }

    private void permute(Value x, Value y, List<Integer> order) {
        Tensor from = t(x);
        Tensor to = t(y);
        for (int n = 0; n < to.samples; n++) {
            for (int i = 0; i < to.elements; i++) {
                int[] coordinates = new int[order.size()];
                int rest = i;
                for (int axis = order.size() - 1; axis >= y.shape().firstAxis(); axis--) {
                    coordinates[order.get(axis)] = rest % y.shape().axis(axis);
                    rest /= y.shape().axis(axis);
                }
                int place = 0;
                for (int axis = y.shape().firstAxis(); axis < order.size(); axis++) {
                    place = place * x.shape().axis(axis) + coordinates[axis];
                }
                to.set(n, i, from.get(n, place));
            }
        }
    }

    private void gather(Gather op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        taken(op.by(), op.x(), op.index(), op.axis(), (n, all, taken) -> y.set(n, taken, x.get(n, all)));
    }

    private void gatherBackward(Gather.Backward op) {
        Tensor dX = t(op.dX());
        Tensor dY = t(op.dY());
        dX.fill(0);
        taken(op.by(), op.dX(), op.index(), op.axis(), (n, all, taken) -> dX.add(n, all, dY.get(n, taken)));
    }

    private interface Picked {
        void at(int sample, int all, int taken);
    }

    /** Visits the elements that an index takes of a tensor, with their places among what is taken. */
    private void taken(Gather.By by, Value whole, Value index, int axis, Picked visit) {
        if (by == Gather.By.EACH) {
            eachGathered(whole, index, axis, visit);
            return;
        }
        Tensor places = t(index);
        int samples = t(whole).samples;
        int inner = behind(whole, axis).reduce(1, (a, b) -> a * b);
        int length = whole.shape().axis(axis);
        int outer = Math.toIntExact(whole.shape().elements() / length / inner);
        for (int n = 0; n < samples; n++) {
            for (int o = 0; o < outer; o++) {
                for (int k = 0; k < places.elements; k++) {
                    for (int i = 0; i < inner; i++) {
                        int all = (o * length + (int) places.get(0, k)) * inner + i;
                        visit.at(n, all, (o * places.elements + k) * inner + i);
                    }
                }
            }
        }
    }

    private void eachGathered(Value whole, Value index, int axis, Picked visit) {
        Tensor places = t(index);
        int inner = behind(whole, axis).reduce(1, (a, b) -> a * b);
        int block = inner * index.shape().axis(axis);
        for (int n = 0; n < places.samples; n++) {
            for (int at = 0; at < places.elements; at++) {
                int first = at / block * whole.shape().axis(axis);
                visit.at(n, (first + (int) places.get(n, at)) * inner + at % inner, at);
            }
        }
    }

    private void attentionWeights(AttentionWeights op) {
        int keys = op.x().shape().last();
        int queries = op.x().shape().axis(op.x().shape().rank() - 2);
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        lines(op.x(), x, op.x().shape().rank() - 1, (n, first, end, step) -> {
            int seen = op.causal() ? first + Math.min(keys, first / keys % queries + 1) : end;
            double sum = 0;
            for (int i = first; i < seen; i++) {
                sum += Math.exp(op.scale() * x.get(n, i));
            }
            for (int i = first; i < end; i++) {
                y.set(n, i, i < seen ? Math.exp(op.scale() * x.get(n, i)) / sum : 0);
            }
        });
    }

    private void attentionWeightsBackward(AttentionWeights.Backward op) {
        Tensor y = t(op.y());
        Tensor dY = t(op.dY());
        lines(op.y(), y, op.y().shape().rank() - 1, (n, first, end, step) -> {
            double mean = 0;
            for (int i = first; i < end; i++) {
                mean += dY.get(n, i) * y.get(n, i);
            }
            for (int i = first; i < end; i++) {
                t(op.dX()).set(n, i, op.scale() * y.get(n, i) * (dY.get(n, i) - mean));
            }
        });
    }

    /** For each element of a reduction, what of a sample it is made of. */
    private static Map<Integer, List<Integer>> groups(Value x, Value y) {
        Map<Integer, List<Integer>> groups = new HashMap<>();
        for (int i = 0; i < x.shape().elements(); i++) {
            groups.computeIfAbsent(repeated(y.shape(), 0, x.shape(), i), key -> new ArrayList<>())
                    .add(i);
        }
        return groups;
    }

    private void reduce(Reduce op) {
        Tensor x = t(op.x());
        Tensor y = t(op.y());
        groups(op.x(), op.y()).forEach((place, members) -> {
            for (int n = 0; n < x.samples; n++) {
                int sample = n;
                double[] numbers =
                        members.stream().mapToDouble(i -> x.get(sample, i)).toArray();
                y.set(n, place, reduced(op.kind(), numbers));
            }
        });
    }

    private static double reduced(Reduce.Kind kind, double... numbers) {
        return switch (kind) {
            case SUM -> Arrays.stream(numbers).sum();
            case MEAN -> Arrays.stream(numbers).average().orElseThrow();
            case MAX -> Arrays.stream(numbers).max().orElseThrow();
            case MIN -> Arrays.stream(numbers).min().orElseThrow();
            case PRODUCT -> Arrays.stream(numbers).reduce(1, (a, b) -> a * b);
            case LOG_SUM_EXP -> Math.log(Arrays.stream(numbers).map(Math::exp).sum());
            case NORM -> Math.sqrt(Arrays.stream(numbers).map(a -> a * a).sum());
        };
    }

    /** By differences: the number that an element has a part in, with and without a little more of it. */
    private void reduceBackward(Reduce.Backward op) {
        Tensor x = t(op.x());
        Tensor dY = t(op.dY());
        Tensor dX = t(op.dX());
        double step = 1e-6;
        groups(op.x(), op.y()).forEach((place, members) -> {
            for (int n = 0; n < x.samples; n++) {
                int sample = n;
                double[] numbers =
                        members.stream().mapToDouble(i -> x.get(sample, i)).toArray();
                for (int i = 0; i < numbers.length; i++) {
                    double[] more = numbers.clone();
                    double[] less = numbers.clone();
                    more[i] += step;
                    less[i] -= step;
                    double slope = (reduced(op.kind(), more) - reduced(op.kind(), less)) / (2 * step);
                    dX.set(n, members.get(i), slope * dY.get(n, place));
                }
            }
        });
    }

    private void add(Add op) {
        map(op.a(), op.b(), op.sum(), Double::sum);
    }

    private void addBackward(Add.Backward op) {
        copy(t(op.dSum()), t(op.dPart()));
    }

    private void elementwise(Argument.Function f, List<Value> operands, List<Integer> axes, Value y) {
        Tensor to = t(y);
        for (int n = 0; n < to.samples; n++) {
            for (int i = 0; i < to.elements; i++) {
                to.set(n, i, value(f, operands, axes, y.shape(), n, i));
            }
        }
    }

    private void elementwiseSum(Elementwise.Sum op) {
        Shape shape = op.operands().get(0).shape();
        int last = op.axes().size() - 1;
        Tensor like = t(op.operands().get(0));
        Tensor sum = op.dX().kind() == Value.Kind.PARAMETER_GRADIENT ? accumulator(op.dX()) : t(op.dX());
        if (op.dX().kind() != Value.Kind.PARAMETER_GRADIENT) {
            sum.fill(0);
        }
        for (int n = 0; n < like.samples; n++) {
            for (int i = 0; i < like.elements; i++) {
                double value = value(op.f(), op.operands(), op.axes().subList(0, last), shape, n, i);
                sum.add(sum.samples == 1 ? 0 : n, repeated(sum.shape, op.axes().get(last), shape, i), value);
            }
        }
    }

    private double value(
            Argument.Function f, List<Value> operands, List<Integer> axes, Shape shape, int sample, int place) {
        Map<String, Double> variables = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            Tensor operand = t(operands.get(i));
            int at = repeated(operand.shape, axes.get(i), shape, place);
            variables.put(f.variables().get(i), operand.get(operand.samples == 1 ? 0 : sample, at));
        }
        return Evaluation.at(f.value(), variables);
    }

    /** Returns the index in an operand of the element for a place of a shape that it is repeated to. */
    private static int repeated(Shape operand, int axis, Shape shape, int place) {
        int at = 0;
        int stride = 1;
        int rest = place;
        for (int i = shape.rank() - 1; i >= shape.firstAxis(); i--) {
            int coordinate = rest % shape.axis(i);
            rest /= shape.axis(i);
            int own = i - axis;
            boolean has = own >= (operand.batched() ? 1 : 0) && own < operand.rank();
            if (has && operand.axis(own) > 1) {
                at += coordinate * stride;
                stride *= operand.axis(own);
            }
        }
        return at;
    }

    private void lossGradient(LossGradient op) {
        loss = (op.place() == 0 ? penalties() : loss)
                + loss(op.loss(), operand -> op.gradient(operand).map(this::t));
    }

    private void lossSum(LossSum op) {
        map(op.a(), op.b(), op.sum(), Double::sum);
    }

    private void activityPenaltyBackward(ActivityPenaltyBackward op) {
        UpdateGroup regularizer = program.graph().updateGroups().stream()
                .filter(group -> group.name().equals(op.regularizer()))
                .findFirst()
                .orElseThrow();
        Tensor y = t(op.y());
        Tensor dX = t(op.dX());
        for (int n = 0; n < batch; n++) {
            for (int i = 0; i < y.elements; i++) {
                double gradient = op.dY().isPresent() ? t(op.dY().get()).get(n, i) : 0;
                for (RegularizerTerm term : regularizer.terms()) {
                    gradient += share(op.reduction()) * slope(term, y.get(n, i));
                }
                dX.set(n, i, gradient);
            }
        }
    }

    /** One part after the other; what is not stored has memory of its own here. */
    private void fused(Fused op) {
        op.parts().forEach(this::run);
    }

    /** The loss as {@link #backward} computed it, beside its gradient, with the penalties on activities. */
    public double loss() {
        return loss;
    }

    /**
     * Computes a loss.
     *
     * @param gradients where those by its operands go, if anywhere
     */
    private double loss(Loss clause, IntFunction<Optional<Tensor>> gradients) {
        Tensor prediction = t(clause.prediction());
        boolean classes = clause.function().isOfClasses();
        double factor = clause.scale()
                / switch (clause.function().reduction()) {
                    case MEAN -> prediction.samples * (classes ? 1 : prediction.elements);
                    case SUM -> 1;
                    case BATCH_MEAN -> prediction.samples;
                };
        double sum = 0;
        for (int n = 0; n < prediction.samples; n++) {
            if (classes) {
                int label = (int) t(clause.target()).get(n, 0);
                Tensor gradient = gradients
                        .apply(0)
                        .orElseGet(() -> Tensor.of(clause.prediction().shape(), batch, () -> 0));
                sum += clause.function().word().equals(Loss.Kind.NLL_LOSS.word())
                        ? likelihood(prediction, label, n, factor, gradient)
                        : crossEntropy(prediction, label, n, factor, gradient);
                continue;
            }
            for (int i = 0; i < prediction.elements; i++) {
                int sample = n;
                int place = i;
                double[] operands = clause.operands().stream()
                        .mapToDouble(operand -> t(operand).get(sample, place))
                        .toArray();
                sum += factor * loss(clause.function(), operands);
                for (int operand = 0; operand < operands.length; operand++) {
                    int which = operand;
                    gradients
                            .apply(which)
                            .ifPresent(gradient ->
                                    gradient.set(sample, place, factor * slope(clause.function(), which, operands)));
                }
            }
        }
        return sum;
    }

    /** The derivative of the loss of one element, by differences. */
    private static double slope(Loss.Function function, int operand, double... operands) {
        double h = 1e-5;
        double[] more = operands.clone();
        double[] less = operands.clone();
        more[operand] += h;
        less[operand] -= h;
        return (loss(function, more) - loss(function, less)) / (2 * h);
    }

    /** The loss of one element. */
    private static double loss(Loss.Function function, double... operands) {
        if (function instanceof Loss.Formula formula) {
            Map<String, Double> variables = new HashMap<>();
            for (int i = 0; i < operands.length; i++) {
                variables.put(formula.f().variables().get(i), operands[i]);
            }
            return Evaluation.at(formula.f().value(), variables);
        }
        double p = operands[0];
        double t = operands[1];
        double width = 1;
        if (function instanceof Loss.Kernel kernel) {
            width = kernel.width().orElse(1);
        } else if (!function.attributes().isEmpty()) {
            throw new IllegalArgumentException("the interpreter knows no weights: " + function);
        }
        double distance = Math.abs(p - t);
        return switch (function.kernel().orElseThrow()) {
            case L1_LOSS -> distance;
            case MSE_LOSS -> distance * distance;
            case SMOOTH_L1_LOSS -> distance < width ? distance * distance / 2 / width : distance - width / 2;
            case HUBER_LOSS -> distance < width ? distance * distance / 2 : width * (distance - width / 2);
            case BCE_LOSS -> -t * Math.log(p) - (1 - t) * Math.log(1 - p);
            case BCE_WITH_LOGITS_LOSS, MULTI_LABEL_SOFT_MARGIN_LOSS ->
                t * Math.log(1 + Math.exp(-p)) + (1 - t) * Math.log(1 + Math.exp(p));
            case NLL_LOSS, CROSS_ENTROPY_LOSS, MULTI_MARGIN_LOSS, MULTI_LABEL_MARGIN_LOSS, CTC_LOSS ->
                throw new IllegalArgumentException(function + " is of classes");
        };
    }

    private static double likelihood(Tensor logarithms, int label, int sample, double factor, Tensor gradient) {
        for (int i = 0; i < logarithms.elements; i++) {
            gradient.set(sample, i, i == label ? -factor : 0);
        }
        return -factor * logarithms.get(sample, label);
    }

    private static double crossEntropy(Tensor logits, int label, int sample, double factor, Tensor gradient) {
        double normalizer = 0;
        for (int i = 0; i < logits.elements; i++) {
            normalizer += Math.exp(logits.get(sample, i));
        }
        for (int i = 0; i < logits.elements; i++) {
            double probability = Math.exp(logits.get(sample, i)) / normalizer;
            gradient.set(sample, i, factor * (probability - (i == label ? 1 : 0)));
        }
        return -factor * (logits.get(sample, label) - Math.log(normalizer));
    }
}
