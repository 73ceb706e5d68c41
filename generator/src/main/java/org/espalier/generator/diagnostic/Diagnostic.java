package org.espalier.generator.diagnostic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.source.Printable;
import org.espalier.generator.source.SourceSpan;

/**
 * One finding. Its parts may quote whatever a specification holds; {@link #headline} and {@link #render} are fit to be
 * printed.
 *
 * @param code which kind
 * @param span where
 * @param message what is wrong, in one line
 * @param notes further lines below the source line: the shapes that led here, the calls that led here
 * @param help what to do about it, if that is known
 */
public record Diagnostic(
        DiagnosticCode code, SourceSpan span, String message, List<String> notes, Optional<String> help) {
    private static final Pattern SUGGESTION = Pattern.compile("did you mean '([^']+)'\\?");

    /** Copies the list. */
    public Diagnostic {
        notes = List.copyOf(notes);
    }

    /** The same finding with further notes after those it has. */
    public Diagnostic withNotes(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new Diagnostic(code, span, message, all, help);
    }

    /** The same finding with help. */
    public Diagnostic withHelp(String text) {
        return new Diagnostic(code, span, message, notes, Optional.of(text));
    }

    /** The same finding with a suggestion, if there is one: {@code did you mean 'Linear'?}. */
    public Diagnostic withSuggestion(Optional<String> name) {
        return name.map(found -> withHelp("did you mean '" + found + "'?")).orElse(this);
    }

    /** The name that was suggested in place of what is there, if that is its help. */
    public Optional<String> suggestion() {
        return help.map(SUGGESTION::matcher).filter(Matcher::matches).map(found -> found.group(1));
    }

    /** Tells whether it stops the compilation of what it was found in. */
    public boolean isError() {
        return code.severity() == Severity.ERROR;
    }

    /** {@code path:line:col: error ESP103: message}. */
    public String headline() {
        return Printable.line(span.location() + ": " + code.severity() + " " + code + ": " + message);
    }

    /** The whole message: headline, source line with the place underlined, notes, help. No line end after the last. */
    public String render() {
        List<String> lines = new ArrayList<>();
        lines.add(headline());
        lines.addAll(SourceExcerpt.of(span));
        notes.forEach(note -> lines.add("  " + Printable.line(note)));
        help.ifPresent(text -> lines.add("  help: " + Printable.line(text)));
        return String.join("\n", lines);
    }

    @Override
    public String toString() {
        return headline();
    }
}
