package org.espalier.generator.ir;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.recurrent.Cell;
import org.espalier.generator.layer.spread.Resize;

/** Small networks that tests share. */
public final class Graphs {
    private Graphs() {}

    /** Every network here, by name. */
    public static Map<String, Graph> all() {
        Map<String, Graph> graphs = new TreeMap<>();
        for (Graph graph : List.of(
                tinyClassifier(),
                unet(3, 2, 16, Skip.OF_THE_INPUT),
                residual(),
                sharedWeights(),
                dense(),
                sparse(),
                movements(),
                words(),
                taken(),
                sequences(),
                withoutLoss())) {
            graphs.put(graph.name(), graph);
        }
        return graphs;
    }

    /** Convolution, batch norm, rectifier, pooling, linear; cross entropy. */
    public static Graph tinyClassifier() {
        return NetBuilder.network("Tiny", net -> {
            Value image = net.input("image", 1, 8, 8);
            Value conv = net.conv2d("conv", image, 4, 3, 1, 1);
            Value norm = net.batchNorm2d("norm", conv);
            Value relu = net.relu("relu", norm);
            Value pool = net.maxPool2d("pool", relu, 2);
            Value flat = net.flatten("flat", pool);
            net.output(net.linear("logits", flat, 3));
            net.crossEntropyLoss();
            net.adam(0.001);
            net.regularize("elastic", List.of(new RegularizerTerm.L1(1e-6), new RegularizerTerm.L2(1e-5)), "conv");
        });
    }

    /** Makes a graph of operations that move elements, and of those that make one number of several. */
    public static Graph movements() {
        return NetBuilder.network("Movements", net -> {
            Value image = net.input("image", 4, 3, 6);
            Value conv = net.conv2d("conv", image, 4, 3, 1, 1);
            List<Value> halves = net.slices("halves", conv, 1, 2, 0, 2);
            Value gated = net.elementwise("gated", "x * a", halves, 0, 0);
            List<Value> columns = net.slices("columns", gated, 3, 2, 0, 3);
            Value turned = net.permute("turned", columns.get(0), 0, 2, 1, 3);
            Value back = net.permute("back", net.tanh("tanh", turned), 0, 2, 1, 3);
            Value wide = net.concatAlong("wide", 3, back, columns.get(1));
            Value small = net.tanh("small", wide);
            Value squares = net.matmul("squares", small, small, false, true);
            Value weights = net.attentionWeights("weights", net.softmax("softmax", squares, 3, false), 0.5, true);
            Value mixed = net.matmul("mixed", weights, small, true, false);
            Value largest = net.reduce("largest", Reduce.Kind.MAX, mixed, 2);
            Value mean = net.reduce("mean", Reduce.Kind.MEAN, wide, 1, 2, 3);
            Value all = net.elementwise(
                    "all", "x + a * b + 0 * c", List.of(wide, largest, mean, net.detach("fixed", wide)), 0, 0, 0, 0);
            Value drawn = net.rrelu("drawn", net.alphaDropout("dropped", all, 0.25, true), 0.1, 0.3);
            net.output(net.linear("logits", net.reshape("flat", drawn, 24), 3));
            net.crossEntropyLoss();
        });
    }

    /** Whole numbers beside others: words with padding, and their tones. */
    public static Graph words() {
        return NetBuilder.network("Words", net -> {
            Value token = net.wholeInput("token", 4);
            Value tone = net.input("tone", 4, 3);
            Value vectors = net.embedding("vectors", token, 6, 3, 2);
            Value mixed = net.elementwise("mixed", "x * tanh(a)", List.of(vectors, tone), 0, 0);
            Value image = net.trackedInstanceNorm2d("norm", net.reshape("image", mixed, 1, 4, 3));
            Value picture = net.resize("picture", image, 2, 6, Resize.Kind.LINEAR, false);
            net.output(net.linear("logits", net.reshape("flat", picture, 12), 3));
            net.crossEntropyLoss();
        });
    }

    /** Elements taken by whole numbers: other ones of each sample, and the same of all. */
    public static Graph taken() {
        return NetBuilder.network("Taken", net -> {
            Value given = net.input("x", 3, 4);
            Value places = net.maxPoolAndBack("places", net.reshape("image", given, 1, 3, 4), 2);
            Value x = net.add("x2", given, net.reshape("rows", places, 3, 4));
            Value which = net.wholeInput("which", 3, 2);
            Value gathered = net.gather("gathered", x, 2, which);
            Value weighted =
                    net.elementwise("weighted", "x * a", List.of(gathered, net.toFloat("whichFloat", which)), 0, 0);
            Value mixed = net.elementwise("mixed", "x * tanh(a)", List.of(weighted, gathered), 0, 0);
            Value turned = net.indexSelect("turned", mixed, 1, net.wholeBuffer("order", 5));
            net.output(net.linear("logits", net.reshape("flat", turned, 10), 3));
            net.crossEntropyLoss();
        });
    }

