package org.espalier.languageserver.feature;

import java.util.List;
import java.util.stream.Stream;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightKind;
import org.eclipse.lsp4j.DocumentLink;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.Range;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.names.Occurrence;
import org.espalier.languageserver.workspace.DefinedName;

/** Finds where a name is defined and where it stands. */
public final class NamePlaces {
    private NamePlaces() {}

    /** Definitions of the name at an offset, also in the standard library. */
    public static List<Location> definitions(int offset, Context context) {
        return context.document().names().at(offset).stream()
                .flatMap(occurrence -> context.definitions().of(context.document(), occurrence.meaning()).stream())
                .map(NamePlaces::location)
                .distinct()
                .toList();
    }

    /** Places of the name at an offset, in all files. */
    public static List<Location> references(int offset, boolean declaration, Context context) {
        return context.document().names().at(offset).stream()
                .flatMap(occurrence -> references(occurrence, declaration, context))
                .map(NamePlaces::location)
                .distinct()
                .toList();
    }

    private static Stream<DefinedName> references(Occurrence occurrence, boolean declaration, Context context) {
        List<DefinedName> places = context.definitions().references(context.document(), occurrence.meaning());
        List<DefinedName> defined = context.definitions().of(context.document(), occurrence.meaning());
        return places.stream().filter(place -> declaration || !defined.contains(place));
    }

    /** Places of the name at an offset in its file. */
    public static List<DocumentHighlight> highlights(int offset, Context context) {
        return context.document().names().at(offset).stream()
                .flatMap(occurrence -> references(occurrence, true, context))
                .filter(place ->
                        place.document().uri().equals(context.document().uri()))
                .map(place -> new DocumentHighlight(Positions.of(place.span()), DocumentHighlightKind.Text))
                .distinct()
                .toList();
    }

    /** The files of imports, behind their paths. */
    public static List<DocumentLink> links(Context context) {
        SourceFile file = context.document().file();
        return context.document().tree().imports().stream()
                .filter(one -> one.pathSpan().end() - one.pathSpan().start() > 2)
                .flatMap(one -> context.view().imported(context.document(), one.path()).stream()
                        .map(found -> {
                            Range within = Positions.of(
                                    file,
                                    one.pathSpan().start() + 1,
                                    one.pathSpan().end() - 1);
                            return new DocumentLink(within, found.uri());
                        }))
                .toList();
    }

    private static Location location(DefinedName target) {
        return new Location(target.document().uri(), Positions.of(target.span()));
    }
}
