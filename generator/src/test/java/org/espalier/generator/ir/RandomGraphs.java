package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition.Example;

/**
 * Random valid networks of any layers of the library: chains with branches, skips, sums, concatenations within
 * concatenations, shared and frozen layers, one or two outputs, with no loss, one or two. The same seed makes the same
 * network.
 */
public final class RandomGraphs {
    /** No image is higher. */
    private static final int LARGEST = 4;

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
        switch (random.nextInt(5)) {
            case 0 -> net.crossEntropyLoss();
            case 1 -> net.mseLoss(2);
            case 2 -> net.l1Loss(1);
            case 3 -> {
                net.crossEntropyLoss();
                net.l1Loss(0.5);
            }
            default -> {
                // Without a loss, gradients are given.
            }
        }
        if (random.nextInt(5) == 0 && !convolutions.isEmpty()) {
            net.freeze(any(convolutions).name());
        }
        if (random.nextInt(3) == 0) {
            penalize("curved", new RegularizerTerm.L2(0.2), head);
            penalize("straight", new RegularizerTerm.L1(0.1), any(images));
            penalize("curved", new RegularizerTerm.L2(0.2), recent(images));
        }
    }

    private void penalize(String regularizer, RegularizerTerm term, Value value) {
        UpdateGroup.Reduction reduction =
                regularizer.equals("curved") ? UpdateGroup.Reduction.MEAN : UpdateGroup.Reduction.SUM;
        if (value.kind() == Value.Kind.ACTIVATION) {
            net.penalize(regularizer, List.of(term), value, reduction);
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

    /** Adds a layer that makes a graph more than a chain of layers, or else any layer of the library. */
    private Value imageLayer() {
        Value x = recent(images);
        int channels = 1 + random.nextInt(3);
        return switch (random.nextInt(16)) {
            case 0, 1 -> {
                Value y = net.conv2d(name("conv"), x, channels, 3, 1, 1, random.nextBoolean());
                convolutions.add(y);
                yield y;
            }
            case 2 -> again(x);
            case 3 ->
                x.shape().axis(2) >= 4
                        ? net.conv2d(name("down"), x, channels, 2, 2, 0, true)
                        : net.convTranspose2d(name("up"), x, channels, 2, 2, 0, random.nextBoolean());
            case 4, 5 -> net.add(name("sum"), x, sibling(x, true));
            case 6, 7 ->
                x.shape().axis(1) > 6
                        ? net.conv2d(name("conv"), x, 2, 1, 1, 0, true)
                        : net.concat(name("concat"), x, sibling(x, false));
            default -> square(library(x));
        };
    }

    /** A layer of the library, on what it fits: the tensor itself, or one that has been brought to its example. */
    private Value library(Value x) {
        Example example = LibraryLayers.choose(random.nextInt(1_000), x.shape());
        Value near = LibraryLayers.fits(example, x.shape()) ? x : brought(x, LibraryLayers.sizes(example));
        Value fitting = LibraryLayers.isOfPositive(example) ? net.sigmoid(name("positive"), near) : near;
        return LibraryLayers.fits(example, fitting.shape())
                ? net.library(name(example.layer().replaceAll("\\(.*", "").toLowerCase(Locale.ROOT)), example, fitting)
                : net.tanh(name("tanh"), fitting);
    }

    private Value brought(Value x, List<Integer> sizes) {
        if (sizes.size() == 1) {
            return net.linear(name("linear"), x, sizes.get(0));
        }
        Value y = net.conv2d(name("mix"), x, sizes.get(0), 1, 1, 0, true);
        return net.adaptiveAvgPool2d(name("parts"), y, sizes.get(1), sizes.get(2));
    }

    /** As high as wide, and small. */
    private Value square(Value x) {
        int height = x.shape().axis(2);
        int width = x.shape().axis(3);
        int size = Math.min(LARGEST, Math.min(height, width));
        return size == height && size == width ? x : net.adaptiveAvgPool2d(name("square"), x, size, size);
    }

    private Value again(Value x) {
        for (Value convolution : convolutions) {
            Value again = net.firstInputOf(convolution);
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
        return switch (random.nextInt(8)) {
            case 0 -> {
                for (Value linear : linears) {
                    if (net.firstInputOf(linear).shape().equals(x.shape())) {
                        yield net.linearAgain(name("again"), x, linear);
                    }
                }
                yield net.relu(name("relu"), x);
            }
            case 1 -> net.concat(name("concat"), x, any(vectors));
            case 2, 3 -> {
                Value y = net.linear(name("linear"), x, 1 + random.nextInt(4));
                linears.add(y);
                yield y;
            }
            default -> library(x);
        };
    }
}
