package org.espalier.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.Supervised;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares the gradients of a network with central differences of its loss, {@code (L(w + h) − L(w − h)) / 2h}.
 *
 * <pre>
 *   try (var net = Tiny.create(Init.seed(1))) {        // its .net says float64
 *       GradientCheck.of(net).inputGradient(net::dImage).check(image, label);
 *   }
 * </pre>
 *
 * <p>The network is checked in the mode it is in. Dropout draws the same mask each time, and running statistics are put
 * back. Where an activation has a kink between w − h and w + h the difference is not the gradient; such numbers are
 * looked at again with h/100, and choosing another seed for weights and examples is the way out if that does not help.
 */
public final class GradientCheck {
    private static final int SHOWN = 10;
    private static final long DROPOUT_SEED = 7;

    private final Network network;
    private final Supervised supervised;
    private @Nullable Supplier<INDArray> inputGradient;
    private double step = 1e-5;
    private double tolerance = 1e-6;
    private int most = 60;

    private <N extends Network & Supervised> GradientCheck(N network) {
        this.network = network;
        this.supervised = network;
    }

    /**
     * Of a network whose precision is float64: in float32 a difference has two or three right digits.
     *
     * @throws IllegalArgumentException if the network is of another precision
     */
    public static <N extends Network & Supervised> GradientCheck of(N network) {
        if (network.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("a gradient check needs a network in float64, but this one is "
                    + network.dataType() + ": " + network);
        }
        return new GradientCheck(network);
    }

    /** Checks the gradient by the input too, which {@code gradient} gives after a backward. */
    public GradientCheck inputGradient(Supplier<INDArray> gradient) {
        inputGradient = gradient;
        return this;
    }

    /** h, 1e-5 unless set: with losses near 1 the difference's rounding error is then near 1e-11. */
    public GradientCheck step(double h) {
        this.step = h;
        return this;
    }

    /** Greatest difference allowed, 1e-6 unless set: of numbers below 1 absolute, of others relative. */
    public GradientCheck tolerance(double tolerance) {
        this.tolerance = tolerance;
        return this;
    }

    /** How many numbers of each tensor are checked, chosen by a fixed seed; 60 unless set. */
    public GradientCheck most(int numbers) {
        this.most = numbers;
        return this;
    }

    /**
     * Checks.
     *
     * @param input one batch
     * @param target what the output should be
     * @throws AssertionError if gradients differ; it names each parameter, the index and both numbers
     */
    public void check(INDArray input, INDArray target) {
        INDArray given = input.dup('c');
        Map<String, INDArray> before = copies(network.statistics());
        try {
            List<Tensor> tensors = backward(given, target);
            Random random = new Random(1);
            List<String> wrong = new ArrayList<>();
            int checked = 0;
            for (Tensor tensor : tensors) {
                for (int index : chosen(tensor.gradient.length, random)) {
                    checked++;
                    compare(tensor, index, given, target, wrong);
                }
            }
            if (!wrong.isEmpty()) {
                throw new AssertionError(describe(wrong, checked));
            }
        } finally {
            network.zeroGradients();
            putBack(before);
        }
    }

    /** A tensor that can be changed, and the gradient that backward computed for it. */
    private static final class Tensor {
        final String name;
        final INDArray value;
        final double[] gradient;

        Tensor(String name, INDArray value, double[] gradient) {
            this.name = name;
            this.value = value;
            this.gradient = gradient;
        }
    }

    private List<Tensor> backward(INDArray input, INDArray target) {
        network.zeroGradients();
        loss(input, target);
        supervised.backward();
        List<Tensor> tensors = new ArrayList<>();
        for (Parameter parameter : network.parameters()) {
            if (!parameter.isFrozen()) {
                tensors.add(new Tensor(parameter.name(), parameter.value(), numbers(parameter.gradient())));
            }
        }
        if (inputGradient != null) {
            tensors.add(new Tensor("input", input, numbers(inputGradient.get())));
        }
        return tensors;
    }

    private void compare(Tensor tensor, int index, INDArray input, INDArray target, List<String> wrong) {
        double expected = difference(tensor.value, index, step, input, target);
        if (!near(tensor.gradient[index], expected)
                && !near(tensor.gradient[index], difference(tensor.value, index, step / 100, input, target))) {
            wrong.add(String.format(
                    "%s%s: backward gives %s, central difference %s",
                    tensor.name,
                    Arrays.toString(indices(index, tensor.value.shape())),
                    tensor.gradient[index],
                    expected));
        }
    }

    private boolean near(double found, double expected) {
        return Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
    }

    private double difference(INDArray value, int index, double h, INDArray input, INDArray target) {
        long[] at = indices(index, value.shape());
        double present = value.getDouble(at);
        value.putScalar(at, present + h);
        double above = loss(input, target);
        value.putScalar(at, present - h);
        double below = loss(input, target);
        value.putScalar(at, present);
        return (above - below) / (2 * h);
    }

    private double loss(INDArray input, INDArray target) {
        network.seedRandom(DROPOUT_SEED);
        supervised.forward(input);
        return supervised.loss(target);
    }

    private int[] chosen(int length, Random random) {
        if (length <= most) {
            return IntStream.range(0, length).toArray();
        }
        return random.ints(0, length).distinct().limit(most).sorted().toArray();
    }

    private String describe(List<String> wrong, int checked) {
        String more = wrong.size() > SHOWN ? "\n  and " + (wrong.size() - SHOWN) + " more" : "";
        return wrong.size() + " of " + checked + " gradients of " + network + " are wrong:"
                + wrong.stream().limit(SHOWN).map(line -> "\n  " + line).collect(Collectors.joining())
                + more;
    }

    private static Map<String, INDArray> copies(Map<String, INDArray> statistics) {
        Map<String, INDArray> copies = new TreeMap<>();
        statistics.forEach((name, value) -> copies.put(name, value.dup()));
        return copies;
    }

    private void putBack(Map<String, INDArray> copies) {
        network.statistics().forEach((name, value) -> {
            INDArray copy = copies.get(name);
            if (copy != null) {
                value.assign(copy);
            }
        });
    }

    /** In 'c' order. */
    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** Of a number by its place in 'c' order. */
    private static long[] indices(int index, long[] shape) {
        long[] indices = new long[shape.length];
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            indices[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return indices;
    }
}
