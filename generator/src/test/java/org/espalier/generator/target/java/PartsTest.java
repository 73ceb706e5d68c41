package org.espalier.generator.target.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.names.Names;
import org.junit.jupiter.api.Test;

class PartsTest {
    /** Three blocks between a stem and a head; the second stage has two blocks of its own. */
    private static final String TEXT = """
            package com.example.parts

            block Step(width: int) {
                return residual([Conv2d(width, width, 3, padding=1, bias=false), Tanh()])
            }

            block Stage(width: int) {
                steps = repeat(2, Step(width))
                return steps
            }

            /** A network in parts, as one is that has too many layers for one class. */
            network Parts {
                input image: float[batch, 1, 6, 6]

                stem   = [Conv2d(1, 2, 3, padding=1), ReLU()]
                first  = Step(2)
                second = Stage(2)
                head   = [Flatten(), Dropout(0.5), Linear(72, 3)]

                output scores = sequential(stem + [first, second] + head)(image)
                regularize weights by l1(1e-6)
                loss CrossEntropyLoss()
                optimizer SGD(lr=0.1)
            }
            """;

    private static final Program PROGRAM = NetCompiler.compile(
                    CompilationRequest.of(new SourceFile("src/main/net/parts.net", TEXT)))
            .programs()
            .get(0);

    private static Parts parts(int layers) {
        return Parts.of(
                new Layers(PROGRAM), new Names(PROGRAM), new Capacity(0, 0, Long.MAX_VALUE, layers, Integer.MAX_VALUE));
    }

    private static Stream<String> fields(int layers) {
        return parts(layers).nested().stream().map(Part::field);
    }

    @Test
    void aDividedClassReadsAsIfItWereWrittenByHand() {
        GeneratedSource source = Divided.emit(PROGRAM, 6);

        Goldens.check("java/" + source.path(), source.text());
    }

    @Test
    void everyPartSaysInItsClassFileThatItIsGenerated() {
        GeneratedCode compiled = GeneratedCode.compile(Divided.emit(PROGRAM, 6));

        assertThat(compiled.classFiles())
                .hasSize(4)
                .allSatisfy((name, bytes) -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .as(name)
                        .contains("RuntimeInvisibleAnnotations", "Lorg/espalier/runtime/GeneratedNetwork;"));
    }

    @Test
    void aNetworkThatOneClassHoldsIsNotDivided() {
        assertThat(NetworkEmitter.emit(PROGRAM).text())
                .doesNotContain("private final class Stem1ToFirst")
                .contains("private final class Step extends", "private final class Stage extends");
    }

    @Test
    void everyLayerIsInOnePartInTheOrderInWhichTheyRun() {
        List<Layers.Layer> all = List.copyOf(new Layers(PROGRAM).all());

        for (int layers = 1; layers <= all.size(); layers++) {
            assertThat(parts(layers).nested())
                    .flatExtracting(Part::layers)
                    .extracting(layer -> layer.origin().layer())
                    .containsExactlyElementsOf(
                            all.stream().map(layer -> layer.origin().layer()).toList());
        }
    }

    @Test
    void partsAreCutBetweenBlocksAndNamedByThem() {
        assertThat(fields(6)).containsExactly("stemToFirst", "secondSteps", "flatten1ToHead");
        assertThat(fields(4))
                .containsExactly("stemToRelu1", "first", "secondSteps0", "secondToFlatten1", "dropout1ToHead");
    }
}
