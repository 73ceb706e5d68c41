package org.espalier.generator.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Files that parse and mean nothing: every rule of the grammar, with spaces, line ends and comments wherever they can
 * stand.
 */
final class RandomSyntax {
    private static final String[] NAMES = {
        "x", "conv", "downconv", "Conv2d", "weights", "input", "a_rather_long_name_of_a_layer", "größe", "of", "層"
    };
    private static final String[] LITERALS = {
        "1", "64", "1_000", "0.5", ".5", "1e-5", "'zeros'", "\"it's\"", "'\\''", "true", "False", "none", "'𝄞'"
    };
    private static final String[] OPERATORS = {
        "+", "+", "-", "*", "/", "%", "@", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "&", "|"
    };
    private static final String[] COMMENTS = {
        "// to the end%n",
        "//%n",
        "//x 'y\" /* z  %n",
        "/* within */",
        "/**/",
        "/** documents */",
        "/* one%n   two%n      three */",
        "/** Stars,%n  * in a%n* row.%n */",
        "/*%n\n\t\tafter tabs%n\t*/",
    };

    private final Random random;
    private final List<String> tokens = new ArrayList<>();
    private final String lineEnd;
    private final int commentsPerMille;

    private RandomSyntax(long seed) {
        this.random = new Random(seed);
        this.lineEnd = pick("\n", "\n", "\n", "\r\n", "\r");
        this.commentsPerMille = pick(0, 20, 100);
    }

