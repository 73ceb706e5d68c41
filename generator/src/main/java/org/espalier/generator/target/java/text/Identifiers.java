package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns paths of the {@code .net} into Java identifiers. */
public final class Identifiers {
    /** The longest name of what the {@code .net} does not name itself, in characters. */
    public static final int LONGEST = 30;

    /** A part of a gradient, and the layer that it comes from. */
    private static final Pattern PART = Pattern.compile("(d .*) \\(from (.*)\\)");

    /** Stands before the digits that a name within a list begins with, or its gradient's behind the {@code d}. */
    private static final Pattern LEADING_PLACE = Pattern.compile("^(d )?(?=\\d)");

    private Identifiers() {}

    /**
     * {@code unet.submodule.submodule.downconv.running_mean} becomes {@code unetSubmodule2DownconvRunningMean}: a
     * segment that follows itself is counted, not repeated. {@code conv1_2} stays what it is, and {@code 0.weight},
     * which begins with a place in a list, becomes {@code layer0Weight}.
     */
    public static String camelCase(String path) {
        StringBuilder name = new StringBuilder();
        for (String word : words(counted(LEADING_PLACE.matcher(path).replaceFirst("$1layer")))) {
            boolean numbersMeet = endsInDigit(name) && Character.isDigit(word.charAt(0));
            name.append(numbersMeet ? "_" : "").append(name.length() == 0 ? word : capitalized(word));
        }
        return name.length() == 0 ? "value" : name.toString();
    }

    /**
     * The same, but of a part of a gradient, {@code d first.residual (from second.conv)}, at most 30 characters where
     * that can be: first the layer that it comes from loses what it lies in, then the other, then it is left out.
     */
    public static String ofValue(String name) {
        Matcher part = PART.matcher(name);
        if (!part.matches()) {
            return camelCase(name);
        }
        String whole = part.group(1);
        String source = part.group(2);
        String last = "d " + lastSegment(whole);
        return Stream.of(name, whole + " from " + lastSegment(source), last + " from " + lastSegment(source))
                .map(Identifiers::camelCase)
                .filter(shorter -> shorter.length() <= LONGEST)
                .findFirst()
                .orElseGet(() -> camelCase(last + " part"));
    }

    private static String lastSegment(String path) {
        return path.substring(Math.max(path.lastIndexOf('.'), path.lastIndexOf(' ')) + 1);
    }

    private static boolean endsInDigit(CharSequence text) {
        return text.length() > 0 && Character.isDigit(text.charAt(text.length() - 1));
    }

    /** The path with each run of equal names written once, its length behind it; places in lists stay what they are. */
    private static String counted(String path) {
        List<String> segments = new ArrayList<>();
        int run = 0;
        String[] given = path.split("[. ]", -1);
        for (int i = 0; i < given.length; i++) {
            boolean isPlace = !given[i].isEmpty() && Character.isDigit(given[i].charAt(0));
            run = i > 0 && !isPlace && given[i].equals(given[i - 1]) ? run + 1 : 1;
            if (run == 1) {
                segments.add(given[i]);
            } else {
                segments.set(segments.size() - 1, given[i] + run);
            }
        }
        return String.join(".", segments);
    }

    private static List<String> words(String path) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        path.codePoints().forEach(c -> {
            if (c != '_' && Character.isJavaIdentifierPart(c)) {
                word.appendCodePoint(c);
            } else if (word.length() > 0) {
                words.add(word.toString());
                word.setLength(0);
            }
        });
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    /** With its first letter in upper case. */
    public static String capitalized(String word) {
        int first = word.offsetByCodePoints(0, 1);
        return word.substring(0, first).toUpperCase(Locale.ROOT) + word.substring(first);
    }

    /** Folds case as some file systems do, so that names which differ in case alone come out equal. */
    static String folded(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** Tells whether the text is a name, and not an expression. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && Character.isJavaIdentifierStart(text.codePointAt(0))
                && text.codePoints().allMatch(Character::isJavaIdentifierPart);
    }
}