    /** Every cell over time, one on another, in both directions. */
    public static Graph sequences() {
        return NetBuilder.network("Sequences", net -> {
            Value x = net.input("x", 5, 4);
            Value plain = net.recurrence("plain", x, Cell.RNN_TANH, true, false);
            Value rectified = net.recurrence("rectified", x, Cell.RNN_RELU, false, true);
            Value both = net.concatAlong("both", 2, plain, rectified);
            Value memory = net.recurrence("memory", both, Cell.LSTM, true, true);
            Value gates = net.linear("gates", memory, 6);
            Value gated = net.recurrence("gated", gates, Cell.GRU, true, false);
            Value small = net.recurrence("small", net.linear("wide", gated, 12), Cell.LSTM, true, false, 2, List.of());
            Value first = net.reshape("first", net.linear("begin", net.reshape("all", small, 10), 2), 1, 2);
            Value again = net.linear("again", net.cells(small), 6);
            Value later = net.recurrence("later", again, Cell.GRU, false, true, 2, List.of(first));
            Value memories = net.linear("memories", later, 8);
            Value last = net.recurrence("last", memories, Cell.LSTM, true, false, 2, List.of(first, first));
            net.output(net.linear("logits", net.reshape("flat", last, 10), 3));
            net.crossEntropyLoss();
        });
    }

    /** Tensor that a level of a U-Net passes across. */
    public enum Skip {
        /** The level's input: what the block reads as written. */
        OF_THE_INPUT,
        /** The rectified input: what PyTorch's {@code LeakyReLU(0.2, inplace=True)} makes of it. */
        OF_THE_RECTIFIED_INPUT
    }

    /**
     * Penalties on activities: on one that a rectifier would overwrite, on channels of a concatenation, on an output,
     * and two on one that nothing else is learned from.
     */
    public static Graph sparse() {
        return NetBuilder.network("Sparse", net -> {
            Value image = net.input("image", 2, 5, 5);
            Value conv = net.conv2d("conv", image, 4, 3, 1, 1);
            Value relu = net.relu("relu", conv);
            Value side = net.conv2d("side", image, 3, 3, 1, 1);
            Value both = net.concat("both", net.relu("rectified", side), net.tanh("tanh", relu));
            net.output(net.linear("answer", net.flatten("flat", both), 3));
            Value code = net.linear("code", net.flatten("flatImage", image), 4);
            net.output(code);
            net.penalize("sparse", List.of(new RegularizerTerm.L1(0.2)), conv, UpdateGroup.Reduction.MEAN);
            net.penalize("sparse", List.of(new RegularizerTerm.L1(0.2)), code, UpdateGroup.Reduction.MEAN);
            net.penalize("small", List.of(new RegularizerTerm.L2(0.3)), side, UpdateGroup.Reduction.SUM);
            net.penalize("small", List.of(new RegularizerTerm.L2(0.3)), code, UpdateGroup.Reduction.SUM);
        });
    }

    /** The generator of pix2pix with fewer levels: concatenating skips, batch norm, one level with dropout. */
    public static Graph unet(int levels, int ngf, int size, Skip skip) {
        return NetBuilder.network("Unet", net -> {
            Value drawing = net.input("drawing", 3, size, size);
            Value conv = net.conv2d("unet.downconv", drawing, ngf, 4, 2, 1, false);
            Value inner = unetLevel(net, "unet.submodule", conv, 1, levels, ngf, skip);
            Value relu = net.relu("unet.uprelu", inner);
            Value up = net.convTranspose2d("unet.upconv", relu, 3, 4, 2, 1, true);
            net.output(net.tanh("unet.tanh", up));
            net.l1Loss(100);
            net.adam(2e-4);
            net.regularize(
                    "elastic", List.of(new RegularizerTerm.L1(1e-6), new RegularizerTerm.L2(1e-5)), "unet.downconv");
        });
    }

    private static Value unetLevel(NetBuilder net, String path, Value x, int level, int levels, int ngf, Skip skip) {
        boolean innermost = level == levels - 1;
        int outer = x.shape().axis(1);
        int inner = Math.min(8, 1 << level) * ngf;
        Value rectified = net.leakyRelu(path + ".downrelu", x, 0.2);
        Value down = net.conv2d(path + ".downconv", rectified, inner, 4, 2, 1, false);
        Value below = innermost
                ? down
                : unetLevel(
                        net,
                        path + ".submodule",
                        net.batchNorm2d(path + ".downnorm", down),
                        level + 1,
                        levels,
                        ngf,
                        skip);
        Value relu = net.relu(path + ".uprelu", below);
        Value up = net.convTranspose2d(path + ".upconv", relu, outer, 4, 2, 1, false);
        Value norm = net.batchNorm2d(path + ".upnorm", up);
        boolean dropout = !innermost && (level >= 4 || level == levels - 2);
        Value model = dropout ? net.dropout(path + ".dropout", norm, 0.5) : norm;
        return net.concat(path + ".skip", skip == Skip.OF_THE_INPUT ? x : rectified, model);
    }

