package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.espalier.generator.elaborate.clauses.Selection;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.names.Occurrence;
import org.espalier.languageserver.workspace.DefinedName;
import org.espalier.languageserver.workspace.NetworkFacts;
import org.espalier.languageserver.workspace.NetworkFacts.ParameterFacts;

/** Explains a name: what it is, and the shape, parameters and regularizers that the compiler found for it. */
public final class Hovers {
    private final Context context;
    private final Document document;

    private Hovers(Context context) {
        this.context = context;
        this.document = context.document();
    }

    /** The explanation of the name at an offset; empty if there is none. */
    public static Optional<Hover> at(int offset, Context context) {
        return new Hovers(context).at(offset);
    }

    private Optional<Hover> at(int offset) {
        Optional<Occurrence> occurrence = document.names().at(offset);
        if (occurrence.isEmpty()) {
            return Optional.empty();
        }
        SourceSpan span = occurrence.get().span();
        Meaning meaning = occurrence.get().meaning();
        List<String> parts = meaning instanceof Meaning.Step ? selection(span) : explained(document, meaning, span);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        String text = String.join("\n\n", parts);
        return Optional.of(new Hover(new MarkupContent(MarkupKind.MARKDOWN, text), Positions.of(span)));
    }

    private List<String> explained(Document file, Meaning meaning, SourceSpan span) {
        List<String> parts = new ArrayList<>();
        if (meaning instanceof Meaning.Local local) {
            return local(file, local);
        }
        if (meaning instanceof Meaning.Argument argument) {
            return argument(argument);
        }
        if (meaning instanceof Meaning.TypeWord || meaning instanceof Meaning.ImportPath) {
            return List.of();
        }
        Callee.of(file, meaning, context.definitions())
                .ifPresent(callee -> parts.add(callee.markdown(!(meaning instanceof Meaning.BuiltIn))));
        made(span).ifPresent(parts::add);
        context.definitions().of(file, meaning).stream()
                .findFirst()
                .ifPresent(target -> used(target).ifPresent(parts::add));
        return parts;
    }

    /** The shape of what a call makes whose callee stands at a place. */
    private Optional<String> made(SourceSpan callee) {
        return context.shapes().entrySet().stream()
                .filter(made ->
                        made.getKey().start() == callee.start() && made.getKey().end() > callee.end())
                .min(Comparator.comparingInt(made -> made.getKey().end()))
                .map(made -> "→ `" + LayerTexts.shapes(made.getValue()) + "` here");
    }

    private List<String> argument(Meaning.Argument argument) {
        return Callee.of(document, argument.callee(), context.definitions()).stream()
                .flatMap(callee -> callee.parameters().stream()
                        .filter(parameter -> parameter.name().equals(argument.name()))
                        .map(parameter -> "```net\n" + parameter.label() + "\n```\n\nArgument of `" + callee.name()
                                + "`: takes " + parameter.takes() + "."))
                .limit(1)
                .toList();
    }

