package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

/** Layers are quoted with the values that they were made with. */
class ResolvedCallsTest {
    private static Map<String, String> calls(String statements) {
        Compilation compilation = NetCompiler.compile(
                CompilationRequest.of(new SourceFile("src/main/net/calls.net", """
                package com.example

                block Norms(width: int, norm: norm, affine: bool) {
                    first = norm(2 * width, affine=affine)
                    return [first, ReLU()]
                }

                network Calls(width: int = 4) {
                    input image: float[batch, 8, 6, 6]
                %s
                }
                """.formatted(statements.indent(4)))));
        assertThat(compilation.hasErrors())
                .as(compilation.diagnostics().toString())
                .isFalse();
        return compilation.programs().get(0).graph().calls();
    }

    @Test
    void namesAndExpressionsHaveTheirValues() {
        assertThat(calls("""
                conv = Conv2d(2 * width, width, (if width > 2 then 3 else 1), padding=1)
                output y = conv(image)
                """)).containsExactly(Map.entry("conv", "Conv2d(8, 4, (3), padding=1)"));
    }

    @Test
    void aLayerThatIsGivenToABlockHasItsOwnName() {
        assertThat(calls("""
                net = Norms(width, BatchNorm2d, affine=false)
                output y = net(image)
                """)).containsExactly(Map.entry("net.first", "BatchNorm2d(8, affine=false)"));
    }

    @Test
    void whatIsWrittenWithItsValuesIsNotWrittenAgain() {
        assertThat(calls("""
                conv = Conv2d(8, 4, 3, padding='same')
                output y = conv(image)
                """)).isEmpty();
    }

    @Test
    void aListForSeveralArgumentsStaysOne() {
        assertThat(calls("""
                sizes = [8, width, 3]
                conv = Conv2d(*sizes)
                output y = conv(image)
                """)).isEmpty();
    }
}
