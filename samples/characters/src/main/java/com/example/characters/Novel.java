package com.example.characters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.runtime.data.text.Alphabet;

/**
 * A text, nine tenths of it to learn from and the last tenth to be tested on.
 *
 * @param alphabet the characters of both
 */
record Novel(Alphabet alphabet, String training, String test) {
    /**
     * Reads a text.
     *
     * @throws UncheckedIOException if that fails
     */
    static Novel read(Path file) {
        try {
            String text = Files.readString(file);
            int cut = text.length() / 10 * 9;
            return new Novel(Alphabet.of(text), text.substring(0, cut), text.substring(cut));
        } catch (IOException e) {
            throw new UncheckedIOException("the text cannot be read from " + file, e);
        }
    }
}
