package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.SymbolKind;
import org.eclipse.lsp4j.WorkspaceSymbol;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.names.FileNames;

/** Lists what files declare. */
public final class Outlines {
    private Outlines() {}

    /** The declarations of a file, each with the names that it binds. */
    public static List<DocumentSymbol> of(Document document) {
        return document.tree().declarations().stream().map(Outlines::symbol).toList();
    }

    private static DocumentSymbol symbol(Declaration declaration) {
        List<DocumentSymbol> children = new ArrayList<>();
        SourceSpan extent = FileNames.extent(declaration);
        for (Statement statement : statements(declaration)) {
            if (statement instanceof Statement.Binding binding) {
                binding.names().forEach(name -> children.add(child(name, "", SymbolKind.Variable, statement.span())));
            } else if (statement instanceof Statement.Input input) {
                children.add(child(input.name(), "input", SymbolKind.Interface, statement.span()));
            } else if (statement instanceof Statement.Target target) {
                children.add(child(target.name(), "target", SymbolKind.Interface, statement.span()));
            } else if (statement instanceof Statement.Output output) {
                children.add(child(output.name(), "output", SymbolKind.Interface, statement.span()));
            } else if (statement instanceof Statement.OwnParameter parameter) {
                children.add(child(parameter.name(), "parameter", SymbolKind.Field, statement.span()));
            } else if (statement instanceof Statement.OwnBuffer buffer) {
                children.add(child(buffer.name(), "buffer", SymbolKind.Field, statement.span()));
            }
        }
        DocumentSymbol symbol = new DocumentSymbol(
                declaration.name().text(),
                kind(declaration),
                Positions.of(extent.to(declaration.name().span())),
                Positions.of(declaration.name().span()),
                Callee.kind(declaration));
        symbol.setChildren(children);
        return symbol;
    }

    private static List<Statement> statements(Declaration declaration) {
        if (declaration instanceof Declaration.NetworkDecl network) {
            return network.body().statements();
        }
        boolean formula = declaration.span().text().startsWith("layer");
        return declaration instanceof Declaration.BlockDecl block && !formula
                ? block.body().statements()
                : List.of();
    }

    private static DocumentSymbol child(Identifier name, String detail, SymbolKind kind, SourceSpan statement) {
        SourceSpan range = statement.start() <= name.span().start()
                        && statement.end() >= name.span().end()
                ? statement
                : name.span();
        return new DocumentSymbol(
                name.text(), kind, Positions.of(range), Positions.of(name.span()), detail.isEmpty() ? null : detail);
    }

    private static SymbolKind kind(Declaration declaration) {
        if (declaration instanceof Declaration.NetworkDecl) {
            return SymbolKind.Module;
        }
        return declaration instanceof Declaration.BlockDecl ? SymbolKind.Class : SymbolKind.Function;
    }

    /** The declarations of some files whose names hold some letters in their order. */
    public static List<WorkspaceSymbol> matching(String query, List<Document> documents) {
        List<WorkspaceSymbol> found = new ArrayList<>();
        for (Document document : documents) {
            for (Declaration declaration : document.tree().declarations()) {
                if (holds(declaration.name().text(), query)) {
                    found.add(new WorkspaceSymbol(
                            declaration.name().text(),
                            kind(declaration),
                            Either.forLeft(new Location(
                                    document.uri(),
                                    Positions.of(declaration.name().span()))),
                            document.file().fileName()));
                }
            }
        }
        return found;
    }

    private static boolean holds(String name, String letters) {
        int at = 0;
        for (int i = 0; i < name.length() && at < letters.length(); i++) {
            if (Character.toLowerCase(name.charAt(i)) == Character.toLowerCase(letters.charAt(at))) {
                at++;
            }
        }
        return at == letters.length();
    }
}
