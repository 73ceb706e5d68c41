package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.workspace.NameDefinitions;

/**
 * Something that can be called, as editors show it.
 *
 * @param name its name
 * @param kind what it is, in a word: {@code block}, {@code layer}
 * @param parameters in order
 * @param documentation Markdown; empty if there is none
 */
record Callee(String name, String kind, List<Parameter> parameters, String documentation) {
    /**
     * A parameter.
     *
     * @param name its name
     * @param label as the signature shows it: {@code bias=true}
     * @param takes what it takes, in words
     * @param byName whether it can be given by name
     * @param byPosition whether it can be given by position
     * @param choices words that may be written for it
     */
    record Parameter(
            String name, String label, String takes, boolean byName, boolean byPosition, List<String> choices) {}

    /** A word of the language. */
    static Callee of(Builtin word) {
        List<Parameter> parameters = word.signature().formals().stream()
                .map(formal -> new Parameter(
                        formal.name(),
                        formal.describe(),
                        takes(formal),
                        formal.passing() != Signature.Passing.REST,
                        formal.passing() != Signature.Passing.BY_NAME,
                        choices(formal)))
                .toList();
        return new Callee(
                word.name(),
                kind(word.kind()),
                parameters,
                Reference.of(word.name()).orElse(""));
    }

    private static String takes(Signature.Formal formal) {
        String type = formal.type().description();
        return formal.optional() && !type.contains("none") ? type + ", or none" : type;
    }

    private static List<String> choices(Signature.Formal formal) {
        List<String> choices = new ArrayList<>(formal.type().choices());
        if (formal.type() == Type.BOOL) {
            choices.addAll(List.of("true", "false"));
        }
        return choices;
    }

    static String kind(Builtin.Kind kind) {
        return switch (kind) {
            case LAYER, NORM -> "layer";
            case COMPOSITION -> "composition";
            case FUNCTION -> "function";
            case TENSOR_FUNCTION -> "function of tensors";
            case REGULARIZER -> "regularizer";
            case INITIALIZER -> "initializer";
            case LOSS -> "loss";
            case OPTIMIZER -> "optimizer";
        };
    }

    /** Something that a file declares. */
    static Callee of(Declaration declaration) {
        List<Parameter> parameters = declaration.formals().stream()
                .map(formal -> new Parameter(
                        formal.name().text(),
                        formal.span().quotation(),
                        formal.type().text() + (formal.type().optional() ? ", or none" : ""),
                        true,
                        true,
                        formal.type().text().equals("bool") ? List.of("true", "false") : List.of()))
                .toList();
        return new Callee(declaration.name().text(), kind(declaration), parameters, declaration.documentation());
    }

    static String kind(Declaration declaration) {
        if (declaration instanceof Declaration.BlockDecl) {
            return declaration.span().text().startsWith("layer") ? "layer" : "block";
        }
        if (declaration instanceof Declaration.NetworkDecl) {
            return "network";
        }
        return declaration instanceof Declaration.LossDecl ? "loss" : "regularizer";
    }

    /** The meaning of a name of a file, if that can be called. */
    static Optional<Callee> of(Document document, Meaning meaning, NameDefinitions definitions) {
        if (meaning instanceof Meaning.BuiltIn word) {
            return Builtins.named(word.name()).map(Callee::of);
        }
        return definitions.declarationOf(document, meaning).map(Callee::of);
    }

    /** {@code Linear(in_features, out_features, bias=true)}. */
    String signature() {
        return name + "(" + parameters.stream().map(Parameter::label).collect(Collectors.joining(", ")) + ")";
    }

    /** The same as Markdown, with the word for what it is where a file declares it, and the documentation. */
    String markdown(boolean declared) {
        String head = declared
                ? kind + " " + (parameters.isEmpty() && !kind.equals("block") ? name : signature())
                : signature();
        return "```net\n" + head + "\n```" + (documentation.isEmpty() ? "" : "\n\n" + documentation);
    }
}
