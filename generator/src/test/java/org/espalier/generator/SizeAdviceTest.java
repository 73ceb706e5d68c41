package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests advice where images do not meet: sizes of the input are proposed only if they do then. */
class SizeAdviceTest {
    private static final String PIX2PIX = """
            block Level(levels: int, outer: int) {
                below = if levels == 1 then [] else [Level(levels - 1, outer)]
                down  = Conv2d(outer, outer, 4, stride=2, padding=1)
                up    = ConvTranspose2d(if levels == 1 then outer else 2 * outer, outer, 4, stride=2, padding=1)
                return skip([down] + below + [up])
            }
            network Painter {
                input drawing: float[batch, 3, %d, %d]
                output colours = Level(%d, 3)(drawing)
            }
            """;

    /** The U-Net as it was published, but for its cropping, or with padding. */
    private static final String RONNEBERGER = """
            block Level(levels: int, inputs: int, channels: int) {
                convs = [Conv2d(inputs, channels, 3%3$s), ReLU(), Conv2d(channels, channels, 3%3$s), ReLU()]
                below = if levels == 1 then [Conv2d(channels, 2 * channels, 3%3$s)]
                        else [Level(levels - 1, channels, 2 * channels), Conv2d(4 * channels, 2 * channels, 1)]
                up    = ConvTranspose2d(2 * channels, channels, 2, stride=2)
                return convs + [skip([MaxPool2d(2)] + below + [up])]
            }
            network Cells {
                input image: float[batch, 1, %1$d, %1$d]
                output map = Level(%2$d, 1, 2)(image)
            }
            """;

    private static String help(String text) {
        List<Diagnostic> found = Nets.compile(text).diagnostics();
        assertThat(found).hasSize(1);
        return found.get(0).help().orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "350 | 525 | 5 | the height of drawing is 350 and the width 525, neither of them divisible by 2^5 = 32, "
                        + "the product of the strides on the way down; a height of 320 or 352 and a width of 512 or 544 "
                        + "would be",
                "350 | 512 | 5 | the height of drawing is 350, not divisible by 2^5 = 32, the product of the strides on "
                        + "the way down; 320 or 352 would be",
                "352 | 525 | 5 | the width of drawing is 525, not divisible by 2^5 = 32, the product of the strides on "
                        + "the way down; 512 or 544 would be",
                "20 | 20 | 3 | the height and the width of drawing are 20, not divisible by 2^3 = 8, the product of the "
                        + "strides on the way down; 16 or 24 would be",
                "7 | 8 | 1 | the height of drawing is 7, not divisible by 2, the product of the strides on the way down; "
                        + "6 or 8 would be"
            })
    void proposesBothAxesAtOnce(int height, int width, int levels, String expected) {
        assertThat(help(PIX2PIX.formatted(height, width, levels))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1d | 21 | the length of drawing is 21, not divisible by 2^2 = 4, the product of the strides on the way "
                        + "down; 20 or 24 would be",
                "3d | 8, 10, 8 | the height of drawing is 10, not divisible by 2^2 = 4, the product of the strides on "
                        + "the way down; 8 or 12 would be",
                "3d | 6, 6, 6 | the depth, the height and the width of drawing are 6, not divisible by 2^2 = 4, the "
                        + "product of the strides on the way down; 4 or 8 would be",
                "3d | 6, 8, 10 | the depth of drawing is 6 and the width 10, neither of them divisible by 2^2 = 4, the "
                        + "product of the strides on the way down; a depth of 4 or 8 and a width of 8 or 12 would be",
                "3d | 6, 10, 14 | the depth of drawing is 6 and the height 10 and the width 14, none of them divisible "
                        + "by 2^2 = 4, the product of the strides on the way down; a depth of 4 or 8, a height of 8 or "
                        + "12 and a width of 12 or 16 would be"
            })
    void proposesSizesOfSequencesAndVolumes(String axes, String sizes, String expected) {
        String text = PIX2PIX.replace("2d(", axes + "(")
                .replace("%d, %d]", sizes + "]")
                .formatted(2);

        assertThat(help(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"320, 512", "320, 544", "352, 512", "352, 544"})
    void proposedSizesFit(int height, int width) {
        assertThat(Nets.findings(PIX2PIX.formatted(height, width, 5))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"21, 1", "20, 1", "572, 4", "560, 4"})
    void proposesNoSizeWhereNoneFits(int size, int levels) {
        assertThat(help(RONNEBERGER.formatted(size, levels, "")))
                .isEqualTo(
                        "no size of the input was found that would fit; map.convs.0 makes %1$d x %1$d to %2$d x %2$d, "
                                        .formatted(size, size - 2)
                                + "which padding='same' would keep");
    }

    @Test
    void theProposedPaddingFits() {
        assertThat(help(RONNEBERGER.formatted(572, 4, ", padding='same'"))).endsWith("; 560 or 576 would be");
        assertThat(Nets.findings(RONNEBERGER.formatted(560, 4, ", padding='same'")))
                .isEmpty();
        assertThat(Nets.findings(RONNEBERGER.formatted(576, 4, ", padding='same'")))
                .isEmpty();
    }

    /** ⌊(size − 1) / 2⌋ becomes even again by a padding on one side, for sizes that leave 3 divided by 4. */
    @Test
    void findsSizesThatAreNoMultiples() {
        String text = """
                network Odd {
                    input x: float[batch, 1, %1$d, %1$d]
                    output y = skip([MaxPool2d(2), MaxPool2d(2), Upsample(scale_factor=4), ZeroPad2d((3, 0, 3, 0))])(x)
                }
                """;

        assertThat(help(text.formatted(9))).isEqualTo("the height and the width of x are 9; 7 or 11 would fit");
        assertThat(Nets.findings(text.formatted(7))).isEmpty();
        assertThat(Nets.findings(text.formatted(11))).isEmpty();
    }

    @Test
    void changesInputsOfOneSizeTogether() {
        String text = """
                network Pair {
                    input left: float[batch, 1, %1$d, 8]
                    input right: float[batch, 2, %1$d, 8]
                    both = concat(left, right)
                    output y = skip([MaxPool2d(2), Upsample(scale_factor=2)])(both)
                }
                """;

        assertThat(help(text.formatted(9)))
                .isEqualTo("the height of left and right is 9, not divisible by 2, the product of the strides on the "
                        + "way down; 8 or 10 would be");
        assertThat(Nets.findings(text.formatted(10))).isEmpty();
    }

    /** Leaves it to the next message what in_features would have to be then. */
    @Test
    void proposesSizesThoughALinearLayerDependsOnThem() {
        String text = """
                network Scored {
                    input x: float[batch, 1, 9, 9]
                    output y = [skip([MaxPool2d(2), Upsample(scale_factor=2)]), Flatten(), Linear(162, 1)](x)
                }
                """;

        assertThat(help(text)).endsWith("8 or 10 would be");
    }

    @Test
    void saysNothingAboutSizesWhereChannelsDiffer() {
        assertThat(help("""
                        network Residual {
                            input x: float[batch, 1, 8, 8]
                            output y = residual(Conv2d(1, 2, 3, padding=1))(x)
                        }
                        """)).isEmpty();
    }

    @Test
    void tensorsWithoutChannelsAreNotConcatenated() {
        assertThat(Nets.findings("""
                        network Numbers {
                            input x: float[batch]
                            input y: float[batch]
                            output z = concat(x, y)
                        }
                        """))
                .containsExactly("4:16: error ESP303: concatenation needs tensors that differ only in their channels "
                        + "but gets [batch] and [batch]");
    }
}
