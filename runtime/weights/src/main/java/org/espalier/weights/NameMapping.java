package org.espalier.weights;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names of a file's tensors by those of a network, as rules say, each on a line of a text file:
 *
 * <pre>
 *   # the file's name -> the network's
 *   module.** -> **
 *   backbone.layer*.conv.* -> layer*.conv1.*
 *   head.weight -> fc.weight
 * </pre>
 *
 * <p>{@code *} stands for any letters within a part of a name, {@code **} for any number of parts; the right side has
 * the same asterisks in the same order, and gets what they stood for. The first rule that fits a name holds; a name
 * that none fits stays as it is.
 */
public final class NameMapping {
    /** Changes no name. */
    public static final NameMapping NONE = new NameMapping(List.of());

    private static final String ARROW = "->";
    private static final int LONGEST_FILE = 1 << 24;
    private static final int MOST_STARS = 8;

    /** Rules with asterisks are tried one after the other for each name. */
    private static final int MOST_PATTERNS = 1_000;

    private final List<Rule> rules;

    /** Places of rules without asterisks by their left sides, and of those with, in order. */
    private final Map<String, Integer> plain = new HashMap<>();

    private final List<Integer> patterns = new ArrayList<>();

    private NameMapping(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).isPlain()) {
                plain.putIfAbsent(rules.get(i).pattern().get(0), i);
            } else {
                patterns.add(i);
            }
        }
    }

    /**
     * Maps names one by one: the network's by the file's.
     *
     * @throws IllegalArgumentException if a line of a mapping cannot have one of the names
     */
    public static NameMapping of(Map<String, String> names) {
        List<Rule> rules = new ArrayList<>();
        names.forEach((from, to) -> rules.add(new Rule(List.of(plain(from)), List.of(plain(to)))));
        return new NameMapping(rules);
    }

    private static String plain(String name) {
        if (name.isEmpty()
                || !name.equals(name.strip())
                || name.startsWith("#")
                || name.contains(ARROW)
                || name.chars().anyMatch(letter -> letter == '*' || letter < ' ')) {
            throw new IllegalArgumentException("a mapping cannot have the name '" + Excerpt.of(name) + "'");
        }
        return name;
    }

    /**
     * Reads rules, a line each.
     *
     * @throws IllegalArgumentException if a line is none; the message names it
     */
    public static NameMapping of(String... lines) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int arrow = line.indexOf(ARROW);
            if (arrow < 0 || arrow != line.lastIndexOf(ARROW)) {
                throw new IllegalArgumentException("line " + (i + 1) + " should be 'name of the file " + ARROW
                        + " name of the network', but is '" + Excerpt.of(line) + "'");
            }
            rules.add(rule(
                    i + 1,
                    line.substring(0, arrow).strip(),
                    line.substring(arrow + ARROW.length()).strip()));
        }
        long patterns = rules.stream().filter(rule -> !rule.isPlain()).count();
        if (patterns > MOST_PATTERNS) {
            throw new IllegalArgumentException(
                    "it has " + patterns + " rules with asterisks; " + MOST_PATTERNS + " are the most");
        }
        return new NameMapping(rules);
    }

    private static Rule rule(int line, String from, String to) {
        List<String> pattern = pieces(from);
        List<String> replacement = pieces(to);
        List<String> stars = pattern.stream().filter(Rule::isStar).toList();
        String wrong = "";
        if (from.isEmpty() || to.isEmpty()) {
            wrong = "has no name on one side of " + ARROW;
        } else if (!stars.equals(replacement.stream().filter(Rule::isStar).toList())) {
            wrong = "should have the same asterisks on both sides, in the same order";
        } else if (stars.size() > MOST_STARS) {
            wrong = "has " + stars.size() + " asterisks; " + MOST_STARS + " are the most";
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "line " + line + " " + wrong + ": '" + Excerpt.of(from + " " + ARROW + " " + to) + "'");
        }
        return new Rule(pattern, replacement);
    }

    /** The text and the asterisks of a pattern, in order. */
    private static List<String> pieces(String pattern) {
        List<String> pieces = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.charAt(i) == '*') {
                int stars = pattern.startsWith("**", i) ? 2 : 1;
                if (i > begin) {
                    pieces.add(pattern.substring(begin, i));
                }
                pieces.add(pattern.substring(i, i + stars));
                i += stars - 1;
                begin = i + 1;
            }
        }
        if (begin < pattern.length()) {
            pieces.add(pattern.substring(begin));
        }
        return pieces;
    }

    /**
     * Reads a file of rules.
     *
     * @throws WeightsFileException if it cannot be read, or a line is no rule
     */
    public static NameMapping read(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new WeightsFileException(
                        file, "has " + Files.size(file) + " bytes; a mapping has at most " + LONGEST_FILE);
            }
            return of(Files.readString(file).split("\\R", -1));
        } catch (CharacterCodingException binary) {
            throw new WeightsFileException(file, "is no mapping of names: it is not UTF-8", binary);
        } catch (IOException unreadable) {
            throw WeightsFileException.of(file, "cannot be read", unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new WeightsFileException(file, "is no mapping of names: " + wrong.getMessage(), wrong);
        }
    }

    /**
     * Writes the rules to a file.
     *
     * @param comment what is said of them at the beginning
     * @throws WeightsFileException if that fails
     */
    public void write(Path file, String comment) {
        StringBuilder text = new StringBuilder();
        comment.lines().forEach(line -> text.append("# ").append(line).append('\n'));
        rules.forEach(rule -> text.append(rule).append('\n'));
        try {
            AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    /** The network's name for a name of the file. */
    public String apply(String name) {
        int exact = plain.getOrDefault(name, rules.size());
        return patterns.stream()
                .takeWhile(place -> place < exact)
                .flatMap(place -> rules.get(place).apply(name).stream())
                .findFirst()
                .orElseGet(() -> exact == rules.size()
                        ? name
                        : String.join("", rules.get(exact).replacement()));
    }

    /** Number of rules. */
    public int size() {
        return rules.size();
    }

    /** A rule: the pieces of its two sides. */
    private record Rule(List<String> pattern, List<String> replacement) {
        Rule {
            pattern = List.copyOf(pattern);
            replacement = List.copyOf(replacement);
        }

        static boolean isStar(String piece) {
            return piece.equals("*") || piece.equals("**");
        }

        boolean isPlain() {
            return pattern.stream().noneMatch(Rule::isStar);
        }

        Optional<String> apply(String name) {
            int[] ends = new int[pattern.size()];
            if (!matches(name, 0, 0, ends, new boolean[pattern.size()][name.length() + 1])) {
                return Optional.empty();
            }
            List<String> found = new ArrayList<>();
            for (int piece = 0; piece < ends.length; piece++) {
                if (isStar(pattern.get(piece))) {
                    found.add(name.substring(piece == 0 ? 0 : ends[piece - 1], ends[piece]));
                }
            }
            StringBuilder renamed = new StringBuilder();
            int star = 0;
            for (String piece : replacement) {
                renamed.append(isStar(piece) ? found.get(star++) : piece);
            }
            return Optional.of(renamed.toString());
        }

        /** Looks for ends of the pieces from one on; what failed once is not tried again, so it takes no long time. */
        private boolean matches(String name, int piece, int begin, int[] ends, boolean[][] failed) {
            if (piece == pattern.size()) {
                return begin == name.length();
            }
            if (failed[piece][begin]) {
                return false;
            }
            String wanted = pattern.get(piece);
            int last = isStar(wanted) ? name.length() : begin + wanted.length();
            int first = isStar(wanted) ? begin : last;
            if (isStar(wanted) || name.startsWith(wanted, begin)) {
                for (int end = first; end <= last; end++) {
                    ends[piece] = end;
                    if (matches(name, piece + 1, end, ends, failed)) {
                        return true;
                    }
                    if (wanted.equals("*") && end < name.length() && name.charAt(end) == '.') {
                        break;
                    }
                }
            }
            failed[piece][begin] = true;
            return false;
        }

        @Override
        public String toString() {
            return String.join("", pattern) + " " + ARROW + " " + String.join("", replacement);
        }
    }
}
