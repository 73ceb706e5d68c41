package org.espalier.languageserver.workspace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.names.Occurrence;

/** Finds where names are defined, in any file, and where else they stand. */
public final class NameDefinitions {
    private final WorkspaceView view;

    /** A declaration in a file. */
    private record Container(Document document, Declaration declaration) {}

    /** NameDefinitions among the files of a view. */
    public NameDefinitions(WorkspaceView view) {
        this.view = view;
    }

    /** Definitions of a name: a segment of a selector may have several, a word of the language has none. */
    public List<DefinedName> of(Document document, Meaning meaning) {
        if (meaning instanceof Meaning.Alias alias) {
            return of(document, new Meaning.Imported(alias.path(), alias.name()));
        }
        return symbols(document, meaning);
    }

    /** NameDefinitions of what would be renamed with a name: for an alias that is the alias. */
    private List<DefinedName> symbols(Document document, Meaning meaning) {
        if (meaning instanceof Meaning.Local local) {
            return List.of(new DefinedName(
                    document,
                    document.file().span(local.at(), local.at() + local.name().length())));
        }
        if (meaning instanceof Meaning.Alias alias) {
            return document.names().occurrences().stream()
                    .filter(occurrence ->
                            occurrence.definition() && occurrence.meaning().equals(alias))
                    .map(occurrence -> new DefinedName(document, occurrence.span()))
                    .toList();
        }
        if (meaning instanceof Meaning.Argument argument) {
            return declaration(document, argument.callee())
                    .flatMap(callee -> callee.declaration().formals().stream()
                            .filter(formal -> formal.name().text().equals(argument.name()))
                            .map(formal -> new DefinedName(
                                    callee.document(), formal.name().span()))
                            .findFirst())
                    .stream()
                    .toList();
        }
        if (meaning instanceof Meaning.Step step) {
            return steps(document, step);
        }
        if (meaning instanceof Meaning.ImportPath path) {
            return view
                    .imported(document, path.path())
                    .map(file -> new DefinedName(file, file.file().span(0, 0)))
                    .stream()
                    .toList();
        }
        return declaration(document, meaning)
                .map(found -> new DefinedName(
                        found.document(), found.declaration().name().span()))
                .stream()
                .toList();
    }

    /** The declaration that a name stands for, with its file. */
    private Optional<Container> declaration(Document document, Meaning meaning) {
        if (meaning instanceof Meaning.Declared declared) {
            return declaredIn(document, declared.name());
        }
        if (meaning instanceof Meaning.Imported imported) {
            return view.imported(document, imported.path()).flatMap(file -> declaredIn(file, imported.name()));
        }
        if (meaning instanceof Meaning.Alias alias) {
            return view.imported(document, alias.path()).flatMap(file -> declaredIn(file, alias.name()));
        }
        return meaning instanceof Meaning.Standard standard
                ? view.standard(standard.name()).flatMap(file -> declaredIn(file, standard.name()))
                : Optional.empty();
    }

    /** The declaration that a name stands for. */
    public Optional<Declaration> declarationOf(Document document, Meaning meaning) {
        return declaration(document, meaning).map(Container::declaration);
    }

    private static Optional<Container> declaredIn(Document document, String name) {
        return Optional.ofNullable(document.names().declarations().get(name))
                .map(declaration -> new Container(document, declaration));
    }

    private List<DefinedName> steps(Document document, Meaning.Step step) {
        Set<Container> containers = new LinkedHashSet<>();
        declaredIn(document, step.network()).ifPresent(containers::add);
        for (String segment : step.before()) {
            boolean place = Character.isDigit(segment.charAt(0));
            containers = segment.equals("**")
                    ? reachable(containers)
                    : place ? containers : returned(inside(containers, segment));
        }
        List<DefinedName> targets = new ArrayList<>();
        for (Container container : containers) {
            container.document().names().occurrences().stream()
                    .filter(occurrence -> occurrence.definition()
                            && occurrence.meaning() instanceof Meaning.Local local
                            && local.kind() == Meaning.Kind.BINDING
                            && local.declaration()
                                    .equals(container.declaration().name().text())
                            && local.name().equals(step.name()))
                    .map(occurrence -> new DefinedName(container.document(), occurrence.span()))
                    .forEach(targets::add);
        }
        return targets;
    }