    /** Two residual blocks, as in ResNet, and a projection by a strided convolution. */
    public static Graph residual() {
        return NetBuilder.network("Residual", net -> {
            Value image = net.input("image", 3, 8, 8);
            Value stem =
                    net.relu("stem_relu", net.batchNorm2d("stem_norm", net.conv2d("stem", image, 4, 3, 1, 1, false)));
            Value a = net.relu("a.relu1", net.batchNorm2d("a.norm1", net.conv2d("a.conv1", stem, 4, 3, 1, 1, false)));
            Value b = net.batchNorm2d("a.norm2", net.conv2d("a.conv2", a, 4, 3, 1, 1, false));
            Value first = net.relu("a.relu2", net.add("a.sum", stem, b));
            Value c = net.relu("b.relu1", net.batchNorm2d("b.norm1", net.conv2d("b.conv1", first, 6, 3, 2, 1, false)));
            Value d = net.batchNorm2d("b.norm2", net.conv2d("b.conv2", c, 6, 3, 1, 1, false));
            Value projection = net.batchNorm2d("b.norm3", net.conv2d("b.conv3", first, 6, 1, 2, 0, false));
            Value second = net.relu("b.relu2", net.add("b.sum", d, projection));
            net.output(net.linear("logits", net.flatten("flat", second), 5));
            net.crossEntropyLoss();
            net.sgd(0.1, 0.9);
        });
    }

    /** One convolution run on two inputs, one linear layer run twice on its own output; two inputs. */
    public static Graph sharedWeights() {
        return NetBuilder.network("Shared", net -> {
            Value left = net.input("left", 2, 4, 4);
            Value right = net.input("right", 2, 4, 4);
            Value first = net.conv2d("conv", left, 3, 3, 1, 1);
            Value second = net.conv2dAgain("conv_2", right, first);
            Value merged = net.flatten("flat", net.add("sum", net.tanh("tanh", first), net.sigmoid("sigmoid", second)));
            Value hidden = net.linear("hidden", merged, 6);
            Value wide = net.linear("wide", hidden, 6);
            net.output(net.linearAgain("wide_2", net.tanh("tanh_2", wide), wide));
            net.mseLoss(1);
            net.sgd(0.01, 0);
        });
    }

    /** A dense block: each layer reads all before it, so concatenations nest. */
    public static Graph dense() {
        return NetBuilder.network("Dense", net -> {
            Value image = net.input("image", 2, 6, 6);
            Value all = net.conv2d("stem", image, 4, 3, 1, 1);
            for (int i = 1; i <= 3; i++) {
                Value norm = net.batchNorm2d("norm" + i, all);
                Value conv = net.conv2d("conv" + i, net.relu("relu" + i, norm), 2, 3, 1, 1);
                all = net.concat("all" + i, all, conv);
            }
            net.output(net.linear("logits", net.flatten("flat", net.maxPool2d("pool", all, 2)), 3));
            net.crossEntropyLoss();
        });
    }

    /** A residual network of four layers for each block, to see how time grows. */
    public static Graph longResidual(int blocks) {
        return NetBuilder.network("Long", net -> {
            Value x = net.conv2d("stem", net.input("x", 2, 4, 4), 2, 3, 1, 1);
            for (int i = 0; i < blocks; i++) {
                Value conv = net.conv2d("conv" + i, x, 2, 3, 1, 1, false);
                x = net.relu("relu" + i, net.add("sum" + i, x, net.batchNorm2d("norm" + i, conv)));
            }
            net.output(x);
            net.mseLoss(1);
        });
    }

    /** Two outputs, no loss, no optimizer: gradients are given from outside. */
    public static Graph withoutLoss() {
        return NetBuilder.network("Open", net -> {
            Value image = net.input("image", 1, 4, 4);
            Value features =
                    net.leakyRelu("relu", net.instanceNorm2d("norm", net.conv2d("conv", image, 2, 3, 1, 1), true), 0.1);
            net.output(net.sigmoid("mask", net.conv2d("head", features, 1, 1, 1, 0)));
            net.output(net.linear("score", net.flatten("flat", features), 1));
        });
    }
}
