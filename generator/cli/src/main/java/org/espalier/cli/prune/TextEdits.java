package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.espalier.generator.source.SourceSpan;

/** Changes to a text, all in terms of the text before. */
final class TextEdits {
    private record Edit(int start, int end, String text) {}

    private final List<Edit> edits = new ArrayList<>();

    /** Writes something else in the place of a stretch. */
    void replace(SourceSpan span, String text) {
        Edit edit = new Edit(span.start(), span.end(), text);
        if (!edits.contains(edit)) {
            edits.add(edit);
        }
    }

    /** Writes something at a place, behind what was written there before. */
    void insert(int at, String text) {
        edits.add(new Edit(at, at, text));
    }

    String applied(String text) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (Edit edit :
                edits.stream().sorted(Comparator.comparingInt(Edit::start)).toList()) {
            result.append(text, at, edit.start()).append(edit.text());
            at = edit.end();
        }
        return result.append(text, at, text.length()).toString();
    }
}
