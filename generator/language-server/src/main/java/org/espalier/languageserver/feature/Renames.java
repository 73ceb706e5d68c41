package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.names.Occurrence;
import org.espalier.languageserver.workspace.DefinedName;

/** Renames declarations, names within them and arguments, in every file that mentions them. */
public final class Renames {
    private Renames() {}

    /** A name that cannot be renamed, or not to this; the message is for the user. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }

    /**
     * The name that would be renamed at an offset.
     *
     * @throws Refused if there is none
     */
    public static PrepareRenameResult prepare(int offset, Context context) throws Refused {
        Occurrence occurrence = occurrence(offset, context);
        places(occurrence, context);
        return new PrepareRenameResult(
                Positions.of(occurrence.span()), occurrence.span().text());
    }

    /**
     * The edits that rename what stands at an offset.
     *
     * @throws Refused if it cannot be renamed, or not to this
     */
    public static WorkspaceEdit at(int offset, String name, Context context) throws Refused {
        Occurrence occurrence = occurrence(offset, context);
        List<DefinedName> places = places(occurrence, context);
        check(name, occurrence, places);
        Map<String, List<TextEdit>> edits = new LinkedHashMap<>();
        for (DefinedName place : places) {
            edits.computeIfAbsent(place.document().uri(), uri -> new ArrayList<>())
                    .add(new TextEdit(Positions.of(place.span()), name));
        }
        return new WorkspaceEdit(edits);
    }

    private static Occurrence occurrence(int offset, Context context) throws Refused {
        Optional<Occurrence> occurrence = context.document().names().at(offset);
        if (occurrence.isEmpty()) {
            throw new Refused("expected a name to rename here and found none");
        }
        return occurrence.get();
    }

    private static List<DefinedName> places(Occurrence occurrence, Context context) throws Refused {
        if (context.definitions().isOfLanguage(occurrence)) {
            throw new Refused("'" + occurrence.span().text() + "' is a word of the language and cannot be renamed");
        }
        List<DefinedName> places = context.definitions().references(context.document(), occurrence.meaning());
        if (places.isEmpty()) {
            throw new Refused("'" + occurrence.span().text() + "' is not defined in any file of this workspace");
        }
        Optional<DefinedName> elsewhere = places.stream()
                .filter(place -> context.view().all().stream()
                        .noneMatch(known -> known.uri().equals(place.document().uri())))
                .findFirst();
        if (elsewhere.isPresent()) {
            throw new Refused("'" + occurrence.span().text() + "' is defined in "
                    + elsewhere.get().document().file().name() + ", which is no file of this workspace");
        }
        return places;
    }

    private static void check(String name, Occurrence occurrence, List<DefinedName> places) throws Refused {
        if (!name.matches("[\\p{IsAlphabetic}_][\\p{IsAlphabetic}\\p{IsDigit}_]*") || NetSyntax.isKeyword(name)) {
            throw new Refused("'" + name + "' is not a name: write letters, digits and underscores, a letter first");
        }
        if (name.equals(occurrence.span().text())) {
            return;
        }
        Set<Document> files = places.stream().map(DefinedName::document).collect(Collectors.toSet());
        for (Document file : files) {
            Set<String> declarations = places.stream()
                    .filter(place -> place.document() == file)
                    .flatMap(place -> file.names().declarationAt(place.span().start()).stream())
                    .map(declaration -> declaration.name().text())
                    .collect(Collectors.toSet());
            Optional<Occurrence> taken = file.names().occurrences().stream()
                    .filter(other -> other.definition() && other.span().text().equals(name))
                    .filter(other -> !(other.meaning() instanceof Meaning.Local local)
                            || declarations.contains(local.declaration()))
                    .findFirst();
            if (taken.isPresent()) {
                throw new Refused("'" + name + "' is already defined at "
                        + taken.get().span().citation());
            }
        }
    }
}
