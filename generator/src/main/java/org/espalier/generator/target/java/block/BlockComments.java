package org.espalier.generator.target.java.block;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.generator.target.java.text.Quantity;

/** Javadoc of the fields of a block's class, and of the parameters of its constructor. */
public final class BlockComments {
    /** Above tensors whose shapes no constructor's argument tells. */
    public static final String OTHER_SHAPES = "Tensors whose shapes differ from object to object";

    /** As many values as are listed. */
    private static final int LISTED = 3;

    private static final Pattern FLAG = Pattern.compile("(has|needs|applies)(\\p{Lu}\\w*)");

    private BlockComments() {}

    /** Above fields that are no tensors. */
    public static String of(BlockMembers.Kind kind) {
        return switch (kind) {
            case CHILD -> "Blocks within it";
            case PARAMETER -> "Parameters";
            case STATISTIC -> "Statistics";
            case BATCH_NORM, SAMPLE_NORM -> "Normalizations";
            case BUFFER, GRADIENT -> OTHER_SHAPES;
        };
    }

    /** Above fields that keep arguments of the constructor. */
    public static String of(Quantity.Type type) {
        return switch (type) {
            case SIZE -> "Sizes";
            case NUMBER -> "Constants of layers";
            case FLAG -> "Differences from other objects";
            case WINDOW -> "Windows of layers";
            case REGULARIZER -> "Regularizers";
            case PLACES -> "Formulas of tensors that are not learned";
        };
    }

    /** Says what an argument of the constructor is: {@code 64, 128 or 256}. */
    public static String of(Variation.Given given) {
        Matcher flag = FLAG.matcher(given.name());
        if (given.type() == Quantity.Type.FLAG && flag.matches()) {
            String rest = flag.group(2);
            return "whether it " + flag.group(1) + " " + rest.substring(0, 1).toLowerCase(Locale.ROOT)
                    + rest.substring(1);
        }
        List<String> values =
                given.values().stream().flatMap(Optional::stream).distinct().toList();
        return switch (given.type()) {
            case SIZE -> range(values);
            case NUMBER, WINDOW, REGULARIZER -> values.size() <= LISTED ? listed(values) : "one of " + values.size();
            case FLAG -> "whether it does";
            case PLACES -> "computes the elements of a tensor that is not learned";
        };
    }

    private static String range(List<String> values) {
        List<Long> sorted = values.stream().map(Long::valueOf).sorted().toList();
        return sorted.size() <= LISTED
                ? listed(sorted.stream().map(String::valueOf).toList())
                : sorted.get(0) + " to " + sorted.get(sorted.size() - 1);
    }

    private static String listed(List<String> values) {
        int last = values.size() - 1;
        return last <= 0
                ? String.join("", values)
                : values.stream().limit(last).collect(Collectors.joining(", ")) + " or " + values.get(last);
    }
}
