package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window.Sizes;
import org.espalier.generator.layer.activation.ActivationFunction;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.spread.Spread;

/**
 * Random valid networks: chains with branches, skips, sums, concatenations within concatenations, shared and frozen
 * layers, one or two outputs, with and without a loss. The same seed makes the same network.
 */
public final class RandomGraphs {
    private final NetBuilder net;
    private final Random random;
    private final List<Value> images = new ArrayList<>();
    private final List<Value> vectors = new ArrayList<>();
    private final List<Value> convolutions = new ArrayList<>();
    private final List<Value> linears = new ArrayList<>();
    private int count;

    private RandomGraphs(NetBuilder net, Random random) {
        this.net = net;
        this.random = random;
    }

    /** A network of some layers. */
    public static Graph graph(long seed, int layers) {
        return NetBuilder.network("Random" + seed, net -> new RandomGraphs(net, new Random(seed)).build(layers));
    }

    private void build(int layers) {
        images.add(net.input("image", 1 + random.nextInt(3), 4, 4));
        if (random.nextInt(4) == 0) {
            images.add(net.input("other", 2, 4, 4));
        }
        for (int i = 0; i < layers; i++) {
            if (!vectors.isEmpty() && random.nextInt(4) == 0) {
                vectors.add(vectorLayer());
            } else if (random.nextInt(12) == 0) {
                vectors.add(net.flatten(name("flat"), recent(images)));
            } else {
                images.add(imageLayer());
            }
        }
        finish();
    }

    private void finish() {
        Value last = recent(images);
        Value head = net.linear("head", net.flatten("head_flat", last), 3);
        net.output(head);
        if (!vectors.isEmpty() && random.nextBoolean()) {
            net.output(net.linear("second_head", recent(vectors), 2));
        } else if (random.nextInt(4) == 0 && last.kind() == Value.Kind.ACTIVATION) {
            net.output(last);
        }
        switch (random.nextInt(4)) {
            case 0 -> net.crossEntropyLoss();
            case 1 -> net.mseLoss(2);
            case 2 -> net.l1Loss(1);
            default -> {
                // Without a loss, gradients are given.
            }
        }
        if (random.nextInt(5) == 0 && !convolutions.isEmpty()) {
            net.freeze(any(convolutions).name());
        }
        if (random.nextInt(3) == 0) {
            penalise("curved", new Term.L2(0.2), head);
            penalise("straight", new Term.L1(0.1), any(images));
            penalise("curved", new Term.L2(0.2), recent(images));
        }
    }

    private void penalise(String regularizer, Term term, Value value) {
        UpdateGroup.Reduction reduction =
                regularizer.equals("curved") ? UpdateGroup.Reduction.MEAN : UpdateGroup.Reduction.SUM;
        if (value.kind() == Value.Kind.ACTIVATION) {
            net.penalise(regularizer, List.of(term), value, reduction);
        }
    }

