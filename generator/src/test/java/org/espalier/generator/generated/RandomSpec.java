package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.espalier.generator.loss.LossDefinition.Numbers;
import org.espalier.generator.loss.LossLibrary;

/**
 * A random valid specification: chains, blocks, skips, branches, repeated and shared layers, one or two inputs and
 * outputs, every loss, alone and with others, with clauses about its parameters and updates. The same seed makes the
 * same one.
 *
 * @param name of the network
 * @param first what the first input goes through
 * @param second what the second input goes through; none if this is empty and {@code inputs} is 1
 * @param inputs 1, 2, or 3 for two of which the second is whole numbers
 * @param outputs 1 or 2
 * @param loss which loss, modulo their number and one more for none
 * @param clauses which clauses, 0 for none but an optimizer
 */
record RandomSpec(
        String name, List<SpecPiece> first, List<SpecPiece> second, int inputs, int outputs, int loss, int clauses) {
    /** Clauses are drawn by numbers below this. */
    private static final int CLAUSES = 10_000;

    /** Formulas of one's own, of which a specification uses those that it mentions. */
    private static final Map<String, String> FORMULAS = Map.of(
            "smooth", "regularizer smooth(d = 0.1) = w -> sqrt(w * w + d * d) - d\n\n",
            "soft", "regularizer soft = w -> 0.01 * softplus(3 * w) + 0.02 * w.square()\n\n",
            "grouped", "regularizer grouped = w -> sqrt(sum(w * w, axis=0))\n\n",
            "Charbonnier", "loss Charbonnier(eps = 0.1) = (y, t) -> sqrt((y - t) ** 2 + eps ** 2)\n\n",
            "Focal", "loss Focal = (y, t) -> where(t > 0, softplus(-y), softplus(y)) * (1 - sigmoid(y).square())\n\n");

    private static final List<String> REGULARIZERS = List.of(
            "l1(1e-2)",
            "l2(1e-2)",
            "l1(1e-3) + 0.5 * l2(1e-2)",
            "group_lasso(1e-2)",
            "smooth()",
            "0.1 * smooth(d=0.3) + l2(1e-3)",
            "soft",
            "0.01 * grouped");

    private static final List<String> INITIALIZERS = List.of(
            "normal(0, 0.3)",
            "xavier_uniform()",
            "kaiming_normal(nonlinearity='tanh')",
            "trunc_normal(std=0.2)",
            "orthogonal_(0.7)");

    private static final List<String> OPTIMIZERS = List.of(
            "SGD(lr=0.01)",
            "SGD(lr=0.01, momentum=0.9)",
            "SGD(lr=0.01, momentum=0.5, nesterov=true)",
            "Adam(lr=1e-3)",
            "AdamW(lr=1e-3, weight_decay=0)",
            "RMSprop(lr=1e-3)",
            "Adagrad(lr=1e-2)",
            "Adam(lr=1e-3, amsgrad=true)");

    private static final List<String> FURTHER =
            List.of("HuberLoss(reduction='sum')", "Charbonnier()", "Focal()", "SmoothL1Loss(beta=0.3)");

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
                random.nextInt(LOSSES.size() + 1),
                random.nextInt(CLAUSES));
    }

    /** Counts its pieces, inputs and outputs, its loss if it has one, and clauses as one. */
    int size() {
        int further = (loss == LOSSES.size() ? 0 : 1) + (clauses == 0 ? 0 : 1);
        return SpecPiece.count(first) + SpecPiece.count(second) + inputs + outputs + further;
    }

    /** Every specification with one thing less. */
    List<RandomSpec> smaller() {
        List<RandomSpec> found = new ArrayList<>();
        if (inputs > 1) {
            found.add(new RandomSpec(name, first, List.of(), 1, outputs, loss, clauses));
        }
        if (inputs == 3) {
            found.add(new RandomSpec(name, first, second, 2, outputs, loss, clauses));
        }
        if (outputs == 2) {
            found.add(new RandomSpec(name, first, second, inputs, 1, loss, clauses));
        }
        if (loss < LOSSES.size()) {
            found.add(new RandomSpec(name, first, second, inputs, outputs, LOSSES.size(), clauses));
        }
        if (clauses > 0) {
            found.add(new RandomSpec(name, first, second, inputs, outputs, loss, 0));
        }
        for (List<SpecPiece> less : SpecPiece.smaller(first)) {
            found.add(new RandomSpec(name, less, second, inputs, outputs, loss, clauses));
        }
        for (List<SpecPiece> less : SpecPiece.smaller(second)) {
            found.add(new RandomSpec(name, first, less, inputs, outputs, loss, clauses));
        }
        return found;
    }

    /** One of some, by the number of clauses and by that of the choice. */
    private String chosen(List<String> some, int choice) {
        return some.get(new Random(clauses * 31L + choice).nextInt(some.size()));
    }

    /** Clauses about parameters, of which the more specific ones about the last layer hold there. */
    private List<String> clauses(boolean judged) {
        if (clauses == 0) {
            return List.of();
        }
        List<String> written = new ArrayList<>();
        if (clauses % 2 == 0) {
            written.add("initialize weights of scorer by " + chosen(INITIALIZERS, 3));
        }
        if (clauses % 3 > 0) {
            written.add("regularize weights by " + chosen(REGULARIZERS, 4));
        }
        if (clauses % 5 < 2) {
            written.add("regularize biases of scorer by " + chosen(REGULARIZERS, 5));
        }
        if (judged && clauses % 7 < 3) {
            written.add("optimize biases, norms with lr=2e-3");
        }
        return written;
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
        statements.add("scorer = Linear(" + flat + ", 3)");
        statements.add("output scores = sequential(Flatten(), scorer)(features)");
        boolean judged = loss < LOSSES.size();
        if (outputs == 2) {
            statements.add("output feature = Tanh()(features)");
        }
        if (judged) {
            Judge judge = LOSSES.get(loss);
            statements.add(judge.declaration());
            String scale = loss % 3 == 0 ? "2 * " : "";
            String second = loss % 4 == 0 ? " + 0.1 * " + chosen(FURTHER, 1) + "(scores, near)" : "";
            String third = outputs == 2 ? " + MSELoss()(feature, echo) / 2" : "";
            if (!second.isEmpty()) {
                statements.add("target near");
            }
            if (!third.isEmpty()) {
                statements.add("target echo");
            }
            statements.add("loss " + scale + judge.written() + "(scores, truth)" + second + third);
            statements.add("optimizer " + chosen(OPTIMIZERS, 2));
        }
        statements.addAll(clauses(judged));
        statements.add("precision " + precision);
        String body = String.join("\n", statements);
        String formulas = FORMULAS.keySet().stream()
                .filter(name -> body.matches("(?s).*\\b" + name + "\\b.*"))
                .sorted()
                .map(FORMULAS::get)
                .collect(Collectors.joining());
        return "package com.example\n\n" + formulas + String.join("", writer.blocks()) + "network " + name + " {\n"
                + String.join(
                        "",
                        statements.stream()
                                .map(line -> line.isEmpty() ? "\n" : "    " + line + "\n")
                                .toList())
                + "}\n";
    }
}
