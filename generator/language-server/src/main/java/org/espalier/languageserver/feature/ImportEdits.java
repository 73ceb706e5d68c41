package org.espalier.languageserver.feature;

import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.TextEdit;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;

/** Edits of the imports of a file. */
final class ImportEdits {
    private ImportEdits() {}

    /** Adds a name to the import of its file, or an import behind the last one. */
    static TextEdit adding(Document document, String name, String path) {
        FileDecl tree = document.tree();
        Optional<FileDecl.Import> same =
                tree.imports().stream().filter(one -> one.path().equals(path)).findFirst();
        if (same.isPresent()) {
            List<FileDecl.ImportedName> names = same.get().names();
            FileDecl.ImportedName last = names.get(names.size() - 1);
            return insert(document, last.local().span().end(), ", " + name);
        }
        String statement = "import " + name + " from \"" + path + "\"";
        String lineEnd = document.file().text().contains("\r\n") ? "\r\n" : "\n";
        if (!tree.imports().isEmpty()) {
            int end = tree.imports().get(tree.imports().size() - 1).span().end();
            return insert(document, end, lineEnd + statement);
        }
        int end = tree.packageName().span().end();
        return end > 0
                ? insert(document, end, lineEnd + lineEnd + statement)
                : insert(document, 0, statement + lineEnd + lineEnd);
    }

    /** Removes a name from its import, and the import with its last name. */
    static Optional<TextEdit> removing(Document document, int at) {
        for (FileDecl.Import one : document.tree().imports()) {
            for (int i = 0; i < one.names().size(); i++) {
                FileDecl.ImportedName name = one.names().get(i);
                if (name.local().span().start() != at) {
                    continue;
                }
                int last = one.names().size() - 1;
                if (last == 0) {
                    int line = document.file().line(one.span().end());
                    int end = line < document.file().lines()
                            ? document.file().lineStart(line + 1)
                            : one.span().end();
                    return Optional.of(delete(document, one.span().start(), end));
                }
                int start = i < last
                        ? name.name().span().start()
                        : one.names().get(i - 1).local().span().end();
                int end = i < last
                        ? one.names().get(i + 1).name().span().start()
                        : name.local().span().end();
                return Optional.of(delete(document, start, end));
            }
        }
        return Optional.empty();
    }

    private static TextEdit insert(Document document, int at, String text) {
        return new TextEdit(Positions.of(document.file(), at, at), text);
    }

    private static TextEdit delete(Document document, int start, int end) {
        return new TextEdit(Positions.of(document.file(), start, end), "");
    }
}
