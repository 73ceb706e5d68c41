package org.espalier.generator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pages under {@code docs}. What the compiler knows better is kept in them by {@code -Dgolden.update}. */
public final class Pages {
    private static final Path FOLDER = Path.of("..", "docs");

    private Pages() {}

    /** A piece of a specification on a page: what stands behind {@code ```net}, and the text. */
    public record Example(String label, String text) {}

    /** The text of a page. */
    public static String read(String page) {
        try {
            return Files.readString(FOLDER.resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails unless a page says exactly this. */
    public static void check(String page, String expected) {
        Goldens.check(FOLDER.resolve(page), expected);
    }

    /** The specifications that a page shows. */
    public static List<Example> examples(String page) {
        List<Example> examples = new ArrayList<>();
        Matcher block = Pattern.compile("(?ms)^```net(?: (\\S+))?\n(.*?)^```$").matcher(read(page));
        while (block.find()) {
            examples.add(new Example(block.group(1) == null ? "" : block.group(1), block.group(2)));
        }
        return examples;
    }
}
