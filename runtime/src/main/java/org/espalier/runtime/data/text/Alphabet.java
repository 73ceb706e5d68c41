package org.espalier.runtime.data.text;

import java.util.Arrays;

/**
 * The characters of a text, each with a number from 0: Unicode's code points, in their order.
 *
 * <pre>
 *   Alphabet alphabet = Alphabet.of(text);
 *   int[] numbers = alphabet.encode(text);
 * </pre>
 */
public final class Alphabet {
    private final int[] characters;

    private Alphabet(int[] characters) {
        this.characters = characters;
    }

    /**
     * The characters that occur in a text.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public static Alphabet of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("expected a text with at least one character, found an empty one");
        }
        return new Alphabet(text.codePoints().sorted().distinct().toArray());
    }

    /** Number of characters. */
    public int size() {
        return characters.length;
    }

    /**
     * The numbers of a text's characters.
     *
     * @throws IllegalArgumentException if one is not of this alphabet
     */
    public int[] encode(String text) {
        return text.codePoints().map(this::number).toArray();
    }

    /**
     * The text of numbers.
     *
     * @throws IllegalArgumentException if one is not the number of a character
     */
    public String decode(int... numbers) {
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            if (number < 0 || number >= characters.length) {
                throw new IllegalArgumentException(
                        "expected numbers from 0 to " + (characters.length - 1) + ", found " + number);
            }
            text.appendCodePoint(characters[number]);
        }
        return text.toString();
    }

    /** All characters, in the order of their numbers; {@code Alphabet.of} makes the same alphabet of it again. */
    @Override
    public String toString() {
        return new String(characters, 0, characters.length);
    }

    private int number(int character) {
        int number = Arrays.binarySearch(characters, character);
        if (number < 0) {
            throw new IllegalArgumentException("expected one of the " + characters.length
                    + " characters of the alphabet, found '" + Character.toString(character) + "' ("
                    + String.format("U+%04X", character) + ")");
        }
        return number;
    }
}