    /** The networks that use a declaration, and the size of what they make of it. */
    private Optional<String> used(DefinedName declared) {
        String uri = declared.document().uri();
        String name = declared.span().text();
        List<String> lines = new ArrayList<>();
        for (NetworkFacts facts : context.facts()) {
            List<String> places = LayerTexts.places(facts, uri, name);
            if (places.equals(List.of(""))) {
                return Optional.of(String.join("\n", LayerTexts.network(facts)));
            }
            if (!places.isEmpty()) {
                List<ParameterFacts> parameters = LayerTexts.below(facts, places);
                lines.add("- " + facts.network() + ": "
                        + (places.size() == 1 ? "once" : LayerTexts.counted(places.size(), "time")) + ", "
                        + LayerTexts.counted(
                                parameters.stream()
                                        .mapToLong(ParameterFacts::elements)
                                        .sum(),
                                "parameter"));
            }
        }
        for (NetworkFacts facts : context.facts()) {
            List<ParameterFacts> regularized = facts.parameters().stream()
                    .filter(parameter -> parameter.regularizer().matches("\\Q" + name + "\\E\\b.*"))
                    .toList();
            if (!regularized.isEmpty() && facts.holdsFor(uri, name, declared.document())) {
                lines.add("- " + facts.network() + ": `" + regularized.get(0).regularizer() + "` on "
                        + LayerTexts.counted(regularized.size(), "tensor"));
            }
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of("Used in\n\n" + String.join("\n", lines));
    }

    private List<String> local(Document file, Meaning.Local local) {
        List<String> parts = new ArrayList<>();
        Optional<Declaration.Formal> formal = Optional.ofNullable(
                        file.names().declarations().get(local.declaration()))
                .filter(declaration -> local.kind() == Meaning.Kind.FORMAL)
                .stream()
                .flatMap(declaration -> declaration.formals().stream())
                .filter(one -> one.name().text().equals(local.name()))
                .findFirst();
        Set<String> shapes = shapes(file, local);
        String written = formal.map(one -> one.span().quotation())
                .orElseGet(() ->
                        word(local.kind()) + local.name() + (shapes.isEmpty() ? "" : ": " + LayerTexts.shapes(shapes)));
        parts.add("```net\n" + written + "\n```");
        formal.ifPresent(one -> parts.add("Parameter of `" + local.declaration() + "`."));
        Map<String, List<String>> networks = new LinkedHashMap<>();
        for (NetworkFacts facts : context.facts()) {
            List<String> paths = LayerTexts.places(facts, file.uri(), local.declaration()).stream()
                    .map(place -> place.isEmpty() ? local.name() : place + "." + local.name())
                    .toList();
            List<ParameterFacts> parameters =
                    local.kind() == Meaning.Kind.FORMAL ? List.of() : LayerTexts.below(facts, paths);
            if (!parameters.isEmpty()) {
                networks.computeIfAbsent(
                                String.join("\n", LayerTexts.parameters(parameters)), text -> new ArrayList<>())
                        .add(facts.network());
            }
        }
        networks.forEach((text, names) -> parts.add(
                names.equals(List.of(local.declaration())) ? text : "In " + String.join(", ", names) + ": " + text));
        return parts;
    }

    private static String word(Meaning.Kind kind) {
        return switch (kind) {
            case INPUT -> "input ";
            case TARGET -> "target ";
            case PARAMETER -> "parameter ";
            case BUFFER -> "buffer ";
            case OUTPUT -> "output ";
            case BINDING, VARIABLE, FORMAL -> "";
        };
    }

    private Set<String> shapes(Document file, Meaning.Local local) {
        Set<String> shapes = new LinkedHashSet<>();
        Optional<Expression> value =
                Optional.ofNullable(file.names().bindings(local.declaration()).get(local.name()));
        Map<SourceSpan, Set<String>> known = context.analyzer().shapes(file);
        value.flatMap(bound -> Optional.ofNullable(known.get(bound.span()))).ifPresent(shapes::addAll);
        for (NetworkFacts facts : context.facts()) {
            List<String> places = LayerTexts.places(facts, file.uri(), local.declaration());
            if (places.equals(List.of(""))) {
                Optional.ofNullable(facts.inputs().get(local.name())).ifPresent(shapes::add);
            }
            if (shapes.isEmpty()) {
                shapes.addAll(LayerTexts.results(
                        facts,
                        places.stream()
                                .map(place -> place.isEmpty() ? local.name() : place + "." + local.name())
                                .toList()));
            }
        }
        return shapes;
    }

    /** The parameters that a selector means. */
    private List<String> selection(SourceSpan segment) {
        Optional<Declaration> declaration = document.names().declarationAt(segment.start());
        if (!(declaration.orElse(null) instanceof Declaration.NetworkDecl network)) {
            return List.of();
        }
        Optional<NetworkFacts> facts = context.network(network.name().text());
        for (Statement statement : network.body().statements()) {
            for (Statement.Selector selector : selectors(statement)) {
                boolean here = selector.span().start() <= segment.start()
                        && selector.span().end() >= segment.end();
                if (here && facts.isPresent()) {
                    return List.of(selected(selector, roles(statement), facts.get()));
                }
            }
        }
        return List.of();
    }

    private static String selected(Statement.Selector selector, List<Statement.Role> roles, NetworkFacts facts) {
        List<ParameterFacts> selected = facts.parameters().stream()
                .filter(parameter -> {
                    String path = parameter
                            .name()
                            .substring(0, Math.max(0, parameter.name().lastIndexOf('.')));
                    boolean role = roles.isEmpty()
                            || parameter.role().isEmpty()
                            || Selection.covers(roles, parameter.role().get());
                    return role && Selection.matches(selector, path);
                })
                .toList();
        String head = "```net\n" + selector + "\n```\n\n";
        return head
                + (selected.isEmpty()
                        ? "means no parameter of `" + facts.network() + "`"
                        : String.join("\n", LayerTexts.parameters(selected)));
    }

    private static List<Statement.Role> roles(Statement statement) {
        if (statement instanceof Statement.Regularize regularize) {
            return regularize.roles();
        }
        if (statement instanceof Statement.Initialize initialize) {
            return initialize.roles();
        }
        if (statement instanceof Statement.ReportSparsity report) {
            return report.roles();
        }
        return statement instanceof Statement.Optimize optimize ? optimize.roles() : List.of();
    }

    private static List<Statement.Selector> selectors(Statement statement) {
        return Stream.of(
                        statement instanceof Statement.Regularize one ? one.selectors() : null,
                        statement instanceof Statement.Initialize one ? one.selectors() : null,
                        statement instanceof Statement.Freeze one ? one.selectors() : null,
                        statement instanceof Statement.ReportSparsity one ? one.selectors() : null,
                        statement instanceof Statement.Optimize one ? one.selectors() : null)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElse(List.of());
    }
}
