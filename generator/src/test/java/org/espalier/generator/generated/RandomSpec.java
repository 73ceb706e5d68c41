package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.espalier.generator.loss.LossDefinition.Numbers;
import org.espalier.generator.loss.LossLibrary;

/**
 * A random valid specification: chains, blocks, skips, branches, repeated and shared layers, one or two inputs and
 * outputs, every loss, alone and with others. The same seed makes the same one.
 *
 * @param name of the network
 * @param first what the first input goes through
 * @param second what the second input goes through; none if this is empty and {@code inputs} is 1
 * @param inputs 1, 2, or 3 for two of which the second is whole numbers
 * @param outputs 1 or 2
 * @param loss which loss, modulo their number and one more for none
 */
record RandomSpec(String name, List<SpecPiece> first, List<SpecPiece> second, int inputs, int outputs, int loss) {
    /** The library's losses of any prediction, by their examples; without lists of weights, which fit some shapes. */
    private static final List<Judge> LOSSES = LossLibrary.ALL.stream()
            .filter(loss -> loss.prediction() == Numbers.ANY || loss.prediction() == Numbers.APART)
            .flatMap(loss -> loss.examples().stream())
            .filter(example -> !example.loss().contains("["))
            .flatMap(example ->
                    LossLibraryTest.reductions(example.loss()).map(written -> new Judge(written, example.target())))
            .toList();

    /** A loss as it is written, and what its target is. */
    private record Judge(String written, Numbers target) {
        String declaration() {
            return switch (target) {
                case CLASSES -> "target truth: int[batch]";
                case LABELS -> "target truth: int[batch, 3]";
                default -> "target truth: float[batch, 3]";
            };
        }
    }

    /** Copies the lists. */
    RandomSpec {
        first = List.copyOf(first);
        second = List.copyOf(second);
    }

    static RandomSpec of(long seed) {
        Random random = new Random(seed);
        int inputs = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
        return new RandomSpec(
                "Spec" + seed,
                SpecPiece.some(random, 2 + random.nextInt(7), 2),
                inputs == 1 ? List.of() : SpecPiece.some(random, random.nextInt(4), 1),
                inputs,
                random.nextInt(4) == 0 ? 2 : 1,
                random.nextInt(LOSSES.size() + 1));
    }

    /** Counts its pieces, inputs and outputs, and its loss if it has one. */
    int size() {
        return SpecPiece.count(first) + SpecPiece.count(second) + inputs + outputs + (loss == LOSSES.size() ? 0 : 1);
    }

    /** Every specification with one thing less. */
    List<RandomSpec> smaller() {
        List<RandomSpec> found = new ArrayList<>();
        if (inputs > 1) {
            found.add(new RandomSpec(name, first, List.of(), 1, outputs, loss));
        }
        if (inputs == 3) {
            found.add(new RandomSpec(name, first, second, 2, outputs, loss));
        }
        if (outputs == 2) {
            found.add(new RandomSpec(name, first, second, inputs, 1, loss));
        }
        if (loss < LOSSES.size()) {
            found.add(new RandomSpec(name, first, second, inputs, outputs, LOSSES.size()));
        }
        for (List<SpecPiece> less : SpecPiece.smaller(first)) {
            found.add(new RandomSpec(name, less, second, inputs, outputs, loss));
        }
        for (List<SpecPiece> less : SpecPiece.smaller(second)) {
            found.add(new RandomSpec(name, first, less, inputs, outputs, loss));
        }
        return found;
    }

    /** As a {@code .net} file. */
    String text(String precision) {
        SpecWriter writer = new SpecWriter();
        List<String> statements = new ArrayList<>();
        statements.add("input image: float[batch, 2, 4, 4]");
        if (inputs == 2) {
            statements.add("input other: float[batch, 3, 4, 4]");
        } else if (inputs == 3) {
            statements.add("input word: int[batch, 3]");
        }
        statements.add("");
        SpecWriter.Image image = new SpecWriter.Image(2, 4, true);
        String chain = writer.chain(image, first);
        List<String> bindings = new ArrayList<>(writer.takeBindings());
        String joined = "features = sequential(" + chain + ")(image)";
        if (inputs > 1) {
            SpecWriter.Image other = new SpecWriter.Image(3, 4, true);
            String otherChain = writer.chain(other, second);
            bindings.addAll(writer.takeBindings());
            if (inputs == 3) {
                bindings.add("other = sequential(Embedding(5, 16), Unflatten(2, (4, 4)))(word)");
            }
            joined = "seen = sequential(" + chain + ", AdaptiveAvgPool2d(2))(image)\n    "
                    + "heard = sequential(" + otherChain + ", AdaptiveAvgPool2d(2))(other)\n    "
                    + "features = concat(seen, heard)";
            image = new SpecWriter.Image(image.channels() + other.channels(), 2, true);
        }
        statements.addAll(bindings);
        statements.add(joined);
        int flat = image.channels() * image.size() * image.size();
        statements.add("");
        statements.add("output scores = sequential(Flatten(), Linear(" + flat + ", 3))(features)");
        boolean judged = loss < LOSSES.size();
        if (outputs == 2) {
            statements.add("output feature = Tanh()(features)");
        }
        if (judged) {
            Judge judge = LOSSES.get(loss);
            statements.add(judge.declaration());
            String scale = loss % 3 == 0 ? "2 * " : "";
            String second = loss % 4 == 0 ? " + 0.1 * HuberLoss(reduction='sum')(scores, near)" : "";
            String third = outputs == 2 ? " + MSELoss()(feature, echo) / 2" : "";
            if (!second.isEmpty()) {
                statements.add("target near");
            }
            if (!third.isEmpty()) {
                statements.add("target echo");
            }
            statements.add("loss " + scale + judge.written() + "(scores, truth)" + second + third);
        }
        statements.add("precision " + precision);
        return "package com.example\n\n" + String.join("", writer.blocks()) + "network " + name + " {\n"
                + String.join(
                        "",
                        statements.stream()
                                .map(line -> line.isEmpty() ? "\n" : "    " + line + "\n")
                                .toList())
                + "}\n";
    }
}
