package org.espalier.benchmarks.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;

/** The networks whose inference is measured, as ONNX models for one picture. */
final class OnnxNetworks {
    private static final String INPUT = "input";
    private static final AttributeProto[] HALVING = {
        OnnxModel.integers("kernel_shape", 4, 4),
        OnnxModel.integers("strides", 2, 2),
        OnnxModel.integers("pads", 1, 1, 1, 1)
    };

    private final OnnxModel model;
    private final int ngf;

    private OnnxNetworks(OnnxModel model, int ngf) {
        this.model = model;
        this.ngf = ngf;
    }

    /** The U-Net of unet.net, for pictures of this size. */
    static byte[] unet(Weights weights, int levels, int ngf, long size) {
        OnnxModel model = new OnnxModel(weights);
        OnnxNetworks network = new OnnxNetworks(model, ngf);
        String down = network.down("unet", 3, ngf, INPUT);
        String up = model.node("Relu", List.of(network.level("unet.submodule", levels - 1, ngf, down)));
        String painted = model.node(
                "ConvTranspose",
                List.of(
                        up,
                        model.parameter("unet.upconv.weight", 2L * ngf, 3, 4, 4),
                        model.parameter("unet.upconv.bias", 3)),
                HALVING);
        long[] shape = {1, 3, size, size};
        return model.bytes(INPUT, shape, model.node("Tanh", List.of(painted)), shape);
    }

    private String level(String path, int levels, long outer, String input) {
        long inner = Math.min(2 * outer, 8L * ngf);
        String x = model.node("LeakyRelu", List.of(input), OnnxModel.number("alpha", 0.2f));
        String y = down(path, outer, inner, x);
        if (levels > 1) {
            y = level(path + ".submodule", levels - 1, inner, model.batchNorm(path + ".downnorm", inner, y));
        }
        y = model.node("Relu", List.of(y));
        String weight = model.parameter(path + ".upconv.weight", levels > 1 ? 2 * inner : inner, outer, 4, 4);
        y = model.batchNorm(path + ".upnorm", outer, model.node("ConvTranspose", List.of(y, weight), HALVING));
        return model.node("Concat", List.of(x, y), OnnxModel.integer("axis", 1));
    }

    private String down(String path, long in, long out, String x) {
        return model.node("Conv", List.of(x, model.parameter(path + ".downconv.weight", out, in, 4, 4)), HALVING);
    }

    /** The network of the digits sample. */
    static byte[] digits(Weights weights) {
        OnnxModel model = new OnnxModel(weights);
        String strokes = convolution(model, "conv2", 16, 32, convolution(model, "conv1", 1, 16, INPUT));
        String flat = model.node("Flatten", List.of(strokes));
        String hidden = model.node("Relu", List.of(linear(model, "hidden", 32 * 7 * 7, 128, flat)));
        return model.bytes(
                INPUT, new long[] {1, 1, 28, 28}, linear(model, "answer", 128, 10, hidden), new long[] {1, 10});
    }

    private static String convolution(OnnxModel model, String path, long in, long out, String x) {
        String convolved = model.node(
                "Conv",
                List.of(x, model.parameter(path + ".weight", out, in, 5, 5), model.parameter(path + ".bias", out)),
                OnnxModel.integers("kernel_shape", 5, 5),
                OnnxModel.integers("pads", 2, 2, 2, 2));
        return model.node(
                "MaxPool",
                List.of(model.node("Relu", List.of(convolved))),
                OnnxModel.integers("kernel_shape", 2, 2),
                OnnxModel.integers("strides", 2, 2));
    }

    private static String linear(OnnxModel model, String path, long in, long out, String x) {
        return model.node(
                "Gemm",
                List.of(x, model.parameter(path + ".weight", out, in), model.parameter(path + ".bias", out)),
                OnnxModel.integer("transB", 1));
    }
}
