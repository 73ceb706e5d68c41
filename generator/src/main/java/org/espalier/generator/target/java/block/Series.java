package org.espalier.generator.target.java.block;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.Text;

/**
 * The arguments that the elements of arrays are made with: each a list, of one array, of what its elements are given
 * for one parameter. Where a rule says them by an element's place {@code i}, a loop can make the elements.
 */
public record Series(Quantity.Type type, String name, List<List<String>> arrays) {
    /** Copies the list. */
    public Series {
        arrays = List.copyOf(arrays);
    }

    /** The argument of an element of one of the arrays, if there is a rule for all of them. */
    public Optional<Text> rule(int array, String length) {
        String first = arrays.get(array).get(0);
        if (arrays.stream().allMatch(values -> values.stream().distinct().count() == 1)) {
            return Optional.of(Text.of(new Quantity(type, first, name)));
        }
        return switch (type) {
            case SIZE -> sum(first);
            case FLAG -> condition(length).map(Text::of);
            default -> Optional.empty();
        };
    }

    /** {@code channels + 32 * i}. */
    private Optional<Text> sum(String first) {
        long step = arrays.stream()
                .filter(values -> values.size() > 1)
                .mapToLong(values -> Long.parseLong(values.get(1)) - Long.parseLong(values.get(0)))
                .findFirst()
                .orElse(0);
        boolean all = arrays.stream()
                .allMatch(values -> IntStream.range(0, values.size())
                        .allMatch(i -> Long.parseLong(values.get(i)) == Long.parseLong(values.get(0)) + step * i));
        if (!all) {
            return Optional.empty();
        }
        String times = (Math.abs(step) == 1 ? "" : Math.abs(step) + " * ") + "i";
        return Optional.of(Text.of(Quantity.size(Long.parseLong(first), name), (step < 0 ? " - " : " + ") + times));
    }

    /** {@code i > 0}: the first element, or the last, is other than those between them. */
    private Optional<String> condition(String length) {
        boolean first = arrays.stream()
                .allMatch(values -> IntStream.range(0, values.size())
                        .allMatch(i -> Boolean.parseBoolean(values.get(i)) == (i == 0)));
        boolean notFirst = arrays.stream()
                .allMatch(values -> IntStream.range(0, values.size())
                        .allMatch(i -> Boolean.parseBoolean(values.get(i)) == (i > 0)));
        boolean last = arrays.stream()
                .allMatch(values -> IntStream.range(0, values.size())
                        .allMatch(i -> Boolean.parseBoolean(values.get(i)) == (i == values.size() - 1)));
        boolean notLast = arrays.stream()
                .allMatch(values -> IntStream.range(0, values.size())
                        .allMatch(i -> Boolean.parseBoolean(values.get(i)) == (i < values.size() - 1)));
        return first
                ? Optional.of("i == 0")
                : notFirst
                        ? Optional.of("i > 0")
                        : last
                                ? Optional.of("i == " + length + " - 1")
                                : notLast ? Optional.of("i < " + length + " - 1") : Optional.empty();
    }
}
