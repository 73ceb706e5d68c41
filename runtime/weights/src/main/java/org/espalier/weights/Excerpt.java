package org.espalier.weights;

/** Text of a file as a message can show it: on one line, not too long, and with nothing that a terminal obeys. */
public final class Excerpt {
    private static final int LONGEST = 200;

    private Excerpt() {}

    /** The text, its control characters as {@code \}{@code u001b}, and only the beginning of a long one. */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        int at = 0;
        while (at < Math.min(text.length(), LONGEST)) {
            int character = text.codePointAt(at);
            if (isHarmless(character)) {
                shown.appendCodePoint(character);
            } else {
                shown.append(String.format("\\u%04x", character));
            }
            at += Character.charCount(character);
        }
        return at < text.length() ? shown + "… (" + text.length() + " characters)" : shown.toString();
    }

    // Format characters turn the direction of the text around them; a surrogate alone cannot be encoded.
    private static boolean isHarmless(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
