package org.espalier.generator.report.diagram;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.report.diagram.Diagram.Family;

/** A layer, a closed block, an input or an output, while a diagram is made. */
final class DrawnPiece {
    /** Path of the layer or block. */
    final String path;
    /** Path of the innermost open block around it. */
    final String group;

    private final String title;
    private final String detail;
    private final Map<DrawnPiece, Value> reads = new LinkedHashMap<>();
    private final Map<String, Shape> parameters = new LinkedHashMap<>();
    private final Set<String> regularizers = new LinkedHashSet<>();
    private Family family;
    private String geometry = "";
    private Value result;

    /**
     * A piece that has not computed anything.
     *
     * @param title its word
     * @param detail its call, and where that is written
     * @param result what comes out of it, until an operation says otherwise
     */
    DrawnPiece(String path, String group, Family family, String title, String detail, Value result) {
        this.path = path;
        this.group = group;
        this.family = family;
        this.title = title;
        this.detail = detail;
        this.result = result;
    }

    /** Adds a value of another piece to those that it reads. */
    void read(Value value, DrawnPiece maker) {
        if (maker != this) {
            reads.putIfAbsent(maker, value);
        }
    }

    /** Adds a parameter to those that it reads. */
    void read(String parameter, Shape shape) {
        parameters.put(parameter, shape);
    }

    /** Adds a regularizer of one of its parameters. */
    void regularizedBy(String name) {
        regularizers.add(name);
    }

    /** Goes on by an operation of its layer or block. */
    void then(ForwardOp op) {
        result = op.result();
        if (family == Family.BLOCK) {
            return;
        }
        if (op.multiplyAdds() > 0) {
            family = Family.WEIGHTED;
        } else if (family == Family.PLAIN && op.isScaleInvariant()) {
            family = Family.NORMALIZATION;
        } else if (family == Family.PLAIN && op.slides().isPresent()) {
            family = Family.POOL;
        }
        op.slides()
                .ifPresent(window -> geometry = " " + sizes(window.kernel())
                        + (window.stride().sizes().stream().allMatch(stride -> stride == 1)
                                ? ""
                                : " / " + stride(window.stride())));
    }

    private static String sizes(Sizes sizes) {
        return sizes.sizes().stream().map(String::valueOf).collect(Collectors.joining("×"));
    }

    private static String stride(Sizes sizes) {
        return sizes.sizes().stream().distinct().count() == 1
                ? String.valueOf(sizes.sizes().get(0))
                : sizes(sizes);
    }

    /** The pieces that it reads from, each with the first value that it reads of it. */
    Map<DrawnPiece, Value> reads() {
        return reads;
    }

    Map<String, Shape> parameters() {
        return parameters;
    }

    Set<String> regularizers() {
        return regularizers;
    }

    Family family() {
        return family;
    }

    String line() {
        return isJunction() ? symbol(title) : title + geometry;
    }

    /** Tells whether it does nothing but join values. */
    boolean isJunction() {
        return family == Family.PLAIN && reads.size() > 1;
    }

    /** Signs that papers draw instead of words. */
    private static String symbol(String word) {
        return switch (word) {
            case "add" -> "+";
            case "mul" -> "×";
            case "sub" -> "−";
            case "concat" -> "cat";
            default -> word;
        };
    }

    String detail() {
        return detail;
    }

    Value result() {
        return result;
    }

    /** Tells whether a box has at most one of its kind: what has weights to multiply by, or changes sizes. */
    boolean isMain() {
        return family == Family.WEIGHTED || family == Family.POOL || family == Family.BLOCK;
    }

    /** Tells whether nothing else may be in its box. */
    boolean isAlone() {
        return family == Family.BLOCK || family == Family.INPUT || family == Family.OUTPUT || reads.size() > 1;
    }
}
