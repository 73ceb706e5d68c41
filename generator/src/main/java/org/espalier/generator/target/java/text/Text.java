package org.espalier.generator.target.java.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Java text with {@link Quantity quantities} in it. Two texts that differ in quantities alone have one pattern. */
public final class Text {
    /** No text. */
    public static final Text EMPTY = new Text(List.of());

    /** Marks a quantity in a pattern, around its type; no text of a specification has it. */
    private static final char GAP = '\0';

    /** Each is a string or a quantity. */
    private final List<Object> pieces;

    private final Optional<Text> otherwise;

    private Text(List<Object> pieces) {
        this(pieces, Optional.empty());
    }

    private Text(List<Object> pieces, Optional<Text> otherwise) {
        this.pieces = pieces;
        this.otherwise = otherwise;
    }

    /** Strings, quantities and other texts, one after the other. */
    public static Text of(Object... parts) {
        return of(Arrays.asList(parts));
    }

    private static Text of(List<?> parts) {
        List<Object> pieces = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Text text) {
                pieces.addAll(text.pieces);
            } else if (part instanceof String || part instanceof Quantity) {
                pieces.add(part);
            } else {
                throw new IllegalArgumentException("no text: " + part);
            }
        }
        return new Text(List.copyOf(pieces));
    }

    /** Texts with something between them. */
    public static Text join(String separator, List<Text> texts) {
        List<Object> parts = new ArrayList<>();
        for (Text text : texts) {
            if (!parts.isEmpty()) {
                parts.add(separator);
            }
            parts.add(text);
        }
        return of(parts);
    }

    /** The same text, with another to write where the quantities of this one have no names. */
    public Text orElse(Text other) {
        return new Text(pieces, Optional.of(other));
    }

    /** Tells whether there is another text to write. */
    public boolean hasOther() {
        return otherwise.isPresent();
    }

    /** The text to write where the quantities of this one have no names; this one if there is no other. */
    public Text otherwise() {
        return otherwise.orElse(this);
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Its quantities, from left to right. */
    public List<Quantity> quantities() {
        return pieces.stream()
                .filter(Quantity.class::isInstance)
                .map(Quantity.class::cast)
                .toList();
    }

    /** The text with the type of each quantity in its place. */
    public String pattern() {
        return written(quantity -> GAP + quantity.type().name() + GAP);
    }

    /** The text with something in the place of each quantity. */
    public String written(Function<Quantity, String> quantities) {
        return pieces.stream()
                .map(piece -> piece instanceof Quantity quantity ? quantities.apply(quantity) : (String) piece)
                .collect(Collectors.joining());
    }

    /** The text with the quantities themselves. */
    @Override
    public String toString() {
        return written(Quantity::value);
    }
}
