package org.espalier.languageserver.document;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;
import org.espalier.languageserver.names.FileNames;
import org.jspecify.annotations.Nullable;

/** One state of a file: its text, and what is read from it when it is first asked for. */
public final class Document {
    private final String uri;
    private final Optional<Path> path;
    private final @Nullable Integer version;
    private final SourceFile file;
    private final boolean open;
    private @Nullable ParsedFile parsed;
    private @Nullable DocumentWords words;
    private @Nullable FileNames names;

    private Document(String uri, Optional<Path> path, @Nullable Integer version, SourceFile file, boolean open) {
        this.uri = uri;
        this.path = path;
        this.version = version;
        this.file = file;
        this.open = open;
    }

    /**
     * A file that an editor has open.
     *
     * @param path empty for what is not a file, such as a text that has not been saved yet
     * @param name by which messages call it
     */
    public static Document open(String uri, Optional<Path> path, String name, @Nullable Integer version, String text) {
        return new Document(uri, path, version, file(name, text), true);
    }

    /** A file as it lies on the disk. */
    public static Document saved(String uri, Path path, SourceFile file) {
        return new Document(uri, Optional.of(path), null, file, false);
    }

    /** The next state, after changes that each begin from what the one before has left. */
    public Document changed(@Nullable Integer next, List<TextDocumentContentChangeEvent> changes) {
        SourceFile changed = file;
        for (TextDocumentContentChangeEvent change : changes) {
            Range range = change.getRange();
            changed = file(file.name(), range == null ? change.getText() : edited(changed, range, change));
        }
        return new Document(uri, path, next, changed, open);
    }

    /** A text with a space in the place of a byte order mark, which the editor counts as a character. */
    private static SourceFile file(String name, String text) {
        return new SourceFile(name, text.startsWith("\uFEFF") ? " " + text.substring(1) : text);
    }

    private static String edited(SourceFile file, Range range, TextDocumentContentChangeEvent change) {
        int start = Positions.offset(file, range.getStart());
        int end = Math.max(start, Positions.offset(file, range.getEnd()));
        return new StringBuilder(file.text())
                .replace(start, end, change.getText())
                .toString();
    }

    /** The address by which the editor calls it. */
    public String uri() {
        return uri;
    }

    /** The path of the file; empty if it is none. */
    public Optional<Path> path() {
        return path;
    }

    /** The number that the editor gave this state; none for a file that is not open. */
    public @Nullable Integer version() {
        return version;
    }

    /** Tells whether an editor has it open. */
    public boolean isOpen() {
        return open;
    }

    /** Its text. */
    public SourceFile file() {
        return file;
    }

    /** Its syntax tree, as far as it can be read, with everything that is wrong with its syntax. */
    public synchronized ParsedFile parsed() {
        ParsedFile known = parsed;
        if (known == null) {
            known = NetSyntax.parse(file);
            parsed = known;
        }
        return known;
    }

    /** Its syntax tree. */
    public FileDecl tree() {
        return parsed().file();
    }

    /** Its tokens. */
    public synchronized DocumentWords words() {
        DocumentWords known = words;
        if (known == null) {
            known = DocumentWords.of(file.text());
            words = known;
        }
        return known;
    }

    /** Its names, and what each stands for. */
    public synchronized FileNames names() {
        FileNames known = names;
        if (known == null) {
            known = FileNames.of(tree());
            names = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return uri;
    }
}
