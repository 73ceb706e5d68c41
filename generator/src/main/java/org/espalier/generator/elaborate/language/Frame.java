package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;

/**
 * A link of the chain of calls: the network or block that is being applied, and who called it.
 *
 * @param kind {@code network}, {@code block} or {@code regularizer}
 * @param declaration what is being applied
 * @param arguments its arguments, by which recursion is told to shrink
 * @param calledAt where; empty for a network
 * @param caller empty for a network
 */
public record Frame(
        String kind,
        Declaration declaration,
        Map<String, Datum> arguments,
        Optional<SourceSpan> calledAt,
        Optional<Frame> caller) {
    /** As many links as a message shows of a longer chain, from each of its ends. */
    private static final int SHOWN = 3;

    public static Frame network(Declaration declaration) {
        return new Frame("network", declaration, Map.of(), Optional.empty(), Optional.empty());
    }

    public Frame call(String calledKind, Declaration called, Map<String, Datum> given, SourceSpan at) {
        return new Frame(calledKind, called, given, Optional.of(at), Optional.of(this));
    }

    public int depth() {
        int depth = 0;
        for (Optional<Frame> at = caller; at.isPresent(); at = at.get().caller) {
            depth++;
        }
        return depth;
    }

    /** The nearest link of the same declaration, this one included. */
    public Optional<Frame> nearest(Declaration wanted) {
        Optional<Frame> at = Optional.of(this);
        while (at.isPresent() && at.get().declaration != wanted) {
            at = at.get().caller;
        }
        return at;
    }

    /** {@code Unet(levels=3, ngf=64)}: a call, with those arguments that are plain values. */
    public static String describe(Declaration declaration, Map<String, Datum> arguments) {
        return declaration.name()
                + arguments.entrySet().stream()
                        .filter(argument -> argument.getValue() instanceof Datum.Int
                                || argument.getValue() instanceof Datum.Real
                                || argument.getValue() instanceof Datum.Bool)
                        .map(argument ->
                                argument.getKey() + "=" + argument.getValue().describe())
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    /** One line for each link, innermost first; the middle of a long chain is left out. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (Optional<Frame> at = Optional.of(this); at.isPresent(); at = at.get().caller) {
            notes.add(at.get().note());
        }
        int hidden = notes.size() - 2 * SHOWN;
        if (hidden > 1) {
            notes.subList(SHOWN, SHOWN + hidden).clear();
            notes.add(SHOWN, "… " + hidden + " more calls …");
        }
        return notes;
    }

    private String note() {
        String where = "in " + kind + " " + declaration.name() + " ("
                + declaration.span().citation() + ")";
        return calledAt.map(at -> where + ", called at " + at.citation()).orElse(where);
    }
}
