package org.espalier.runtime.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.weights.TensorFile;

/** Short texts that go with a network's weights: metadata of its files, each key {@code note:} and the note's name. */
public final class Notes {
    private static final String PREFIX = "note:";

    private final Map<String, String> texts = new LinkedHashMap<>();

    /** Sets a note. */
    public void put(String name, String text) {
        texts.put(name, text);
    }

    /** All of them by name, as they are now. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** Takes those of a file in place of its own. */
    public void replaceBy(Notes read) {
        texts.clear();
        texts.putAll(read.texts);
    }

    static Notes of(TensorFile file) {
        Notes notes = new Notes();
        file.metadata().forEach((key, text) -> {
            if (key.startsWith(PREFIX)) {
                notes.put(key.substring(PREFIX.length()), text);
            }
        });
        return notes;
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        texts.forEach((name, text) -> metadata.put(PREFIX + name, text));
        return metadata;
    }
}
