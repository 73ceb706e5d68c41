package org.espalier.benchmarks.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Specifications that the compile benchmark compiles. */
final class BenchmarkedSpecifications {
    private BenchmarkedSpecifications() {}

    /** U-Net-256: the specification of this module's networks, without the other networks in it. */
    static String unet() {
        String text = networks();
        return text.substring(0, text.indexOf("/** The same without regularizers. */"));
    }

    /** Every U-Net of this module. */
    static String networks() {
        return read(Path.of("src", "main", "net", "unet.net"));
    }

    /** ResNet-18, from the compiler's goldens. */
    static String resnet() {
        return read(Path.of("..", "..", "generator", "src", "golden", "net", "resnet18.net"));
    }

    /** A network with this many layers, one after the other: convolutions, normalizations and activations. */
    static String chain(int layers) {
        int triples = (layers - 2) / 3;
        return """
                package com.example.chain

                network Chain {
                    input image: float[batch, 4, 8, 8]

                %s
                    output logits = %s(image)

                    regularize weights of ** by l1(1e-6) + l2(1e-5)
                    loss CrossEntropyLoss()
                    optimizer Adam(lr=1e-3)
                }
                """.formatted(definitions(triples), layers(triples));
    }

    private static String definitions(int triples) {
        return IntStream.range(0, triples)
                        .mapToObj(i -> "    conv" + i + " = Conv2d(4, 4, kernel_size=3, padding=1)\n    norm" + i
                                + " = BatchNorm2d(4)\n")
                        .collect(Collectors.joining())
                + "    answer = Linear(4 * 8 * 8, 10)\n";
    }

    private static String layers(int triples) {
        return IntStream.range(0, triples)
                .mapToObj(i -> "conv" + i + ", norm" + i + ", ReLU()")
                .collect(Collectors.joining(", ", "[", ", Flatten(), answer]"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.toAbsolutePath(), e);
        }
    }
}
