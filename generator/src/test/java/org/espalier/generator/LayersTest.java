package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.diagnostic.Diagnostic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers and losses with PyTorch's names, argument order and defaults: what they say of mistakes. */
class LayersTest {
    private static String network(String shape, String layer) {
        return "network N { input x: float" + shape + " output y = " + layer + "(x) }";
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Conv2d(6, 4, 3, groups=4) | [batch, 6, 4, 4] | a divisor of in_channels and out_channels",
                "ConvTranspose2d(6, 4, 3, groups=4) | [batch, 6, 4, 4] | a divisor of in_channels and out_channels",
                "Conv1d(3, 4, 3)           | [batch, 4, 9]    | in_channels should be 4",
                "Conv1d(3, 4, 3)           | [batch, 3, 4, 4] | Conv1d expects [batch, 3, length] but gets",
                "Conv1d(3, 4, (3, 3))      | [batch, 3, 9]    | a whole number",
                "Conv1d(3, 4, 3)           | [batch, 3, 2]    | the window is 3, the sequence 2",
                "Conv3d(3, 4, 3)           | [batch, 3, 4, 4] | Conv3d expects [batch, 3, depth, height, width] but gets",
                "Conv3d(3, 4, (3, 3))      | [batch, 3, 4, 4, 4] | a tuple of three",
                "MaxPool3d((2, 5, 2))      | [batch, 3, 4, 4, 4] | the window is 2 x 5 x 2, the volume 4 x 4 x 4",
                "Conv2d(3, 4, 3, padding_mode='mirror') | [batch, 3, 4, 4] | 'zeros', 'reflect', 'replicate' or 'circular'",
                "Conv2d(3, 4, 3, padding=4, padding_mode='reflect') | [batch, 3, 4, 4] | an image larger than the padding",
                "ZeroPad1d((1, 2, 3))      | [batch, 3, 4]    | one number, or (left, right)",
                "ZeroPad3d((1, 2))         | [batch, 3, 4, 4, 4] | (left, right, top, bottom, front, back)",
                "CircularPad1d(5)          | [batch, 3, 4]    | a sequence no smaller than the padding",
                "ReflectionPad3d(2)        | [batch, 3, 2, 3, 3] | a volume larger than the padding",
                "BatchNorm3d(3)            | [batch, 3, 4, 4] | BatchNorm3d expects [batch, 3, depth, height, width]",
                "Dropout1d()               | [batch, 3]       | Dropout1d expects [batch, channels, length]",
                "BatchNorm1d(5)            | [batch, 6]       | BatchNorm1d expects [batch, 5] but gets [batch, 6]",
                "BatchNorm1d(7)            | [batch, 6, 7]    | BatchNorm1d expects [batch, 7, length] but gets [batch, 6, 7]",
                "GroupNorm(4, 6)           | [batch, 6, 4, 4] | a divisor of num_channels, which is 6",
                "GroupNorm(2, 4)           | [batch, 6, 4, 4] | GroupNorm expects [batch, 4, …]",
                "LayerNorm((4, 5))         | [batch, 3, 4, 4] | LayerNorm expects [batch, …, 4, 5]",
                "AvgPool2d(2, padding=2)   | [batch, 3, 4, 4] | at most half the kernel_size",
                "MaxPool2d(2, stride=2, padding=1, dilation=3) | [batch, 3, 2, 2] | should be no larger",
                "MaxPool2d(2, padding=1, dilation=(1, 2)) | [batch, 3, 5, 1] | lies in the padding of [batch, 3, 5, 1]",
                "MaxPool2d(2, dilation=3)  | [batch, 3, 3, 3] | the window is 4 x 4, the image 3 x 3",
                "Conv2d(3, 4, 3, dilation=1073741824) | [batch, 3, 9, 9] | the window is 2147483649 x 2147483649",
                "Conv2d(3, 4, 3, dilation=2, padding=1073741824) | [batch, 3, 9, 9] | the padded input of Conv2d",
                "ConvTranspose2d(3, 4, 1, stride=2, padding=1) | [batch, 3, 1, 2] | ConvTranspose2d leaves nothing",
                "ConvTranspose2d(3, 4, 3, stride=2147483647, padding=1073741823) | [batch, 3, 2, 2] | is cut off",
                "InstanceNorm2d(3)         | [batch, 3, 1, 1] | write GroupNorm(1, 3)",
                "GroupNorm(4, 4)           | [batch, 4, 1, 1] | GroupNorm normalizes each element of [batch, 4, 1, 1]",
                "LayerNorm((1, 1))         | [batch, 3, 1, 1] | LayerNorm((3, 1, 1)) normalizes all of a sample",
                "AdaptiveAvgPool2d(0)      | [batch, 3, 4, 4] | at least 1",
                "Upsample(2, 2)            | [batch, 3, 4, 4] | must be none where there is a size",
                "Upsample()                | [batch, 3, 4, 4] | a number or a tuple, where there is no size",
                "Upsample(scale_factor=(2, 2)) | [batch, 3, 4] | Upsample expects [batch, channels, height, width]",
                "Upsample(scale_factor=(2, 2, 2, 2)) | [batch, 3, 4, 4] | must be one to three numbers",
                "Upsample(scale_factor=0.2) | [batch, 3, 4, 4] | an input of which a scale_factor leaves something",
                "Upsample(2, mode='cubic') | [batch, 3, 4, 4] | 'nearest', 'nearest-exact', 'linear'",
                "Upsample(2, mode='linear') | [batch, 3, 4, 4] | Upsample expects [batch, channels, length]",
                "Upsample(2, align_corners=true) | [batch, 3, 4] | only align_corners=none with mode='nearest'",
                "LocalResponseNorm(2)      | [batch, 3]       | LocalResponseNorm expects [batch, channels, size, …]",
                "LPPool1d(0, 2)            | [batch, 3, 4]    | 'norm_type' of LPPool1d must be above 0",
                "RReLU(0.5, 0.2)           | [batch, 3]       | 'upper' of RReLU must be at least lower",
                "LSTM(3, 4)                | [batch, 5, 3]    | the batch is always the first axis, and time the second",
                "LSTM(3, 4, batch_first=true) | [batch, 3]    | LSTM expects [batch, length, 3] but gets [batch, 3]",
                "GRU(3, 4, batch_first=true) | [batch, 5, 2]  | help: input_size should be 2",
                "RNN(3, 4, nonlinearity='elu', batch_first=true) | [batch, 5, 3] | 'tanh' or 'relu'",
                "LSTM(3, 4, proj_size=4, batch_first=true) | [batch, 5, 3] | less than hidden_size, 4",
                "AlphaDropout(1)           | [batch, 3]       | at least 0 and below 1",
                "Embedding(4, 3, padding_idx=4) | [batch, 3]  | below num_embeddings, 4",
                "ReflectionPad2d(4)        | [batch, 3, 4, 4] | an image larger than the padding",
                "Dropout2d(0.5)            | [batch, 3]       | Dropout2d expects [batch, channels, height, width]",
                "ELU(-1)                   | [batch, 6]       | at least 0",
                "GELU(approximate='erf')   | [batch, 6]       | 'none' or 'tanh'",
                "Hardtanh(1, -1)           | [batch, 6]       | above min_val",
                "Linear(6, 4)              | [batch, 7]       | in_features should be 7",
                "Linear(6, 4)              | [batch, 6, 7]    | 7 for the last axis alone; or put Flatten() before it",
                "Linear(42, 4)             | [batch, 6, 7]    | help: put Flatten() before it",
                "Linear(6, 4)              | [batch, 3, 4, 5] | put Flatten() before it, and in_features should be 60",
                "Linear(6, 4)              | [batch]          | Linear expects [batch, …, 6] but gets [batch]",
                "Softmax(dim=4)            | [batch, 3, 4, 4] | Softmax expects a tensor with an axis 4",
                "Softmax(dim=0)            | [batch, 3]       | axis 0 is the batch",
                "LogSoftmax()              | [batch, 7, 6]    | write LogSoftmax(dim=-1) for the last axis",
                "Softmin()                 | [batch, 7, 6]    | write Softmin(dim=-1) for the last axis",
                "Softmax2d()               | [batch, 7, 6]    | Softmax2d expects [batch, channels, height, width]",
                "GLU()                     | [batch, 7]       | GLU expects a tensor whose axis -1 has two halves",
                "GLU(dim=0)                | [batch, 6]       | axis 0 is the batch",
                "GLU(dim=2)                | [batch, 6]       | GLU expects a tensor with an axis 2",
                "Unflatten(1, (2, 4))      | [batch, 6]       | a tensor whose axis 1 is 8 but gets [batch, 6]",
                "Unflatten(1, (4, -1))     | [batch, 6]       | a tensor whose axis 1 is a multiple of 4",
                "Unflatten(1, (-1, -1))    | [batch, 6]       | of which one may be -1",
                "Unflatten(1, (0, 6))      | [batch, 6]       | sizes of at least 1",
                "Unflatten(0, (2, 3))      | [batch, 6]       | axis 0 is the batch",
                "PixelShuffle(2)           | [batch, 6, 4, 4] | PixelShuffle expects [batch, a multiple of 4, height",
                "PixelShuffle(2147483647)  | [batch, 6, 4, 4] | a multiple of 4611686014132420609",
                "PixelUnshuffle(3)         | [batch, 6, 4, 3] | with multiples of 3 as sides",
                "ChannelShuffle(4)         | [batch, 6, 4, 4] | [batch, a multiple of 4, size, …]",
                "RMSNorm((4, 5))           | [batch, 3, 4, 4] | RMSNorm expects [batch, …, 4, 5]",
                "RMSNorm(4, eps=0)         | [batch, 4]       | 'eps' of RMSNorm must be above 0",
                "CosineSimilarity()        | [batch, 4]       | CosineSimilarity",
                "PairwiseDistance(p=0.5)   | [batch, 4]       | at least 1"
            })
    void mistakesSayWhatIsExpected(String layer, String from, String message) {
        assertThat(Nets.compile(network(from, layer)).diagnostics())
                .singleElement()
                .extracting(Diagnostic::render)
                .asString()
                .contains(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CosineSimilarity()  | [batch, 4]    | [batch, 5] | [batch, 4] as its second input but gets [batch, 5]",
                "PairwiseDistance()  | [batch, 4]    | [batch, 1] | [batch, 4] as its second input but gets [batch, 1]",
                "Bilinear(3, 4, 2)   | [batch, 5]    | [batch, 4] | [batch, …, 3] as its first input but gets [batch, 5]",
                "Bilinear(3, 4, 2)   | [batch, 7, 3] | [batch, 4] | [batch, 7, 4] as its second input but gets"
            })
    void mistakesOfTwoTensorsSayWhatIsExpected(String layer, String first, String second, String message) {
        String text =
                "network N { input a: float" + first + " input b: float" + second + " output y = " + layer + "(a, b) }";

        assertThat(Nets.compile(text).diagnostics())
                .singleElement()
                .extracting(Diagnostic::render)
                .asString()
                .contains(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "L1Loss(reduction='sum')        | l1Loss(y, target(\"target\", target, 3), 1.0 * y.length(), dY)",
                "2 * SmoothL1Loss(beta=0.5)     | smoothL1Loss(y, target(\"target\", target, 3), 0.5, 2.0, dY)",
                "HuberLoss()                    | huberLoss(y, target(\"target\", target, 3), 1.0, 1.0, dY)",
                "BCELoss()                      | bceLoss(y, target(\"target\", target, 3), 1.0, dY)",
                "BCEWithLogitsLoss()            | bceWithLogitsLoss(y, target(\"target\", target, 3), 1.0, dY)",
                "NLLLoss()                      | nllLoss(y, labels(\"target\", target), 1.0, dY)",
                "NLLLoss(reduction='sum')       | summedNllLoss(y, labels(\"target\", target), weights(), -100, 1.0, dY)"
            })
    void lossesBecomeOneCall(String loss, String call) {
        Compilation compilation =
                Nets.compile("network N { input x: float[batch, 6] output y = Linear(6, 3)(x) loss " + loss + " }");

        assertThat(compilation.hasErrors()).isFalse();
        assertThat(compilation.sources().get(0).text()).contains("dataLoss(() -> " + call + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "HuberLoss(delta=0)       | 'delta' of HuberLoss must be above 0",
                "L1Loss(reduction='none') | 'mean' or 'sum'"
            })
    void lossesWithMistakesSayWhatIsExpected(String loss, String message) {
        String text = "network N { input x: float[batch, 6] output y = Linear(6, 3)(x) loss " + loss + " }";

        assertThat(Nets.compile(text).diagnostics())
                .singleElement()
                .extracting(Diagnostic::render)
                .asString()
                .contains(message);
    }
}
