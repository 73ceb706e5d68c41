package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.target.java.text.Text;

/**
 * Writes calls of one element of an array after another as loops. The methods of all instances of a block are one, so
 * what is a loop in one of them is a loop in each, whatever the lengths of their arrays.
 */
public final class Loops {
    /** Fewer lines than these are no longer without a loop. */
    private static final int SHORTEST = 3;

    /** As many places are counted from the end of an array. */
    private static final int NEAR_THE_END = 2;

    private static final Pattern CALL = Pattern.compile("(\\w+)\\[(\\d+)]\\.\\w+\\(.*\\);");

    /** A name that the loop's variable would hide. */
    private static final Pattern VARIABLE = Pattern.compile("(?<![\\w.])i(?!\\w)");

    private static final Pattern PLACE = Pattern.compile("(?<=\\w)\\[(\\d+)]");

    private static final Pattern RELATIVE = Pattern.compile("\\[i(?: ([+-]) (\\d+))?]");

    private final List<Map<String, Integer>> lengths;
    private final boolean vary;
    private final Map<String, Loop> loops = new HashMap<>();

    /**
     * A line that is repeated.
     *
     * @param text the line, with places that are told from {@code i}
     * @param step 1 or -1
     */
    private record Repeated(String text, int step) {
        String at(int place) {
            return RELATIVE.matcher(text).replaceAll(match -> "[" + (place + offset(match)) + "]");
        }

        private static int offset(MatchResult match) {
            return match.group(2) == null ? 0 : Integer.parseInt(match.group(1) + match.group(2));
        }
    }

    /** A loop of one instance over an array of a length, from a first place to a last. */
    private record Loop(String array, int length, int first, int last, int step) {
        // Example:
        //
        // for (int i = 1; i < layers.length; i++)
        // for (int i = layers.length - 2; i > 0; i--)
        //
        String header() {
            return step > 0
                    ? "for (int i = " + first + "; i < " + place(last + 1) + "; i++)"
                    : "for (int i = " + place(first) + "; " + (last == 0 ? "i >= 0" : "i > " + (last - 1)) + "; i--)";
        }

        private boolean isFromEnd(int place) {
            return length - place <= NEAR_THE_END;
        }

        private String place(int place) {
            int fromEnd = length - place;
            return isFromEnd(place) ? array + ".length" + (fromEnd == 0 ? "" : " - " + fromEnd) : "" + place;
        }

        /** Tells whether what is written does nothing where the array has another length. */
        boolean isEmptyAt(int other) {
            int more = other - length;
            return step > 0
                    ? first > last + (isFromEnd(last + 1) ? more : 0)
                    : first + (isFromEnd(first) ? more : 0) < last;
        }
    }

    /**
     * Loops in the methods of some instances.
     *
     * @param instances of one block, or the network alone
     */
    public Loops(List<Instance> instances) {
        lengths = instances.stream().map(Loops::lengths).toList();
        vary = lengths.stream().distinct().count() > 1;
    }

