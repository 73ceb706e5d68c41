package org.espalier.onnx.structure;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Makes names of the language out of those of models. */
public final class NetNames {
    private static final Set<String> WORDS = Set.of(
            "and",
            "as",
            "below",
            "biases",
            "block",
            "buffer",
            "by",
            "else",
            "false",
            "freeze",
            "from",
            "gradient",
            "if",
            "import",
            "initialize",
            "input",
            "layer",
            "loss",
            "network",
            "none",
            "norms",
            "norm_biases",
            "norm_weights",
            "not",
            "of",
            "optimizer",
            "or",
            "output",
            "package",
            "parameter",
            "precision",
            "regularize",
            "regularizer",
            "report",
            "return",
            "sparsity",
            "target",
            "then",
            "true",
            "weights",
            "with",
            "batch",
            "False",
            "True",
            "None");

    private final Set<String> taken = new HashSet<>();

    /** Names of a body, none of which is one of these. */
    public NetNames(Set<String> reserved) {
        taken.addAll(reserved);
    }

    /** A name like this one that is not taken yet, and is from now on. */
    public String unique(String wish) {
        String name = identifier(wish);
        String made = name;
        int number = 2;
        while (!taken.add(made)) {
            made = name + (name.matches(".*[0-9]") ? "_" : "") + number;
            number++;
        }
        return made;
    }

    /** Letters, digits and underscores; no word of the language. */
    public static String identifier(String name) {
        String made = name.replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
        if (made.isEmpty()) {
            made = "value";
        }
        if (Character.isDigit(made.charAt(0))) {
            made = "layer" + made;
        }
        if (made.length() > 100) {
            made = made.substring(0, 100);
        }
        return WORDS.contains(made) ? made + "_" : made;
    }

    /** {@code inverted_residual} → {@code InvertedResidual}. */
    public static String ofBlock(String kind) {
        StringBuilder name = new StringBuilder();
        for (String part : identifier(kind).split("_", -1)) {
            if (!part.isEmpty()) {
                name.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
            }
        }
        return name.toString();
    }
}