    static String file(long seed) {
        RandomSyntax syntax = new RandomSyntax(seed);
        syntax.file();
        return syntax.spaced();
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private boolean sometimes() {
        return random.nextInt(3) == 0;
    }

    private RandomSyntax add(String... added) {
        tokens.addAll(List.of(added));
        return this;
    }

    private RandomSyntax name() {
        return add(pick(NAMES));
    }

    private void file() {
        if (sometimes()) {
            add("package", "com", ".", "example", ".", "network");
        }
        while (sometimes()) {
            add("import");
            several(3, () -> {
                name();
                if (sometimes()) {
                    add("as").name();
                }
            });
            add("from", "\"some/file.net\"");
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            declaration();
        }
    }

    /** One or more, with commas between. */
    private void several(int most, Runnable element) {
        for (int i = random.nextInt(most); i > 0; i--) {
            element.run();
            add(",");
        }
        element.run();
    }

    private void inBrackets(String open, String close, boolean mayBeEmpty, Runnable element) {
        add(open);
        if (!mayBeEmpty || !sometimes()) {
            several(random.nextInt(8) == 0 ? 12 : 4, element);
            if (sometimes()) {
                add(",");
            }
        }
        add(close);
    }

    private void declaration() {
        String kind = pick("regularizer", "block", "network");
        add(kind).name();
        if (kind.equals("block") || sometimes()) {
            inBrackets("(", ")", true, () -> parameter(kind.equals("regularizer") && sometimes()));
        }
        if (kind.equals("regularizer")) {
            add("=");
            expression(3);
        } else {
            add("{");
            for (int i = random.nextInt(8); i > 0; i--) {
                statement();
            }
            add("}");
        }
    }

    private void parameter(boolean untyped) {
        name();
        if (!untyped) {
            add(":", pick("int", "layer", "block", "regularizer"));
            if (sometimes()) {
                add("?");
            }
        }
        if (sometimes()) {
            add("=");
            expression(2);
        }
    }

    private void statement() {
        switch (random.nextInt(19)) {
            case 0 -> {
                declared("input");
                if (sometimes()) {
                    add("with", "gradient");
                }
            }
            case 1 -> declared("target");
            case 2 -> add("output").name();
            case 3, 4 -> {
                add("output").name().add("=");
                expression(3);
            }
            case 5 -> {
                add("return");
                several(2, () -> expression(3));
            }
            case 6, 7 -> {
                clause(pick("regularize", "initialize"));
                add("by");
                expression(2);
            }
            case 8 -> {
                add("freeze");
                several(8, this::selector);
            }
            case 9 -> {
                add(pick("loss", "optimizer"));
                expression(3);
            }
            case 10 -> add("precision").name();
            case 11 -> {
                clause("report", "sparsity", "of");
                if (sometimes()) {
                    add("below");
                    expression(1);
                }
            }
            case 12 -> {
                add("buffer").name().add(":", pick("float", "int"));
                inBrackets("[", "]", false, () -> expression(1));
                add("=");
                if (sometimes()) {
                    inBrackets("(", ")", false, this::name);
                    add("->");
                }
                expression(2);
            }
            case 13 -> {
                add("parameter").name().add(":", "float");
                inBrackets("[", "]", false, () -> expression(1));
                add("=");
                expression(2);
            }
            case 14 -> {
                if (sometimes()) {
                    clause("optimize");
                } else {
                    add("optimize");
                    several(8, this::selector);
                }
                add("with");
                if (sometimes()) {
                    several(3, () -> {
                        name().add("=");
                        expression(2);
                    });
                } else {
                    expression(2);
                }
            }
            default -> {
                several(2, this::name);
                add("=");
                expression(4);
            }
        }
    }

    private void declared(String keyword) {
        add(keyword).name();
        if (sometimes()) {
            add(":", "float");
            inBrackets("[", "]", false, () -> expression(1));
        }
    }

    private void clause(String... words) {
        add(words);
        several(3, () -> add(pick("weights", "biases", "norms", "norm_weights", "norm_biases")));
        if (sometimes()) {
            add("of");
            several(8, this::selector);
        }
    }

    /** One token here: nothing may stand inside. A lone asterisk would take the word after it for its own. */
    private void selector() {
        add(pick("unet.**.conv*", "**", "*.x", "*norm", "encoder.layer.*conv*", "x"));
    }

    private void expression(int depth) {
        switch (depth == 0 ? random.nextInt(3) : random.nextInt(15)) {
            case 0 -> add(pick(LITERALS));
            case 1, 2 -> name();
            case 3, 4, 5 -> {
                operand(depth);
                inBrackets("(", ")", true, () -> argument(depth - 1));
            }
            case 6 -> {
                operand(depth);
                add(".").name();
            }
            case 7 -> {
                add(pick("-", "not", "~"));
                operand(depth);
            }
            case 8, 9 -> {
                operand(depth);
                add(pick(OPERATORS));
                operand(depth);
                while (sometimes()) {
                    add(pick(OPERATORS));
                    operand(depth);
                }
            }
            case 10, 11 -> {
                add("if");
                expression(depth - 1);
                add("then");
                expression(depth - 1);
                add("else");
                expression(depth - 1);
            }
            case 12 -> {
                if (sometimes()) {
                    name().add("->");
                    expression(depth - 1);
                } else {
                    inBrackets("(", ")", false, () -> expression(depth - 1));
                }
            }
            case 13 -> {
                operand(depth);
                inBrackets("[", "]", false, () -> index(depth - 1));
            }
            default -> inBrackets("[", "]", true, () -> expression(depth - 1));
        }
    }

    private void index(int depth) {
        switch (random.nextInt(3)) {
            case 0 -> add("...");
            case 1 -> expression(depth);
            default -> {
                for (int colons = 1 + random.nextInt(2); colons >= 0; colons--) {
                    if (sometimes()) {
                        expression(depth);
                    }
                    if (colons > 0) {
                        add(":");
                    }
                }
            }
        }
    }

    private void operand(int depth) {
        expression(random.nextInt(depth));
    }

    private void argument(int depth) {
        if (sometimes()) {
            name().add("=");
        } else if (sometimes()) {
            add("*");
        }
        expression(depth);
    }

    private String spaced() {
        StringBuilder text = new StringBuilder();
        String last = "";
        for (String token : tokens) {
            String gap = gap();
            boolean merging = gap.isEmpty() ? !mayTouch(last, token) : last.equals("/");
            text.append(merging ? " " + gap : gap).append(token);
            last = token;
        }
        return text.append(gap()).toString();
    }

    private String gap() {
        StringBuilder gap = new StringBuilder();
        while (random.nextInt(1000) < commentsPerMille) {
            gap.append(space()).append(pick(COMMENTS).replace("%n", lineEnd));
        }
        return gap.append(space()).toString();
    }

    private String space() {
        return pick(
                "",
                "",
                "",
                "",
                " ",
                " ",
                " ",
                " ",
                " ",
                " ",
                "  ",
                "   ",
                "\t",
                lineEnd,
                lineEnd + "    ",
                lineEnd + lineEnd,
                lineEnd + " " + lineEnd + lineEnd + "\t");
    }

    private static boolean mayTouch(String left, String right) {
        String brackets = "()[]{},:";
        return left.isEmpty() || brackets.contains(left) || brackets.contains(right);
    }
}
