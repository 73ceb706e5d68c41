package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiles the Java that pages about the runtime show, against the runtime and networks of the names they use. */
class JavaPagesTest {
    private static final String NETWORKS = """
            package com.example

            regularizer elastic = l1(1e-6) + l2(1e-5)

            /** A network as pages have it. */
            network Digits {
                input image: float[batch, 784]
                output logits = Linear(784, 10, weight_regularizer=elastic)(image)
                loss CrossEntropyLoss()
                optimizer Adam(lr=1e-3)
            }

            /** Another one. */
            network Pictures {
                input picture: float[batch, 3, 64, 64]
                output logits = Linear(3 * 64 * 64, 2)(flatten(picture, 1))
                loss CrossEntropyLoss()
                optimizer Adam(lr=1e-3)
            }

            /** One of two. */
            network Painter {
                input drawing: float[batch, 3, 8, 8]
                output picture = Conv2d(3, 3, 3, padding=1)(drawing)
                loss 100 * L1Loss()
                optimizer Adam(lr=1e-3)
            }

            /** The other one. */
            network Critic {
                input drawing: float[batch, 3, 8, 8]
                input picture: float[batch, 3, 8, 8] with gradient
                output score = Conv2d(6, 1, 3)(cat([drawing, picture], dim=1))
                loss BCEWithLogitsLoss() / 2
                optimizer Adam(lr=1e-3)
            }
            """;

    /** A class around a piece of code, with the names that it uses and does not declare. */
    private static final String AROUND = """
            package com.example;

            import java.io.*;
            import java.nio.file.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.random.*;
            import org.espalier.runtime.*;
            import org.espalier.runtime.data.*;
            import org.espalier.runtime.data.augment.*;
            import org.espalier.runtime.data.npy.*;
            import org.espalier.runtime.data.table.*;
            import org.espalier.runtime.data.text.*;
            import org.espalier.runtime.optim.optimizer.*;
            import org.espalier.runtime.train.*;
            import org.espalier.runtime.train.metric.*;
            import org.espalier.runtime.train.schedule.*;
            import org.espalier.training.report.*;
            import org.espalier.weights.*;
            import org.nd4j.linalg.api.buffer.*;
            import org.nd4j.linalg.api.ndarray.*;
            import org.nd4j.linalg.factory.*;

            class Page {
                Digits net;
                Painter painter;
                Critic critic;
                Batches training, validation;
                Path csv, file;
                String novel;
                int[] others;
                INDArray images, pictures, drawings, colours, real, scores;
                RandomGenerator random;
                float[] image, w, g, sum;
                float lambda;
                int i;

                void piece() throws Exception {
            %s
                }
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {"training.md", "data.md", "inference.md", "weights.md", "regularization.md"})
    void everyPieceOfCodeCompiles(String page) {
        CompilationRequest request = CompilationRequest.of(new SourceFile("digits.net", NETWORKS))
                .with(Targets.of(List.of(Targets.JAVA, Targets.INFERENCE)));
        List<GeneratedSource> networks = NetCompiler.compile(request).sources();
        List<String> pieces = Pattern.compile("(?ms)^```java\n(.*?)^```$")
                .matcher(Pages.read(page))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();

        assertThat(pieces).isNotEmpty();
        for (String piece : pieces) {
            List<GeneratedSource> sources = new ArrayList<>(networks);
            sources.add(new GeneratedSource("com.example", "Page", String.format(AROUND, piece)));
            GeneratedCode.compileWithUsers(sources);
        }
    }
}