    private String name(String kind) {
        count++;
        return kind + count;
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Mostly the last, so that chains arise; now and then any, so that values are read more than once. */
    private Value recent(List<Value> values) {
        return random.nextInt(3) == 0 ? any(values) : values.get(values.size() - 1);
    }

    private Value imageLayer() {
        Value x = recent(images);
        int channels = 1 + random.nextInt(3);
        switch (random.nextInt(23)) {
            case 22 -> {
                return net.linear(name("lines"), x, x.shape().last());
            }
            case 21 -> {
                int size = x.shape().axis(2);
                boolean odd = size % 2 == 1;
                Spread.Kind kind = odd ? Spread.Kind.REPLICATE : Spread.Kind.NEAREST;
                Sizes before = odd ? Sizes.of(1, 1) : Sizes.of(2, 2);
                return size < 4
                        ? net.spread2d(name("up"), x, new Spread(kind, before, Sizes.of(0, 0)))
                        : net.tanh(name("tanh"), x);
            }
            case 15 -> {
                return net.avgPool2d(name("mean"), x, 3, 1, 1, random.nextBoolean());
            }
            case 16 -> {
                int size = x.shape().axis(2);
                return size > 2 ? net.adaptiveAvgPool2d(name("parts"), x, size - 1, size - 1) : x;
            }
            case 17 -> {
                int groups = x.shape().axis(1) % 2 == 0 ? 2 : 1;
                return x.shape().elements() / groups > 1
                        ? net.groupNorm(name("groups"), x, groups, random.nextBoolean())
                        : x;
            }
            case 18 -> {
                return net.dropout2d(name("dropout"), x, 0.3);
            }
            case 19 -> {
                return net.softmax(name("softmax"), x, 1 + random.nextInt(3), random.nextBoolean());
            }
            case 20 -> {
                return net.activation(name("curve"), x, curve());
            }
            case 0, 1 -> {
                Value y = net.conv2d(name("conv"), x, channels, 3, 1, 1, random.nextBoolean());
                convolutions.add(y);
                return y;
            }
            case 2 -> {
                return again(x);
            }
            case 3 -> {
                return x.shape().axis(2) >= 4
                        ? net.conv2d(name("down"), x, channels, 2, 2, 0, true)
                        : net.convTranspose2d(name("up"), x, channels, 2, 2, 0, random.nextBoolean());
            }
            case 4 -> {
                return net.batchNorm2d(name("norm"), x, random.nextBoolean());
            }
            case 5 -> {
                // A sample's own statistics need several places.
                return x.shape().axis(2) > 1 ? net.instanceNorm2d(name("norm"), x, random.nextBoolean()) : x;
            }
            case 6 -> {
                return net.maxPool2d(name("pool"), x, 3, 1, 1);
            }
            case 7 -> {
                return net.relu(name("relu"), x);
            }
            case 8 -> {
                return net.leakyRelu(name("leaky"), x, 0.2);
            }
            case 9 -> {
                return random.nextBoolean() ? net.tanh(name("tanh"), x) : net.sigmoid(name("sigmoid"), x);
            }
            case 10 -> {
                return net.dropout(name("dropout"), x, 0.3);
            }
            case 11, 12 -> {
                return net.add(name("sum"), x, sibling(x, true));
            }
            default -> {
                return x.shape().axis(1) > 6
                        ? net.conv2d(name("conv"), x, 2, 1, 1, 0, true)
                        : net.concat(name("concat"), x, sibling(x, false));
            }
        }
    }

    private ActivationFunction curve() {
        return any(List.of(
                ActivationFunction.of(Kind.ELU, 0.7),
                ActivationFunction.of(Kind.SILU),
                ActivationFunction.of(Kind.GELU),
                ActivationFunction.of(Kind.TANH_GELU),
                ActivationFunction.of(Kind.SOFTPLUS, 2.0, 20.0),
                ActivationFunction.of(Kind.HARDTANH, -0.5, 0.8),
                ActivationFunction.of(Kind.RELU6)));
    }

    private Value again(Value x) {
        for (Value convolution : convolutions) {
            Value again = net.lastInputOf(convolution);
            if (again.shape().equals(x.shape())) {
                return net.conv2dAgain(name("again"), x, convolution);
            }
        }
        return net.tanh(name("tanh"), x);
    }

    /** Another image of the same size, and if demanded with as many channels. */
    private Value sibling(Value x, boolean sameChannels) {
        List<Value> siblings = images.stream()
                .filter(image -> image.shape().axis(2) == x.shape().axis(2))
                .filter(image -> sameChannels
                        ? image.shape().equals(x.shape())
                        : image.shape().axis(1) < 6)
                .toList();
        return siblings.isEmpty() ? x : any(siblings);
    }

    private Value vectorLayer() {
        Value x = recent(vectors);
        switch (random.nextInt(10)) {
            case 6 -> {
                return net.batchNorm2d(name("norm"), x, random.nextBoolean());
            }
            case 7 -> {
                return x.shape().axis(1) > 1 ? net.layerNorm(name("norm"), x, random.nextBoolean()) : x;
            }
            case 8 -> {
                return net.softmax(name("softmax"), x, 1, random.nextBoolean());
            }
            case 9 -> {
                return net.activation(name("curve"), x, curve());
            }
            case 0 -> {
                for (Value linear : linears) {
                    if (net.lastInputOf(linear).shape().equals(x.shape())) {
                        return net.linearAgain(name("again"), x, linear);
                    }
                }
                return net.relu(name("relu"), x);
            }
            case 1 -> {
                return net.tanh(name("tanh"), x);
            }
            case 2 -> {
                return net.concat(name("concat"), x, any(vectors));
            }
            case 3 -> {
                return net.dropout(name("dropout"), x, 0.3);
            }
            default -> {
                Value y = net.linear(name("linear"), x, 1 + random.nextInt(4));
                linears.add(y);
                return y;
            }
        }
    }
}
