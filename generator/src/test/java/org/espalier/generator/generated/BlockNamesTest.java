package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.JavaFormat;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

/** Blocks and layers may be called what their classes call something else. */
class BlockNamesTest {
    private static final String TEXT = """
            package com.example

            regularizer x = l2(1e-3)

            block BatchNorm(inner: int, outer: int) {
                path     = Conv2d(inner, outer, 3, padding=1)
                memory   = BatchNorm2d(outer)
                at       = ReLU()
                Math     = Conv2d(outer, outer, 1)
                value    = Tanh()
                return [path, memory, at, Math, value]
            }

            block Supplier(size: int, window: int, training: bool) {
                gradient = BatchNorm(size, 2 * size)
                batch    = Conv2d(2 * size, size, window, padding='same')
                dY       = if training then Dropout(0.5) else Tanh()
                return residual([gradient, batch, dY])
            }

            network Named {
                input image: float[batch, 2, 6, 6]
                Parameter = Supplier(2, 3, true)
                this      = Supplier(2, 1, false)
                accumulate = BatchNorm(2, 3)
                output Functions = sequential(Parameter, this, accumulate, Flatten(), Linear(108, 3))(image)
                regularize weights by x
                loss CrossEntropyLoss()
                optimizer SGD(0.1)
            }
            """;

    @Test
    void namesOfTheClassesAreNotHidden() throws Exception {
        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("src/main/net/named.net", TEXT)));

        assertThat(compilation.hasErrors())
                .as(compilation.diagnostics().toString())
                .isFalse();
        GeneratedCode.compile(compilation.sources());
        JavaFormat.check(compilation.sources().get(0).text());
        assertThat(compilation.sources().get(0).text())
                .contains("private final class BatchNorm2 extends", "private final class Supplier2 extends");
    }

    @Test
    void theInputOfABlockAroundHasOneNameInAllObjects() {
        Compilation compilation =
                NetCompiler.compile(CompilationRequest.of(new SourceFile("src/main/net/stack.net", """
                block Inner(size: int) {
                    input x
                    output y = Dropout(0.1)(Linear(size, size)(x))
                }

                block Outer(size: int) {
                    norm  = LayerNorm(size)
                    inner = Inner(size)
                    return residual([norm, inner])
                }

                network Stack {
                    input x: float[batch, 4]
                    output y = sequential(Tanh(), Outer(4), Outer(4), Outer(4), Linear(4, 2))(x)
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                }
                """)));

        // Tanh makes what the first is given, a residual sum what the others are.
        assertThat(compilation.sources().get(0).text())
                .contains("        void forward(INDArray x, INDArray residual, INDArray x2) {")
                .doesNotContain("appliesPart");
    }
}
