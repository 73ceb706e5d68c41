package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.runtime.kernel.Activations.leakyRelu;
import static org.espalier.runtime.kernel.Activations.leakyReluBackward;
import static org.espalier.runtime.kernel.Activations.relu;
import static org.espalier.runtime.kernel.Activations.reluBackward;
import static org.espalier.runtime.kernel.Activations.tanh;
import static org.espalier.runtime.kernel.Activations.tanhBackward;
import static org.espalier.runtime.kernel.Kernels.add;
import static org.espalier.runtime.kernel.Kernels.afterwards;
import static org.espalier.runtime.kernel.Kernels.dropout;
import static org.espalier.runtime.kernel.Kernels.dropoutBackward;
import static org.espalier.runtime.kernel.Kernels.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.espalier.runtime.RuntimeRounds;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel with epilogues gives, to the bit, what it and kernels for the epilogues give one after the other. */
@Tag(RuntimeRounds.TAG)
class EpilogueTest {
    private static final double EPS = 1e-5;

    static IntStream seeds() {
        return IntStream.range(0, RuntimeRounds.of(25, 100));
    }

    /** Kernels called in two ways; each call returns all that it has written. */
    private record Ways(Function<DrawnArrays, List<INDArray>> apart, Function<DrawnArrays, List<INDArray>> together) {}

