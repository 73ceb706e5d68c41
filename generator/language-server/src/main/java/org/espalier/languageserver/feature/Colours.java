package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.SemanticTokenModifiers;
import org.eclipse.lsp4j.SemanticTokenTypes;
import org.eclipse.lsp4j.SemanticTokensLegend;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.names.Occurrence;
import org.espalier.languageserver.workspace.NameDefinitions;

/** Tells what each name is, for editors to colour; keywords, numbers and comments the editor knows by itself. */
public final class Colours {
    private static final List<String> TYPES = List.of(
            SemanticTokenTypes.Class,
            SemanticTokenTypes.Function,
            SemanticTokenTypes.Parameter,
            SemanticTokenTypes.Variable,
            SemanticTokenTypes.Property,
            SemanticTokenTypes.Type,
            SemanticTokenTypes.Struct);

    private static final List<String> MODIFIERS = List.of(
            SemanticTokenModifiers.Declaration, SemanticTokenModifiers.Readonly, SemanticTokenModifiers.DefaultLibrary);

    /** FileNames and places of the kinds of tokens. */
    public static final SemanticTokensLegend LEGEND = new SemanticTokensLegend(TYPES, MODIFIERS);

    private Colours() {}

    /** The names that begin in a stretch of a file, as the protocol packs them: five numbers each. */
    public static List<Integer> within(int start, int end, Context context) {
        Document document = context.document();
        SourceFile file = document.file();
        List<Integer> packed = new ArrayList<>();
        int line = 0;
        int column = 0;
        int last = -1;
        for (Occurrence occurrence : document.names().between(start, end)) {
            SourceSpan span = occurrence.span();
            Optional<String> type = type(occurrence.meaning(), document, context.definitions());
            // One place may be named twice, and a name never goes over the end of a line.
            if (type.isEmpty() || span.start() < last || span.text().contains("\n")) {
                continue;
            }
            last = span.end();
            int at = file.line(span.start()) - 1;
            int within = span.start() - file.lineStart(at + 1);
            packed.add(at - line);
            packed.add(at == line ? within - column : within);
            packed.add(span.end() - span.start());
            packed.add(TYPES.indexOf(type.get()));
            packed.add(modifiers(occurrence));
            line = at;
            column = within;
        }
        return packed;
    }

    private static int modifiers(Occurrence occurrence) {
        Meaning meaning = occurrence.meaning();
        int modifiers = occurrence.definition() ? 1 : 0;
        boolean once = meaning instanceof Meaning.Local local && local.kind() != Meaning.Kind.VARIABLE;
        modifiers |= once ? 2 : 0;
        return meaning instanceof Meaning.BuiltIn || meaning instanceof Meaning.Standard ? modifiers | 4 : modifiers;
    }

    private static Optional<String> type(Meaning meaning, Document document, NameDefinitions definitions) {
        if (meaning instanceof Meaning.Local local) {
            return Optional.of(
                    switch (local.kind()) {
                        case FORMAL -> SemanticTokenTypes.Parameter;
                        case PARAMETER, BUFFER -> SemanticTokenTypes.Property;
                        case INPUT, TARGET, OUTPUT, BINDING, VARIABLE -> SemanticTokenTypes.Variable;
                    });
        }
        if (meaning instanceof Meaning.Argument) {
            return Optional.of(SemanticTokenTypes.Parameter);
        }
        if (meaning instanceof Meaning.Step) {
            return Optional.of(SemanticTokenTypes.Variable);
        }
        if (meaning instanceof Meaning.TypeWord) {
            return Optional.of(SemanticTokenTypes.Type);
        }
        if (meaning instanceof Meaning.BuiltIn word) {
            return Builtins.named(word.name()).map(Builtin::kind).map(Colours::type);
        }
        return definitions.declarationOf(document, meaning).map(Colours::type);
    }

    private static String type(Builtin.Kind kind) {
        return switch (kind) {
            case LAYER, NORM, COMPOSITION, LOSS, OPTIMIZER -> SemanticTokenTypes.Class;
            case FUNCTION, TENSOR_FUNCTION, REGULARIZER, INITIALIZER -> SemanticTokenTypes.Function;
        };
    }

    private static String type(Declaration declaration) {
        if (declaration instanceof Declaration.NetworkDecl) {
            return SemanticTokenTypes.Struct;
        }
        return declaration instanceof Declaration.RegularizerDecl
                ? SemanticTokenTypes.Function
                : SemanticTokenTypes.Class;
    }
}
