package org.espalier.generator.target.java.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentifiersTest {
    @ParameterizedTest
    @CsvSource({
        "conv, conv",
        "unet.downconv.weight, unetDownconvWeight",
        "unet.submodule.submodule.submodule.downconv.weight, unetSubmodule3DownconvWeight",
        "norm.running_mean, normRunningMean",
        "down_conv, downConv",
        "d conv, dConv",
        "d unet.downconv (from unet.submodule.downrelu), dUnetDownconvFromUnetSubmoduleDownrelu",
        "W, W",
        "_, value",
        "_x, x",
        "conv1_2.weight, conv1_2Weight",
        "conv1.2, conv1_2",
        "a.a.b.a, a2BA",
        "layer1.0.conv1.weight, layer1_0Conv1Weight",
        "features.0.0.weight, features0_0Weight",
        "0.weight, layer0Weight",
        "d 0.conv, dLayer0Conv"
    })
    void makesOneNameOfAPath(String path, String identifier) {
        assertThat(Identifiers.camelCase(path)).isEqualTo(identifier);
    }

    @ParameterizedTest
    @CsvSource({
        "d x (from conv), dXFromConv",
        "d first.residual (from second.steps1.conv), dFirstResidualFromConv",
        "d unet.submodule.submodule.downnorm (from unet.submodule.skip), dDownnormFromSkip",
        "d relative_position_bias_table (from picked1), dRelativePositionBiasTablePart",
        "unet.submodule.submodule.downconv.running_mean, unetSubmodule2DownconvRunningMean"
    })
    void namesPartsOfGradientsShortly(String path, String identifier) {
        assertThat(Identifiers.ofValue(path)).isEqualTo(identifier);
    }
}
