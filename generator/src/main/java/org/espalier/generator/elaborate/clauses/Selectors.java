package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Tensors.Draft;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Statement.Role;
import org.espalier.generator.syntax.Statement.Selector;

/** Applies clauses with selectors to the parameters of a network: the most specific selector wins. */
final class Selectors {
    /** A clause of some kind, as far as selection is concerned; no selectors stand for every layer. */
    record Clause<T>(List<Role> roles, List<Selector> selectors, T value, SourceSpan span) {
        Clause {
            selectors = selectors.isEmpty() ? List.of(new Selector(List.of("**"), span)) : List.copyOf(selectors);
        }
    }

    /** The clause that a parameter has, and by which selector. */
    record Choice<T>(Selector selector, Clause<T> clause) {}

    /** Number of layers that are compared with a part of a selector in the time of a step of evaluation. */
    private static final long COMPARISONS = 10;

    private final Session session;
    private final Frame network;
    private final List<Draft> drafts;
    private boolean ambiguous;

    Selectors(Session session, Frame network, List<Draft> drafts) {
        this.session = session;
        this.network = network;
        this.drafts = drafts;
    }

    /** The clause of each parameter that has one. Selectors that find nothing or contradict each other are reported. */
    <T> Map<Draft, Choice<T>> choose(List<Clause<T>> clauses) {
        Map<Draft, Choice<T>> chosen = new HashMap<>();
        for (Clause<T> clause : clauses) {
            for (Selector selector : clause.selectors()) {
                List<Draft> found = find(clause.roles(), selector);
                if (session.isExhausted()) {
                    return chosen;
                }
                if (found.isEmpty()) {
                    session.report(nothing(clause.roles(), selector), network);
                }
                Choice<T> choice = new Choice<>(selector, clause);
                found.forEach(draft -> chosen.merge(draft, choice, (before, now) -> moreSpecific(draft, before, now)));
            }
        }
        return chosen;
    }

    private <T> Choice<T> moreSpecific(Draft draft, Choice<T> before, Choice<T> now) {
        int order = Selection.SPECIFICITY.compare(before.selector(), now.selector());
        if (order == 0 && !before.clause().equals(now.clause())) {
            ambiguous = true;
            session.report(
                    DiagnosticCode.AMBIGUOUS_SELECTORS
                            .at(
                                    now.selector().span(),
                                    draft.value().name(),
                                    words(before),
                                    before.selector().span().citation(),
                                    words(now))
                            .withHelp("write one clause for it, or a longer selector"),
                    network);
        }
        return order > 0 ? before : now;
    }

    private static String words(Choice<?> choice) {
        boolean written = !choice.selector().span().equals(choice.clause().span());
        return written ? "'" + choice.selector() + "'" : "a clause for every layer";
    }

    /** Tells whether clauses contradicted each other, which was reported. */
    boolean foundAmbiguity() {
        return ambiguous;
    }

    /** The parameters of some roles in the layers of a selector. */
    List<Draft> find(List<Role> roles, Selector selector) {
        long comparisons = (long) drafts.size() * selector.segments().size();
        if (!session.take(1 + comparisons / COMPARISONS, selector.span(), network)) {
            return List.of();
        }
        return drafts.stream()
                .filter(draft -> Selection.covers(roles, draft.role()))
                .filter(draft -> Selection.matches(selector, draft.path()))
                .toList();
    }

    Diagnostic nothing(List<Role> roles, Selector selector) {
        String words = roles.stream().map(role -> words(role.kind())).collect(Collectors.joining(" or "));
        boolean everywhere = selector.segments().equals(List.of("**"));
        Diagnostic diagnostic = DiagnosticCode.SELECTOR_FINDS_NOTHING.at(
                selector.span(),
                words,
                everywhere ? "" : " of a layer '" + selector + "'",
                network.declaration().name());
        List<String> others = Stream.of(
                        Role.Kind.WEIGHTS, Role.Kind.BIASES, Role.Kind.NORM_WEIGHTS, Role.Kind.NORM_BIASES)
                .filter(kind -> !find(List.of(new Role(kind, selector.span())), selector)
                        .isEmpty())
                .map(Selectors::words)
                .toList();
        if (!everywhere && !others.isEmpty()) {
            return diagnostic.withHelp(selector + " has " + String.join(" and ", others));
        }
        List<String> paths = drafts.stream()
                .filter(draft -> Selection.covers(roles, draft.role()))
                .map(Draft::path)
                .distinct()
                .toList();
        Selector inside = new Selector(append(selector.segments(), "**"), selector.span());
        if (paths.stream().anyMatch(path -> Selection.matches(inside, path))) {
            return diagnostic.withHelp("write " + inside + " for the layers in it");
        }
        Optional<String> meant = session.take(paths.size(), selector.span(), network)
                ? Suggestions.closest(selector.toString(), paths)
                : Optional.empty();
        if (meant.isPresent() || paths.isEmpty()) {
            return diagnostic.withSuggestion(meant);
        }
        List<String> some = paths.subList(0, Math.min(5, paths.size()));
        return diagnostic.withHelp("there are " + String.join(", ", some) + (some.size() < paths.size() ? ", …" : ""));
    }

    private static String words(Role.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static List<String> append(List<String> segments, String last) {
        List<String> longer = new ArrayList<>(segments);
        longer.add(last);
        return longer;
    }
}
