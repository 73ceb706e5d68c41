package org.espalier.languageserver.workspace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.Sketch;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.names.FileNames;
import org.espalier.languageserver.names.Meaning;
import org.espalier.languageserver.names.Occurrence;

/** Reads the facts of networks from what the compiler made of them, and tells which declarations they depend on. */
final class FactsReader {
    private final WorkspaceView view;
    private final Map<String, Set<Source>> mentioned = new HashMap<>();

    /** A declaration of a file. */
    private record Source(Document document, Declaration declaration) {
        private String key() {
            return NetworkFacts.key(document.uri(), declaration.name().text());
        }
    }

    FactsReader(WorkspaceView view) {
        this.view = view;
    }

    /** A digest of a network and of everything that it mentions, directly or not, by key. */
    Map<String, Integer> sources(Document document, Declaration network) {
        Map<String, Integer> digests = new HashMap<>();
        all(document, network)
                .forEach(source -> digests.put(
                        source.key(),
                        source.document().names().textOf(source.declaration()).hashCode()));
        return digests;
    }

    /** The lines where those begin, by key. */
    Map<String, Integer> lines(Document document, Declaration network) {
        Map<String, Integer> lines = new HashMap<>();
        all(document, network)
                .forEach(source ->
                        lines.put(source.key(), source.declaration().span().line()));
        return lines;
    }

    private Set<Source> all(Document document, Declaration network) {
        Set<Source> found = new HashSet<>();
        Deque<Source> pending = new ArrayDeque<>(List.of(new Source(document, network)));
        while (!pending.isEmpty()) {
            Source next = pending.remove();
            if (found.add(next)) {
                pending.addAll(mentioned.computeIfAbsent(next.key(), key -> mentions(next)));
            }
        }
        return found;
    }

    private Set<Source> mentions(Source source) {
        FileNames names = source.document().names();
        int start = source.declaration().span().start();
        int end = start + names.textOf(source.declaration()).length();
        Set<Meaning> meanings =
                names.between(start, end).stream().map(Occurrence::meaning).collect(Collectors.toSet());
        Set<Source> found = new HashSet<>();
        for (Meaning meaning : meanings) {
            if (meaning instanceof Meaning.Declared declared) {
                declaration(source.document(), declared.name()).ifPresent(found::add);
            } else if (meaning instanceof Meaning.Imported imported) {
                imported(source.document(), imported.path(), imported.name()).ifPresent(found::add);
            } else if (meaning instanceof Meaning.Alias alias) {
                imported(source.document(), alias.path(), alias.name()).ifPresent(found::add);
            }
        }
        return found;
    }

    private Optional<Source> imported(Document importer, String path, String name) {
        return view.imported(importer, path).flatMap(document -> declaration(document, name));
    }

    private static Optional<Source> declaration(Document document, String name) {
        return Optional.ofNullable(document.names().declarations().get(name))
                .map(declaration -> new Source(document, declaration));
    }

    /** The facts of a network. */
    NetworkFacts read(Document document, Sketch sketch) {
        Map<DeclarationPlace, List<String>> shapes = new LinkedHashMap<>();
        sketch.results()
                .forEach((span, values) -> DeclarationPlace.of(span, view)
                        .ifPresent(place -> shapes.put(
                                place,
                                values.stream().map(Value::type).distinct().toList())));
        Map<String, String> inputs = new LinkedHashMap<>();
        sketch.inputs().forEach(input -> inputs.put(input.name(), input.type()));
        Map<String, String> instances = new LinkedHashMap<>();
        sketch.instances()
                .forEach((path, block) -> view.of(block.span().file())
                        .ifPresent(file -> instances.put(
                                path, NetworkFacts.key(file.uri(), block.name().text()))));
        List<NetworkFacts.Located> findings = new ArrayList<>();
        sketch.findings()
                .forEach(finding -> DeclarationPlace.of(finding.span(), view)
                        .ifPresent(place -> findings.add(new NetworkFacts.Located(place, finding))));
        return new NetworkFacts(
                document.uri(),
                sketch.network().name().text(),
                sources(document, sketch.network()),
                lines(document, sketch.network()),
                findings,
                shapes,
                inputs,
                instances,
                sketch.operations().stream().map(FactsReader::layer).toList(),
                sketch.graph().map(FactsReader::parameters).orElseGet(() -> parameters(sketch.operations())),
                sketch.graph().map(FactsReader::whole));
    }

    private static NetworkFacts.LayerFacts layer(ForwardOp op) {
        return new NetworkFacts.LayerFacts(
                op.origin().layer(), op.origin().word(), op.result().type());
    }

    private static List<NetworkFacts.ParameterFacts> parameters(List<ForwardOp> operations) {
        return operations.stream()
                .flatMap(op -> op.inputs().stream())
                .filter(value -> value.kind() == Value.Kind.PARAMETER)
                .distinct()
                .map(value -> new NetworkFacts.ParameterFacts(
                        value.name(),
                        Optional.empty(),
                        value.shape().toString(),
                        value.shape().elements(),
                        "",
                        false))
                .toList();
    }

    private static List<NetworkFacts.ParameterFacts> parameters(Graph graph) {
        Map<ParameterDecl, String> regularizers = new HashMap<>();
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter, regularizer(group, parameter)));
            }
        }
        return graph.parameters().stream()
                .map(parameter -> new NetworkFacts.ParameterFacts(
                        parameter.name(),
                        Optional.of(parameter.role()),
                        parameter.value().shape().toString(),
                        parameter.value().shape().elements(),
                        regularizers.getOrDefault(parameter, ""),
                        parameter.frozen()))
                .toList();
    }

    private static String regularizer(UpdateGroup group, ParameterDecl parameter) {
        String terms = NetworkReport.terms(group, parameter);
        return group.name().matches("\\w+") && !group.name().equals(terms) ? group.name() + " = " + terms : terms;
    }

    private static NetworkFacts.Whole whole(Graph graph) {
        List<String> activities = graph.updateGroups().stream()
                .flatMap(group -> group.activities().stream()
                        .map(activity -> activity.value().name() + ": " + group.name() + ", "
                                + activity.reduction().word() + " over the batch"))
                .toList();
        return new NetworkFacts.Whole(
                graph.operations().stream().mapToLong(ForwardOp::multiplyAdds).sum(),
                graph.optimizer().map(OptimizerDecl::describe).orElse(""),
                activities);
    }
}
