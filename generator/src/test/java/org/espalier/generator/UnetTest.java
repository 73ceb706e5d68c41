package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.generator.Nets.graph;
import static org.espalier.generator.Nets.maker;
import static org.espalier.generator.Nets.parameters;
import static org.espalier.generator.Nets.reads;
import static org.espalier.generator.Nets.shape;
import static org.espalier.generator.Nets.values;

import java.io.IOException;
import java.nio.file.Files;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.layer.dropout.Dropout;
import org.junit.jupiter.api.Test;

/** The U-Net of pix2pix, as its authors' PyTorch code builds it. */
class UnetTest {
    /** The forum's fragment, with {@code nn.} deleted and the loop around it written as blocks. */
    private static final String FORUM = """
            block UnetBlock(outer_nc: int, inner_nc: int, submodule: layer? = None, outermost: bool = False,
                            innermost: bool = False, norm_layer: norm = BatchNorm2d, use_dropout: bool = False) {
                use_bias = norm_layer == InstanceNorm2d
                downconv = Conv2d(outer_nc, inner_nc, kernel_size=4,
                                  stride=2, padding=1, bias=use_bias)
                downrelu = LeakyReLU(0.2, True)
                downnorm = norm_layer(inner_nc)
                uprelu = ReLU(True)
                upnorm = norm_layer(outer_nc)
                upconv = ConvTranspose2d(if innermost then inner_nc else inner_nc * 2, outer_nc,
                                         kernel_size=4, stride=2,
                                         padding=1, bias=outermost or use_bias)

                down = if outermost then [downconv] else if innermost then [downrelu, downconv]
                       else [downrelu, downconv, downnorm]
                up = if outermost then [uprelu, upconv, Tanh()] else [uprelu, upconv, upnorm]
                model = if innermost then down + up
                        else if use_dropout then down + [submodule] + up + [Dropout(0.5)]
                        else down + [submodule] + up
                return if outermost then Sequential(*model) else skip(model)
            }

            block Generator(num_downs: int, ngf: int, norm_layer: norm = BatchNorm2d) {
                unet = UnetBlock(ngf * 8, ngf * 8, norm_layer=norm_layer, innermost=True)
                inner = Middle(num_downs - 5, ngf, unet, norm_layer)
                unet4 = UnetBlock(ngf * 4, ngf * 8, submodule=inner, norm_layer=norm_layer)
                unet2 = UnetBlock(ngf * 2, ngf * 4, submodule=unet4, norm_layer=norm_layer)
                unet1 = UnetBlock(ngf, ngf * 2, submodule=unet2, norm_layer=norm_layer)
                return UnetBlock(3, ngf, submodule=unet1, outermost=True, norm_layer=norm_layer)
            }

            block Middle(count: int, ngf: int, submodule: layer, norm_layer: norm) {
                return if count == 0 then submodule else
                    UnetBlock(ngf * 8, ngf * 8, submodule=Middle(count - 1, ngf, submodule, norm_layer),
                              norm_layer=norm_layer, use_dropout=True)
            }

            network Unet {
                input drawing: float[batch, 3, SIZE, SIZE]
                unet = Generator(LEVELS, ngf=64NORM)
                output colours = unet(drawing)
            }
            """;

    private static Graph forum(int size, int levels, String norm) {
        return graph(FORUM.replace("SIZE", String.valueOf(size))
                .replace("LEVELS", String.valueOf(levels))
                .replace("NORM", norm));
    }

    @Test
    void theForumsFragmentHasTheParametersOfPytorch() {
        assertThat(forum(128, 7, "").parameterCount()).isEqualTo(41_828_995);
        assertThat(forum(256, 8, "").parameterCount()).isEqualTo(54_413_955);
    }

    @Test
    void instanceNormalizationTakesBiasesInstead() {
        Graph net = forum(256, 8, ", norm_layer=InstanceNorm2d");

        assertThat(parameters(net)).allMatch(name -> name.endsWith("conv.weight") || name.endsWith("conv.bias"));
        assertThat(net.statistics()).isEmpty();
    }

    @Test
    void inPlaceActivationsChangeWhatTheSkipCarries() {
        Graph net = forum(256, 8, "");

        assertThat(reads(net, "unet.unet1.skip")).containsExactly("unet.unet1.downrelu", "unet.unet1.upnorm");
        assertThat(maker(net, "unet.unet1.downrelu"))
                .extracting(op -> op.origin().word())
                .isEqualTo("LeakyReLU");
    }

    @Test
    void activationsThatAreNotInPlaceLeaveTheSkipAsItWas() throws IOException {
        Graph net = golden();

        assertThat(reads(net, "unet.submodule.skip")).containsExactly("unet.downconv", "unet.submodule.upnorm");
    }

    @Test
    void theGoldenUnetIsTheSameNetwork() throws IOException {
        Graph golden = golden();
        Graph forum = forum(256, 8, "");

        assertThat(golden.parameterCount()).isEqualTo(forum.parameterCount());
        assertThat(golden.operations().stream()
                        .map(op -> op.getClass().getSimpleName()
                                + op.outputs().get(0).shape()))
                .containsExactlyElementsOf(forum.operations().stream()
                        .map(op -> op.getClass().getSimpleName()
                                + op.outputs().get(0).shape())
                        .toList());
        assertThat(parameters(golden)).startsWith("unet.downconv.weight", "unet.submodule.downconv.weight");
        assertThat(shape(golden, "colours")).isEqualTo("[batch, 3, 256, 256]");
        assertThat(values(golden)).endsWith("unet.uprelu, unet.upconv, colours");
    }

    @Test
    void onlyTheMiddleLevelsDropOut() throws IOException {
        assertThat(golden().operations()).filteredOn(Dropout.class::isInstance).hasSize(3);
    }

    private static Graph golden() throws IOException {
        return graph(Files.readString(Goldens.file("net/unet.net")));
    }
}
