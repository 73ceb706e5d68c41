package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Specifications with one block, whose applications differ in sizes, layers, ways around them and depth, and with
 * another that has it many times, or once.
 */
final class RandomBlocks {
    private static final String BLOCK = """
            package com.example

            block Cell(inner: int, outer: int, kernel: int, normed: bool, kind: int, around: bool, depth: int) {
                conv = Conv2d(inner, outer, kernel, padding='same', bias=not normed)
                norm = BatchNorm2d(outer)
                cell = if depth == 0 then none
                       else Cell(outer, outer, 4 - kernel, not normed, kind, around, depth - 1)
                act  = if kind == 0 then [ReLU()] else if kind == 1 then [Tanh(), Dropout(0.5)] else [LeakyReLU(0.1)]
                body = [conv] + (if normed then [norm] else []) + act + (if depth == 0 then [] else [cell])
                return if around then skip(body) else sequential(body)
            }

            block Stack(size: int, count: int, kernel: int, normed: bool, kind: int, depth: int) {
                return repeat(count, i -> Cell(size, size, if i == 0 then 1 else kernel, normed, kind, false, depth))
            }

            """;

    private final Random random;
    private final List<String> layers = new ArrayList<>();
    private int channels = 2;

    private RandomBlocks(long seed) {
        this.random = new Random(seed);
    }

    /** A specification, the same for the same seed. */
    static String text(long seed) {
        return new RandomBlocks(seed).text("Cells" + seed);
    }

    private String text(String name) {
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(8);
            layers.add(kind < 2 ? branches() : kind < 5 ? stack() : cell(true));
        }
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < count; i++) {
            body.append("    layer")
                    .append(i)
                    .append(" = ")
                    .append(layers.get(i))
                    .append('\n');
        }
        String chain = String.join(
                ", ", IntStream.range(0, count).mapToObj(i -> "layer" + i).toList());
        return BLOCK + "network " + name + " {\n    input image: float[batch, 2, 4, 4]\n" + body
                + "    output scores = sequential(" + chain + ", Flatten(), Linear(" + channels * 16
                + ", 3))(image)\n    regularize weights by l2(1e-3)\n    loss CrossEntropyLoss()\n"
                + "    optimizer SGD(0.1)\n}\n";
    }

    private String branches() {
        int before = channels;
        String left = cell(false);
        int ofLeft = channels;
        channels = before;
        String right = cell(false);
        channels += ofLeft;
        return "branches(" + left + ", " + right + ", merge=concat)";
    }

    private String stack() {
        return "Stack(" + channels + ", " + (1 + random.nextInt(6)) + ", " + (random.nextBoolean() ? 1 : 3) + ", "
                + random.nextBoolean() + ", " + random.nextInt(3) + ", " + random.nextInt(2) + ")";
    }

    private String cell(boolean mayGrow) {
        int inner = channels;
        int outer = 1 + random.nextInt(3);
        boolean around = mayGrow && random.nextBoolean();
        int depth = random.nextInt(3);
        String call = "Cell(" + inner + ", " + outer + ", " + (random.nextBoolean() ? 1 : 3) + ", "
                + random.nextBoolean() + ", " + random.nextInt(3) + ", " + around + ", " + depth + ")";
        channels = around ? around(inner, outer, depth) : outer;
        return call;
    }

    /** The channels of concatenations within concatenations. */
    private static int around(int inner, int outer, int depth) {
        return inner + (depth == 0 ? outer : around(outer, outer, depth - 1));
    }
}
