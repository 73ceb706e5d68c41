package org.espalier.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.Supervised;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares the gradients of a network with central differences of its loss, {@code (L(w + h) − L(w − h)) / 2h}.
 *
 * <pre>
 *   try (var net = Tiny.create(Init.seed(1))) {        // its .net says float64
 *       GradientCheck.of(net, image, label).check();
 *   }
 * </pre>
 *
 * <p>The network is checked in the mode it is in. Dropout draws the same mask each time, and running statistics are put
 * back. Where an activation has a kink between w − h and w + h the difference is not the gradient; such numbers are
 * looked at again with h/100, and choosing another seed for weights and examples is the way out if that does not help.
 * The row of an {@code Embedding}'s padding gets no gradient whatever the loss: give examples without padding.
 */
public final class GradientCheck {
    private static final int SHOWN = 10;
    private static final long DROPOUT_SEED = 7;

    private final Network network;
    private final DoubleSupplier forwardAndLoss;
    private final Runnable backward;
    private final List<Input> inputs = new ArrayList<>();
    private double step = 1e-5;
    private double tolerance = 1e-6;
    private int most = 60;

    private record Input(String name, INDArray value, Supplier<INDArray> gradient) {}

    private GradientCheck(Network network, DoubleSupplier forwardAndLoss, Runnable backward) {
        if (network.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("a gradient check needs a network in float64, but this one is "
                    + network.dataType() + ": " + network);
        }
        this.network = network;
        this.forwardAndLoss = forwardAndLoss;
        this.backward = backward;
    }

    /**
     * Of a network whose precision is float64; in float32 a difference has two or three right digits.
     *
     * @param input one batch
     * @param target what the output should be
     * @throws IllegalArgumentException if the network is of another precision
     */
    public static <N extends Network & Supervised> GradientCheck of(N network, INDArray input, INDArray target) {
        return of(
                network,
                () -> {
                    network.forward(input);
                    return network.loss(target);
                },
                network::backward);
    }

    /**
     * Of a network of any form, whose precision is float64:
     *
     * <pre>
     *   GradientCheck.of(net, () -> {
     *                     net.forward(left, right);
     *                     return net.loss(target);
     *                 }, net::backward)
     *           .input("left", left, net::dLeft)
     *           .check();
     * </pre>
     *
     * @param forwardAndLoss computes the outputs and returns the loss
     * @param backward computes the gradients of that loss
     * @throws IllegalArgumentException if the network is of another precision
     */
    public static GradientCheck of(Network network, DoubleSupplier forwardAndLoss, Runnable backward) {
        return new GradientCheck(network, forwardAndLoss, backward);
    }

    /**
     * Checks the gradient by an input too.
     *
     * @param name for the message
     * @param value what is given to the network, DOUBLE
     * @param gradient what the network says after a backward
     */
    public GradientCheck input(String name, INDArray value, Supplier<INDArray> gradient) {
        inputs.add(new Input(name, value, gradient));
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

    /** Sets the greatest number of elements to check of each tensor, chosen by a fixed seed; 60 unless set. */
    public GradientCheck most(int numbers) {
        this.most = numbers;
        return this;
    }

    /**
     * Checks.
     *
     * @throws AssertionError if gradients differ; it names each parameter, the index and both numbers
     */
    public void check() {
        Map<String, INDArray> before = copies(network.statistics());
        try {
            Random random = new Random(1);
            List<String> wrong = new ArrayList<>();
            int checked = 0;
            for (Tensor tensor : backward()) {
                for (int index : chosen(tensor.gradient.length, random)) {
                    checked++;
                    compare(tensor, index, wrong);
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

    private List<Tensor> backward() {
        network.zeroGradients();
        loss();
        backward.run();
        List<Tensor> tensors = new ArrayList<>();
        for (Parameter parameter : network.parameters()) {
            if (!parameter.isFrozen()) {
                tensors.add(new Tensor(parameter.name(), parameter.value(), numbers(parameter.gradient())));
            }
        }
        for (Input input : inputs) {
            tensors.add(new Tensor(input.name, input.value, numbers(input.gradient.get())));
        }
        return tensors;
    }

    private void compare(Tensor tensor, int index, List<String> wrong) {
        double found = tensor.gradient[index];
        double expected = difference(tensor.value, index, step);
        if (!near(found, expected) && !near(found, difference(tensor.value, index, step / 100))) {
            wrong.add(tensor.name + Arrays.toString(indices(index, tensor.value.shape())) + ": backward gives " + found
                    + ", central difference " + expected);
        }
    }

    private boolean near(double found, double expected) {
        return Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
    }

    private double difference(INDArray value, int index, double h) {
        long[] at = indices(index, value.shape());
        double present = value.getDouble(at);
        value.putScalar(at, present + h);
        double above = loss();
        value.putScalar(at, present - h);
        double below = loss();
        value.putScalar(at, present);
        return (above - below) / (2 * h);
    }

    private double loss() {
        network.seedRandom(DROPOUT_SEED);
        return forwardAndLoss.getAsDouble();
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