    /** The same arrays are drawn for both ways. */
    private static void agree(int seed, Ways ways) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            List<long[]> apart = bits(seed, type, ways.apart);
            List<long[]> together = bits(seed, type, ways.together);
            assertThat(together).hasSameSizeAs(apart);
            for (int i = 0; i < apart.size(); i++) {
                assertThat(together.get(i)).as("result %s of %s", i, type).isEqualTo(apart.get(i));
            }
        }
    }

    private static List<long[]> bits(int seed, DataType type, Function<DrawnArrays, List<INDArray>> way) {
        DrawnArrays draw = new DrawnArrays(seed, type);
        List<INDArray> results = way.apply(draw);
        draw.requireNothingElseWritten();
        return results.stream()
                .map(result -> Arrays.stream(Operand.of(result).read())
                        .mapToLong(Double::doubleToLongBits)
                        .toArray())
                .toList();
    }

    private static long[] shape(DrawnArrays draw) {
        return switch (draw.between(0, 3)) {
            case 0 -> new long[] {draw.between(2, 5), draw.between(1, 40)};
            case 1 -> new long[] {draw.between(2, 4), draw.between(1, 6), draw.between(1, 9), draw.between(1, 9)};
            case 2 -> new long[] {draw.between(1, 3), draw.between(1, 6), draw.between(8, 20), draw.between(8, 20)};
            default -> new long[] {draw.between(1, 2), draw.between(1, 3), draw.between(45, 60), draw.between(45, 70)};
        };
    }

    private static INDArray activation(DrawnArrays draw, long[] shape) {
        INDArray array = draw.activation(shape);
        if (draw.chance(20)) {
            array.putScalar(new int[shape.length], Double.NaN);
        }
        return array;
    }

    /** Operands of a normalization layer, and arrays for all results that could be stored. */
    private static final class Layer {
        final long[] shape;
        final INDArray x;
        final INDArray gamma;
        final INDArray beta;
        final INDArray runningMean;
        final INDArray runningVar;
        final INDArray mean;
        final INDArray inverseStd;
        final INDArray other;
        final INDArray dY;
        final INDArray known;
        final INDArray stored;
        final INDArray result;
        final INDArray dX;
        final INDArray dGamma;
        final INDArray dBeta;
        final boolean training;
        final boolean accumulate;
        final boolean overwrites;
        final double slope;

        Layer(DrawnArrays draw, boolean instances) {
            shape = shape(draw);
            x = activation(draw, shape);
            gamma = draw.parameter(shape[1]);
            beta = draw.parameter(shape[1]);
            runningMean = draw.parameter(shape[1]);
            runningVar = draw.parameter(shape[1]);
            runningVar.muli(runningVar);
            mean = instances ? draw.parameter(shape[0], shape[1]) : draw.parameter(shape[1]);
            inverseStd = instances ? draw.parameter(shape[0], shape[1]) : draw.parameter(shape[1]);
            other = activation(draw, shape);
            dY = activation(draw, shape);
            known = activation(draw, shape);
            stored = draw.blank(shape);
            overwrites = draw.chance(30);
            result = overwrites ? other : draw.blank(shape);
            dX = draw.chance(30) ? dY : result;
            dGamma = draw.parameter(shape[1]);
            dBeta = draw.parameter(shape[1]);
            training = shape[0] * Arrays.stream(shape, 2, shape.length).reduce(1, Math::multiplyExact) > 1
                    && draw.chance(70);
            accumulate = draw.chance(50);
            slope = draw.chance(80) ? 0.2 : 1.5;
        }

        void batchNorm(INDArray y, Epilogue... epilogues) {
            Normalizations.batchNorm(
                    x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, EPS, 0.1, training, epilogues);
        }

        void batchNormBackward(INDArray gradient, INDArray target, Epilogue... epilogues) {
            Normalizations.batchNormBackward(
                    x, gamma, mean, inverseStd, gradient, target, dGamma, dBeta, training, accumulate, epilogues);
        }

        void instanceNorm(INDArray y, Epilogue... epilogues) {
            Normalizations.instanceNorm(x, gamma, beta, mean, inverseStd, y, EPS, epilogues);
        }

        void instanceNormBackward(INDArray gradient, INDArray target, Epilogue... epilogues) {
            Normalizations.instanceNormBackward(
                    x, gamma, mean, inverseStd, gradient, target, dGamma, dBeta, true, accumulate, epilogues);
        }

        List<INDArray> forwardResults() {
            return List.of(result, mean, inverseStd, runningMean, runningVar);
        }

        List<INDArray> backwardResults() {
            return List.of(dX, dGamma, dBeta);
        }
    }

    private static List<INDArray> with(INDArray first, List<INDArray> others) {
        List<INDArray> all = new ArrayList<>(others);
        all.add(first);
        return all;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batchNormAndActivation(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNorm(layer.result);
                            leakyRelu(layer.result, layer.result, layer.slope);
                            return layer.forwardResults();
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNorm(layer.result, leakyRelu(layer.slope));
                            return layer.forwardResults();
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batchNormWhoseResultIsStoredAndResidualSumAndActivation(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNorm(layer.stored);
                            add(layer.stored, layer.other, layer.result);
                            relu(layer.result, layer.result);
                            return with(layer.stored, layer.forwardResults());
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNorm(layer.result, store(layer.stored), add(layer.other), relu());
                            return with(layer.stored, layer.forwardResults());
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void instanceNormAndActivation(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            layer.instanceNorm(layer.stored);
                            tanh(layer.stored, layer.result);
                            return with(layer.stored, layer.forwardResults());
                        },
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            layer.instanceNorm(layer.result, store(layer.stored), tanh());
                            return with(layer.stored, layer.forwardResults());
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsThatBatchNormIsGiven(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            INDArray sum = layer.stored;
                            leakyReluBackward(layer.known, layer.dY, sum, layer.slope);
                            add(sum, layer.other, sum);
                            layer.batchNormBackward(sum, layer.dX);
                            return with(sum, layer.backwardResults());
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNormBackward(
                                    layer.dY,
                                    layer.dX,
                                    leakyReluBackward(layer.known, layer.slope),
                                    add(layer.other),
                                    store(layer.stored));
                            return with(layer.stored, layer.backwardResults());
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsThatInstanceNormIsGiven(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            INDArray d = draw.blank(layer.shape);
                            tanhBackward(layer.known, layer.dY, d);
                            layer.instanceNormBackward(d, layer.dX);
                            return layer.backwardResults();
                        },
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            draw.blank(layer.shape);
                            layer.instanceNormBackward(layer.dY, layer.dX, tanhBackward(layer.known));
                            return layer.backwardResults();
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsThatBatchNormHasComputed(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNormBackward(layer.dY, layer.stored);
                            add(layer.stored, layer.other, layer.dX);
                            leakyReluBackward(layer.known, layer.dX, layer.dX, layer.slope);
                            return with(layer.stored, layer.backwardResults());
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNormBackward(
                                    layer.dY,
                                    layer.dX,
                                    afterwards(
                                            store(layer.stored),
                                            add(layer.other),
                                            leakyReluBackward(layer.known, layer.slope)));
                            return with(layer.stored, layer.backwardResults());
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsThatBatchNormIsGivenAndHasComputed(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            add(layer.dY, layer.other, layer.dX);
                            layer.batchNormBackward(layer.dX, layer.dX);
                            tanhBackward(layer.x, layer.dX, layer.stored);
                            add(layer.stored, layer.known, layer.dX);
                            return with(layer.stored, layer.backwardResults());
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            layer.batchNormBackward(
                                    layer.dY,
                                    layer.dX,
                                    add(layer.other),
                                    afterwards(tanhBackward(layer.x), store(layer.stored), add(layer.known)));
                            return with(layer.stored, layer.backwardResults());
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsThatInstanceNormIsGivenAndHasComputed(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            tanhBackward(layer.known, layer.dY, layer.dX);
                            layer.instanceNormBackward(layer.dX, layer.dX);
                            reluBackward(layer.x, layer.dX, layer.dX);
                            return layer.backwardResults();
                        },
                        draw -> {
                            Layer layer = new Layer(draw, true);
                            layer.instanceNormBackward(
                                    layer.dY, layer.dX, tanhBackward(layer.known), afterwards(reluBackward(layer.x)));
                            return layer.backwardResults();
                        }));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void elementWiseEpiloguesInOnePass(int seed) {
        agree(
                seed,
                new Ways(
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            INDArray mask = draw.parameter(layer.shape);
                            INDArray dropped = draw.parameter(layer.shape);
                            INDArray gradient = draw.parameter(layer.shape);
                            dropout(layer.x, mask, dropped, 0.4, layer.training, new RandomStream(seed));
                            add(dropped, layer.other, layer.stored);
                            relu(layer.stored, layer.result);
                            reluBackward(layer.result, layer.dY, gradient);
                            dropoutBackward(mask, gradient, gradient, layer.training);
                            return List.of(mask, gradient, layer.stored, layer.result);
                        },
                        draw -> {
                            Layer layer = new Layer(draw, false);
                            INDArray mask = draw.parameter(layer.shape);
                            draw.parameter(layer.shape);
                            INDArray gradient = draw.parameter(layer.shape);
                            Kernels.inOnePass(
                                    layer.x,
                                    layer.result,
                                    dropout(mask, 0.4, layer.training, new RandomStream(seed)),
                                    add(layer.other),
                                    store(layer.stored),
                                    relu());
                            Kernels.inOnePass(
                                    layer.dY,
                                    gradient,
                                    reluBackward(layer.result),
                                    dropoutBackward(mask, layer.training));
                            return List.of(mask, gradient, layer.stored, layer.result);
                        }));
    }
}
