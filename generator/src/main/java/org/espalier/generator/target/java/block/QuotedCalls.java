package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.target.java.text.Text;

/**
 * The calls of layers that comments quote, as each object of a class has them, in whichever branch of whichever method:
 * a size is called the same in every branch if it is told by all objects, not by those of one branch.
 */
public final class QuotedCalls {
    private final int objects;

    /** By the statements that the calls stand for. */
    private final Map<String, List<Optional<Text>>> calls = new HashMap<>();

    /** Statements that make several layers of one object. */
    private final Set<String> ambiguous = new HashSet<>();

    /** Begins with none, for so many objects. */
    public QuotedCalls(int objects) {
        this.objects = objects;
    }

    /** Takes note of the comments above some lines. */
    public void collect(List<Merged> lines) {
        for (Merged line : lines) {
            for (int i = 0; i < line.lines().size(); i++) {
                int object = i;
                line.lines().get(i).stream()
                        .flatMap(one -> one.above().stream())
                        .filter(Text::hasOther)
                        .forEach(call -> add(call, object));
            }
        }
    }

    private void add(Text call, int object) {
        String statement = call.otherwise().toString();
        List<Optional<Text>> each = calls.computeIfAbsent(
                statement, key -> new ArrayList<>(Collections.nCopies(objects, Optional.empty())));
        Optional<Text> before = each.set(object, Optional.of(call));
        if (before.isPresent() && !before.get().toString().equals(call.toString())) {
            ambiguous.add(statement);
        }
    }

    /** A comment of some objects, as all have it that have it anywhere; itself if it is no such call. */
    public List<Optional<Text>> everywhere(List<Optional<Text>> comment) {
        List<String> statements = comment.stream()
                .flatMap(Optional::stream)
                .map(text -> text.hasOther() ? text.otherwise().toString() : "")
                .distinct()
                .toList();
        return statements.size() != 1 || ambiguous.contains(statements.get(0))
                ? comment
                : calls.getOrDefault(statements.get(0), comment);
    }
}
