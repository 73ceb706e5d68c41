package org.espalier.onnx.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that layers without weights are. */
final class NetFunctions {
    private static final Map<String, String> OF_LAYERS = Map.ofEntries(
            Map.entry("CELU", "celu"),
            Map.entry("ELU", "elu"),
            Map.entry("GELU", "gelu"),
            Map.entry("Hardsigmoid", "hardsigmoid"),
            Map.entry("Hardswish", "hardswish"),
            Map.entry("LeakyReLU", "leaky_relu"),
            Map.entry("LogSoftmax", "log_softmax"),
            Map.entry("Mish", "mish"),
            Map.entry("ReLU", "relu"),
            Map.entry("ReLU6", "relu6"),
            Map.entry("SELU", "selu"),
            Map.entry("Sigmoid", "sigmoid"),
            Map.entry("SiLU", "silu"),
            Map.entry("Softmax", "softmax"),
            Map.entry("Softplus", "softplus"),
            Map.entry("Softsign", "softsign"),
            Map.entry("Tanh", "tanh"),
            Map.entry("Threshold", "threshold"),
            Map.entry("AdaptiveAvgPool1d", "adaptive_avg_pool1d"),
            Map.entry("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
            Map.entry("AdaptiveAvgPool3d", "adaptive_avg_pool3d"),
            Map.entry("AvgPool1d", "avg_pool1d"),
            Map.entry("AvgPool2d", "avg_pool2d"),
            Map.entry("AvgPool3d", "avg_pool3d"),
            Map.entry("MaxPool1d", "max_pool1d"),
            Map.entry("MaxPool2d", "max_pool2d"),
            Map.entry("MaxPool3d", "max_pool3d"),
            Map.entry("PixelShuffle", "pixel_shuffle"),
            Map.entry("Upsample", "interpolate"));

    private NetFunctions() {}

    /** The function that a layer is, or null. */
    static @Nullable String of(String layer) {
        return OF_LAYERS.get(layer);
    }
}