    /** The blocks that are called for what names of the containers are bound to. */
    private Set<Container> inside(Set<Container> containers, String pattern) {
        String letters = pattern.replace("*", "");
        Set<Container> found = new LinkedHashSet<>();
        for (Container container : containers) {
            container
                    .document()
                    .names()
                    .bindings(container.declaration().name().text())
                    .forEach((name, value) -> {
                        if (pattern.contains("*") ? name.contains(letters) : name.equals(pattern)) {
                            found.addAll(called(container.document(), value.span()));
                        }
                    });
        }
        return found;
    }

    /** The containers and the blocks that they return, whose names follow the same path. */
    private Set<Container> returned(Set<Container> containers) {
        Set<Container> found = new LinkedHashSet<>();
        Deque<Container> pending = new ArrayDeque<>(containers);
        while (!pending.isEmpty()) {
            Container next = pending.remove();
            if (found.add(next) && next.declaration() instanceof Declaration.BlockDecl block) {
                block.body().statements().stream()
                        .filter(Statement.Return.class::isInstance)
                        .map(statement -> ((Statement.Return) statement).value())
                        .filter(Expression.Call.class::isInstance)
                        .forEach(value -> pending.addAll(called(next.document(), value.span())));
            }
        }
        return found;
    }

    private Set<Container> reachable(Set<Container> containers) {
        Set<Container> found = new LinkedHashSet<>();
        Deque<Container> pending = new ArrayDeque<>(containers);
        while (!pending.isEmpty()) {
            Container next = pending.remove();
            if (found.add(next)) {
                SourceSpan head = next.declaration().span();
                int end = head.start()
                        + next.document().names().textOf(next.declaration()).length();
                pending.addAll(called(next.document(), next.document().file().span(head.start(), end)));
            }
        }
        return found;
    }

    private Set<Container> called(Document document, SourceSpan span) {
        Set<Container> found = new LinkedHashSet<>();
        document.names().between(span.start(), span.end()).stream()
                .flatMap(occurrence -> declaration(document, occurrence.meaning()).stream())
                .filter(container -> container.declaration() instanceof Declaration.BlockDecl)
                .forEach(found::add);
        return found;
    }

    /**
     * Every place of the name that stands at an offset, in all known files; each definition first.
     *
     * @return nothing if no file defines it
     */
    public List<DefinedName> references(Document document, Meaning meaning) {
        List<DefinedName> wanted = symbols(document, meaning);
        if (wanted.isEmpty() || meaning instanceof Meaning.ImportPath) {
            return List.of();
        }
        Set<Document> files = new LinkedHashSet<>();
        for (DefinedName target : wanted) {
            files.add(target.document());
            files.addAll(view.importers(target.document()));
        }
        files.add(document);
        Set<String> names = new LinkedHashSet<>();
        wanted.forEach(target -> names.add(target.span().text()));
        List<DefinedName> found = new ArrayList<>();
        for (Document file : files) {
            file.names().occurrences().stream()
                    .filter(occurrence -> names.contains(occurrence.span().text()))
                    .filter(occurrence -> symbols(file, occurrence.meaning()).stream()
                            .anyMatch(one -> wanted.stream().anyMatch(one::isSame)))
                    .map(occurrence -> new DefinedName(file, occurrence.span()))
                    .forEach(found::add);
        }
        return Stream.concat(wanted.stream(), found.stream()).distinct().toList();
    }

    /** Tells whether a name is one of the language or of its library, which nobody can rename. */
    public boolean isOfLanguage(Occurrence occurrence) {
        Meaning meaning = occurrence.meaning();
        return meaning instanceof Meaning.BuiltIn
                || meaning instanceof Meaning.Standard
                || meaning instanceof Meaning.TypeWord
                || (meaning instanceof Meaning.Argument argument
                        && (argument.callee() instanceof Meaning.BuiltIn
                                || argument.callee() instanceof Meaning.Standard));
    }
}