    private static Map<String, Integer> lengths(Instance instance) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        instance.children().stream()
                .filter(Instance::isElement)
                .forEach(child -> lengths.put(child.member(), child.array().size()));
        return lengths;
    }

    /** Merges the lines of a method of each instance, with loops in them. */
    public List<Merged> merge(List<List<Line>> instances) {
        return Merged.of(roll(instances)).stream().map(this::withEmptyLoops).toList();
    }

    /** Lets instances run a loop that others have where it does nothing, which takes no condition. */
    private Merged withEmptyLoops(Merged line) {
        Loop loop = loops.get(line.first().code().toString());
        if (loop == null) {
            return line;
        }
        List<Optional<Line>> all = new ArrayList<>(line.lines());
        for (int i = 0; i < all.size(); i++) {
            Integer length = lengths.get(i).get(loop.array());
            if (all.get(i).isEmpty() && length != null && loop.isEmptyAt(length)) {
                all.set(i, Optional.of(line.first()));
            }
        }
        return new Merged(all);
    }

    /** The lines of a method of each instance, with loops in place of lines that repeat one. */
    public List<List<Line>> roll(List<List<Line>> instances) {
        if (lengths.stream().allMatch(Map::isEmpty)) {
            return instances;
        }
        Set<Repeated> repeated = new LinkedHashSet<>();
        instances.forEach(lines -> find(lines, repeated));
        List<List<Line>> rolled = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            rolled.add(roll(instances.get(i), repeated, lengths.get(i)));
        }
        return rolled;
    }

    private static void find(List<Line> lines, Set<Repeated> repeated) {
        int from = 0;
        while (from < lines.size()) {
            int at = from;
            Optional<Repeated> found =
                    at + 1 < lines.size() ? repeated(lines.get(at), lines.get(at + 1)) : Optional.empty();
            int length = found.map(line -> length(line, lines, at)).orElse(0);
            if (length >= SHORTEST) {
                found.ifPresent(repeated::add);
            }
            from += Math.max(1, length);
        }
    }

    /** Returns the line that two lines repeat, if they differ by one step. */
    private static Optional<Repeated> repeated(Line line, Line next) {
        if (!isCall(line) || !isCall(next)) {
            return Optional.empty();
        }
        List<MatchResult> places = places(line);
        List<MatchResult> others = places(next);
        int first = place(line);
        int step = place(next) - first;
        if (places.size() != others.size() || Math.abs(step) != 1) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        String code = line.code().toString();
        int from = 0;
        for (int i = 0; i < places.size(); i++) {
            int place = Integer.parseInt(places.get(i).group(1));
            boolean moves = Integer.parseInt(others.get(i).group(1)) != place;
            int offset = place - first;
            String sum = offset == 0 ? "" : offset > 0 ? " + " + offset : " - " + -offset;
            text.append(code, from, places.get(i).start()).append(moves ? "[i" + sum + "]" : "[" + place + "]");
            from = places.get(i).end();
        }
        Repeated repeated = new Repeated(text.append(code.substring(from)).toString(), step);
        return Optional.of(repeated)
                .filter(each -> each.at(first + step).equals(next.code().toString()));
    }

    private static boolean isCall(Line line) {
        return line.above().isEmpty()
                && line.beside().isEmpty()
                && line.code().quantities().isEmpty()
                && CALL.matcher(line.code().toString()).matches()
                && !VARIABLE.matcher(line.code().toString()).find();
    }

    private static List<MatchResult> places(Line line) {
        return PLACE.matcher(line.code().toString()).results().toList();
    }

    private static int place(Line line) {
        return Integer.parseInt(places(line).get(0).group(1));
    }

    /** Counts the lines that repeat one, from a place on. */
    private static int length(Repeated repeated, List<Line> lines, int from) {
        int length = 0;
        while (from + length < lines.size()
                && isCall(lines.get(from + length))
                && lines.get(from + length)
                        .code()
                        .toString()
                        .equals(repeated.at(place(lines.get(from)) + length * repeated.step()))) {
            length++;
        }
        return length;
    }

    private List<Line> roll(List<Line> lines, Set<Repeated> repeated, Map<String, Integer> length) {
        List<Line> rolled = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            int from = at;
            int count = 0;
            for (Repeated line : repeated) {
                count = length(line, lines, from);
                if (count > 0) {
                    rolled.add(loop(line, lines.get(from), lines.get(from + count - 1), length));
                    break;
                }
            }
            if (count == 0) {
                rolled.add(vary ? fromEnd(lines.get(from), length) : lines.get(from));
            }
            at += Math.max(1, count);
        }
        return rolled;
    }

    // Example:
    //
    // for (int i = 1; i < layers.length; i++) {
    //     layers[i].forward(layers[i - 1].skip);
    // }
    //
    private Line loop(Repeated repeated, Line first, Line last, Map<String, Integer> lengths) {
        Matcher call = CALL.matcher(first.code().toString());
        String array = call.matches() ? call.group(1) : "";
        Loop loop = new Loop(array, lengths.getOrDefault(array, 0), place(first), place(last), repeated.step());
        String code = loop.header() + " {\n    " + repeated.text() + "\n}";
        loops.put(code, loop);
        return new Line(first.layer(), Text.of(code), List.of(), Text.EMPTY);
    }

    /**
     * The same line with the last place of an array counted from its end, and in a call of that, the one before it; so
     * it is the same line for all lengths.
     */
    private static Line fromEnd(Line line, Map<String, Integer> lengths) {
        if (!line.code().quantities().isEmpty()) {
            return line;
        }
        String before = line.code().toString();
        String code = before;
        for (Map.Entry<String, Integer> array : lengths.entrySet()) {
            String name = array.getKey();
            int last = array.getValue() - 1;
            boolean first = before.startsWith(name + "[0].");
            int counted = before.startsWith(name + "[" + last + "].") ? NEAR_THE_END : 1;
            for (int fromEnd = 1; !first && fromEnd <= Math.min(counted, last); fromEnd++) {
                code = code.replaceAll(
                        "(?<![\\w.])" + name + "\\[" + (last + 1 - fromEnd) + "]",
                        name + "[" + name + ".length - " + fromEnd + "]");
            }
        }
        return code.equals(before) ? line : new Line(line.layer(), Text.of(code), line.above(), line.beside());
    }
}
