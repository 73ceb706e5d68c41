package org.espalier.generator.ir.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;

/**
 * A printed operation as it is read back. Operands and results are taken one after the other, as the signature has
 * them; attributes by their names.
 */
public final class PrintedOp {
    /** Makes the operation of a name. */
    public interface Reader {
        /**
         * The operation.
         *
         * @throws IllegalArgumentException if something of it is missing
         */
        Op read(PrintedOp printed);
    }

    private static final Pattern FUNCTION = Pattern.compile("(\\w+)\\(([^)]*)\\) = (.*)");

    private final Origin origin;
    private final Deque<Value> operands;
    private final Deque<Value> results = new ArrayDeque<>();
    private final Deque<Value> saved = new ArrayDeque<>();
    private final Map<String, String> attributes;
    private final Map<Value, Role> roles;
    private final List<Loss> losses;

    /**
     * Of what stands in a printed program.
     *
     * @param roles of the program's parameters, and of the gradients by them
     * @param losses what the program declares, where they are part of the operation
     */
    public PrintedOp(
            Origin origin,
            List<Value> operands,
            List<Value> results,
            Map<String, String> attributes,
            Map<Value, Role> roles,
            List<Loss> losses) {
        this.origin = origin;
        this.operands = new ArrayDeque<>(operands);
        results.forEach(value -> (value.kind() == Value.Kind.SAVED ? saved : this.results).add(value));
        this.attributes = attributes;
        this.roles = roles;
        this.losses = List.copyOf(losses);
    }

    /** Its layer. */
    public Origin origin() {
        return origin;
    }

    /** The next operand. */
    public Value operand() {
        return next(operands, "an operand");
    }

    /** The next operand, if there is one. */
    public Optional<Value> optionalOperand() {
        return Optional.ofNullable(operands.poll());
    }

    /** The next operand, if it is a parameter of a role. */
    public Optional<Value> optionalOperand(Role role) {
        return optional(operands, role);
    }

    /** All operands from the next one on. */
    public List<Value> operands() {
        List<Value> rest = new ArrayList<>(operands);
        operands.clear();
        return rest;
    }

    /** The next result. */
    public Value result() {
        return next(results, "a result");
    }

    /** All results from the next one on. */
    public List<Value> results() {
        List<Value> rest = new ArrayList<>(results);
        results.clear();
        return rest;
    }

    /** The next result, if it is the gradient by a parameter of a role. */
    public Optional<Value> optionalResult(Role role) {
        return optional(results, role);
    }

    private Optional<Value> optional(Deque<Value> values, Role role) {
        return Optional.ofNullable(values.peek())
                .filter(next -> roles.get(next) == role)
                .map(next -> values.remove());
    }

    /** The next of what is saved for backward. */
    public Value saved() {
        return next(saved, "a saved result");
    }

    private static Value next(Deque<Value> values, String what) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return values.remove();
    }

    /** An attribute as it stands there. */
    public String text(String name) {
        String text = attributes.get(name);
        if (text == null) {
            throw new IllegalArgumentException("attribute " + name + " is missing");
        }
        return text;
    }

    /** An attribute that is a number. */
    public double real(String name) {
        return Double.parseDouble(text(name));
    }

    /** An attribute that is a whole number. */
    public int whole(String name) {
        return Integer.parseInt(text(name));
    }

    /** An attribute that is a condition. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }

    /** An attribute that is a constant of an enum, in lower case. */
    public <E extends Enum<E>> E constant(String name, Class<E> type) {
        return IrWords.constant(type, text(name))
                .orElseThrow(
                        () -> new IllegalArgumentException(name + " is none of " + List.of(type.getEnumConstants())));
    }

    /** An attribute that is sizes along so many axes. */
    public WindowGeometry.Sizes sizes(String name, int axes) {
        return sizesOf(text(name), axes);
    }

    /** The attributes that are a window over so many axes. */
    public WindowGeometry window(int axes) {
        return new WindowGeometry(
                sizes("kernel", axes),
                sizes("stride", axes),
                sizes("padding", axes),
                sizesOf(attributes.getOrDefault("dilation", "1"), axes),
                sizesOf(attributes.getOrDefault("output_padding", "0"), axes));
    }

    private static WindowGeometry.Sizes sizesOf(String text, int axes) {
        List<Integer> sizes =
                Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
        return sizes.size() == 1 ? WindowGeometry.Sizes.all(axes, sizes.get(0)) : new WindowGeometry.Sizes(sizes);
    }

    /** An attribute that is a formula. */
    public Argument.Function function(String name) {
        return function(name, text(name));
    }

    static Argument.Function function(String attribute, String text) {
        Matcher matcher = FUNCTION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(attribute + " is no function: " + text);
        }
        return new Argument.Function(
                matcher.group(1), List.of(matcher.group(2).split(", ", -1)), FormulaParser.parse(matcher.group(3)));
    }

    /** An attribute that is axes; none are as many zeros as there are operands. */
    public List<Integer> axes(String name) {
        return axesOf(text(name));
    }

    static List<Integer> axesOf(String text) {
        return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
    }

    /** Tells whether there is an attribute. */
    public boolean has(String name) {
        return attributes.containsKey(name);
    }

    /** A loss of the network, by its place among them. */
    public Loss loss(int place) {
        if (place >= losses.size()) {
            throw new IllegalArgumentException("there are " + losses.size() + " losses, and none at " + place);
        }
        return losses.get(place);
    }
}
