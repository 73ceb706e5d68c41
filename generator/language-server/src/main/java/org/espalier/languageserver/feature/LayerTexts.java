package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.languageserver.workspace.NetworkFacts;
import org.espalier.languageserver.workspace.NetworkFacts.ParameterFacts;

/** Writes what is known of layers: shapes, numbers of parameters, regularizers. */
final class LayerTexts {
    /** Rows of a table that an editor can show at once. */
    private static final int ROWS = 12;

    /** Shapes that a line names; of more it says how many there are. */
    private static final int SHAPES = 2;

    private LayerTexts() {}

    /** {@code [batch, 64, 8, 8]}; of several, the first and how many there are. */
    static String shapes(Collection<String> shapes) {
        List<String> all = List.copyOf(shapes);
        return all.size() <= SHAPES
                ? String.join(" or ", all)
                : all.get(0) + " and " + (all.size() - 1) + " other shapes";
    }

    static String counted(long number, String noun) {
        return String.format(Locale.ROOT, "%,d", number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** The parameters whose layers lie at or below some paths. */
    static List<ParameterFacts> below(NetworkFacts facts, Collection<String> paths) {
        return facts.parameters().stream()
                .filter(parameter -> paths.stream().anyMatch(path -> isBelow(parameter.name(), path)))
                .toList();
    }

    static boolean isBelow(String name, String path) {
        return path.isEmpty()
                || (name.startsWith(path) && (name.length() == path.length() || name.charAt(path.length()) == '.'));
    }

    /** The beginnings of the paths that a declaration's layers have in a network. */
    static List<String> places(NetworkFacts facts, String uri, String declaration) {
        if (facts.uri().equals(uri) && facts.network().equals(declaration)) {
            return List.of("");
        }
        return facts.instances().entrySet().stream()
                .filter(instance -> instance.getValue().equals(uri + "#" + declaration))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Their number, and those with a regularizer as a table; nothing if there are none. */
    static List<String> parameters(Collection<ParameterFacts> parameters) {
        if (parameters.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        long elements = parameters.stream().mapToLong(ParameterFacts::elements).sum();
        boolean frozen = parameters.stream().allMatch(ParameterFacts::frozen);
        lines.add(counted(elements, "parameter")
                + (parameters.size() == 1 ? "" : " in " + counted(parameters.size(), "tensor"))
                + (frozen ? ", frozen" : ""));
        lines.add("");
        lines.add("| parameter | shape | regularizer |");
        lines.add("|---|---|---|");
        parameters.stream()
                .limit(ROWS)
                .forEach(parameter -> lines.add("| `" + parameter.name() + "` | `" + parameter.shape() + "` | "
                        + regularizer(parameter) + " |"));
        if (parameters.size() > ROWS) {
            lines.add("| and " + (parameters.size() - ROWS) + " more | | " + regularized(parameters) + " |");
        }
        return lines;
    }

    private static String regularizer(ParameterFacts parameter) {
        String frozen = parameter.frozen() ? "frozen" : "";
        String terms = parameter.regularizer().isEmpty() ? "" : "`" + parameter.regularizer() + "`";
        return frozen.isEmpty() || terms.isEmpty() ? frozen + terms : terms + ", frozen";
    }

    private static String regularized(Collection<ParameterFacts> parameters) {
        long with = parameters.stream()
                .filter(parameter -> !parameter.regularizer().isEmpty())
                .count();
        return with == 0 ? "" : with + " of all have one";
    }

    /** Regularizers of parameters with the number of tensors that each is on. */
    static List<String> regularizers(Collection<ParameterFacts> parameters) {
        Map<String, Long> counts = parameters.stream()
                .filter(parameter -> !parameter.regularizer().isEmpty())
                .collect(Collectors.groupingBy(ParameterFacts::regularizer, TreeMap::new, Collectors.counting()));
        List<String> lines = new ArrayList<>();
        counts.forEach((regularizer, count) -> lines.add("- `" + regularizer + "` on " + counted(count, "tensor")));
        return lines;
    }

    /** Everything of one network in a few lines. */
    static List<String> network(NetworkFacts facts) {
        List<String> lines = new ArrayList<>();
        String work = facts.whole()
                .map(whole -> ", " + String.format(Locale.ROOT, "%,d", whole.multiplyAdds())
                        + " multiply-adds forward for each sample")
                .orElse("");
        lines.add(counted(facts.parameterCount(), "parameter") + work);
        List<String> rest = new ArrayList<>(regularizers(facts.parameters()));
        facts.whole().ifPresent(whole -> {
            whole.activities().forEach(activity -> rest.add("- activity of " + activity));
            if (!whole.optimizer().isEmpty()) {
                rest.add("- optimizer `" + whole.optimizer() + "`");
            }
        });
        if (!rest.isEmpty()) {
            lines.add("");
            lines.addAll(rest);
        }
        if (facts.whole().isEmpty()) {
            lines.add("");
            lines.add("The network has mistakes: this is what is known without what they stop.");
        }
        return lines;
    }

    /** Types of what the layers at some paths make last, each once. */
    static Set<String> results(NetworkFacts facts, Collection<String> paths) {
        Set<String> results = new LinkedHashSet<>();
        for (String path : paths) {
            facts.layers().stream()
                    .filter(layer -> isBelow(layer.path(), path))
                    .reduce((earlier, later) -> later)
                    .ifPresent(layer -> results.add(layer.result()));
        }
        return results;
    }
}
