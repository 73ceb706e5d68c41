package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.Selectors.Choice;
import org.espalier.generator.elaborate.clauses.Selectors.Clause;
import org.espalier.generator.elaborate.evaluation.Clauses;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Tensors.Draft;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.elaborate.lowering.Activities;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.UpdateGroup.Activity;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Statement;
import org.espalier.generator.syntax.Statement.Role;
import org.espalier.generator.syntax.Statement.Selector;

/** Resolves the clauses of a network to its parameters: how each starts, whether it learns, what regularizes it. */
public final class ParameterClauses {
    /** A penalty on a parameter, and what put it there: an argument of its own layer, or a clause. */
    public record Claim(Penalty penalty, SourceSpan span, boolean ofLayer) {}

    private final Session session;
    private final Frame network;
    private final Clauses clauses;
    private final List<Draft> drafts;
    private final Selectors selectors;
    private final Map<Draft, ParameterDecl> parameters = new LinkedHashMap<>();
    private final Map<Draft, Claim> claims = new HashMap<>();
    private final Map<Draft, Clauses.Optimize> optimized = new HashMap<>();

    public ParameterClauses(Session session, Frame network, Clauses clauses, List<Draft> drafts) {
        this.session = session;
        this.network = network;
        this.clauses = clauses;
        this.drafts = drafts;
        this.selectors = new Selectors(session, network, drafts);
    }

    /** Resolves everything and reports what has no effect. */
    public void resolve(Map<Layer, String> applied) {
        Set<Draft> frozen = frozen();
        Map<Draft, Choice<Datum.Start>> starts = selectors.choose(clauses.initializes().stream()
                .map(clause -> new Clause<>(clause.roles(), clause.selectors(), clause.start(), clause.span()))
                .toList());
        Set<SourceSpan> mistaken = new HashSet<>();
        Map<Draft, Choice<Double>> reports = selectors.choose(clauses.reports().stream()
                .map(clause -> new Clause<>(clause.roles(), clause.selectors(), clause.below(), clause.span()))
                .toList());
        for (Draft draft : drafts) {
            Choice<Datum.Start> start = starts.get(draft);
            Choice<Double> report = reports.get(draft);
            parameters.put(
                    draft,
                    new ParameterDecl(
                            draft.value(),
                            draft.role(),
                            start == null ? draft.initializer() : start(draft, start.clause(), mistaken),
                            frozen.contains(draft),
                            draft.outputAxis(),
                            report == null
                                    ? OptionalDouble.empty()
                                    : OptionalDouble.of(report.clause().value())));
        }
        reportUnused(applied);
        claim(frozen);
        optimize(frozen);
        SparsityWarning warning = new SparsityWarning();
        for (Draft draft : drafts) {
            Choice<Double> report = reports.get(draft);
            if (report != null && !frozen.contains(draft)) {
                warning.look(report.clause().span(), draft.value().name(), Optional.ofNullable(claims.get(draft)));
            }
        }
        warning.report(session, network);
    }

    public List<ParameterDecl> parameters() {
        return List.copyOf(parameters.values());
    }

    /** The penalties by parameter. */
    public Map<ParameterDecl, Claim> claims() {
        Map<ParameterDecl, Claim> byParameter = new LinkedHashMap<>();
        parameters.forEach((draft, parameter) -> {
            Claim claim = claims.get(draft);
            if (claim != null) {
                byParameter.put(parameter, claim);
            }
        });
        return byParameter;
    }

    /** The start of a parameter by a clause. A mistake is reported once, however many parameters the clause means. */
    private InitializerDecl start(Draft draft, Clause<Datum.Start> clause, Set<SourceSpan> mistaken) {
        Shape shape = draft.value().shape();
        return clause.value()
                .of(shape, found -> {
                    if (mistaken.add(clause.span())) {
                        session.report(
                                DiagnosticCode.CLAUSE_TYPE
                                        .at(
                                                clause.span(),
                                                "initialize",
                                                "an initializer of "
                                                        + draft.value().name() + " " + shape,
                                                found)
                                        .withHelp("write another 'initialize' for it, 'of " + draft.path()
                                                + "', or the layers that are meant behind 'of'"),
                                network);
                    }
                })
                .orElse(draft.initializer());
    }

    private Set<Draft> frozen() {
        Set<Draft> frozen = new HashSet<>();
        for (Statement.Freeze clause : clauses.freezes()) {
            List<Role> everything = everything(clause.span());
            for (Selector selector : clause.selectors()) {
                List<Draft> found = selectors.find(everything, selector);
                if (session.isExhausted()) {
                    return frozen;
                }
                if (found.isEmpty()) {
                    session.report(selectors.nothing(everything, selector), network);
                }
                frozen.addAll(found);
            }
        }
        return frozen;
    }

    private static List<Role> everything(SourceSpan span) {
        return Stream.of(Role.Kind.WEIGHTS, Role.Kind.BIASES, Role.Kind.NORMS)
                .map(kind -> new Role(kind, span))
                .toList();
    }

    /** Finds which parameters follow an optimizer of their own. */
    private void optimize(Set<Draft> frozen) {
        List<Clause<Clauses.Optimize>> written = clauses.optimizes().stream()
                .map(clause -> new Clause<>(
                        clause.roles().isEmpty() ? everything(clause.span()) : clause.roles(),
                        clause.selectors(),
                        clause,
                        clause.span()))
                .toList();
        Map<Draft, Choice<Clauses.Optimize>> choices = selectors.choose(written);
        for (Draft draft : drafts) {
            Choice<Clauses.Optimize> choice = choices.get(draft);
            if (choice != null && !frozen.contains(draft)) {
                optimized.put(draft, choice.clause().value());
            }
        }
        if (selectors.foundAmbiguity() || session.isExhausted()) {
            return;
        }
        for (Clause<Clauses.Optimize> clause : written) {
            List<Draft> found = clause.selectors().stream()
                    .flatMap(selector -> selectors.find(clause.roles(), selector).stream())
                    .distinct()
                    .toList();
            if (found.isEmpty() || optimized.containsValue(clause.value())) {
                continue;
            }
            List<String> unmoved = found.stream()
                    .filter(frozen::contains)
                    .map(draft -> draft.value().name())
                    .toList();
            session.report(
                    DiagnosticCode.OPTIMIZE_UNUSED.at(
                            clause.span(),
                            unmoved.size() < found.size()
                                    ? "more specific clauses cover every parameter it means"
                                            + (unmoved.isEmpty() ? "" : " that is not frozen")
                                    : Words.some(unmoved) + (unmoved.size() == 1 ? " is" : " are") + " frozen"),
                    network);
        }
    }

    /** The groups of parameters that follow optimizers of their own, in the order of their clauses. */
    public List<OptimizerGroup> optimizerGroups() {
        Map<Clauses.Optimize, List<ParameterDecl>> groups = new LinkedHashMap<>();
        clauses.optimizes().forEach(clause -> groups.put(clause, new ArrayList<>()));
        parameters.forEach((draft, parameter) -> {
            Clauses.Optimize clause = optimized.get(draft);
            if (clause != null) {
                groups.getOrDefault(clause, new ArrayList<>()).add(parameter);
            }
        });
        List<OptimizerGroup> result = new ArrayList<>();
        groups.forEach((clause, members) -> {
            if (!members.isEmpty()) {
                result.add(
                        new OptimizerGroup(clause.optimizer(), Words.oneLine(clause.span()), members, clause.span()));
            }
        });
        return result;
    }

    /** A layer's own clause wins over selectors, and among those the most specific. */
    private void claim(Set<Draft> frozen) {
        List<Clause<Optional<Penalty>>> written = clauses.regularizes().stream()
                .map(clause -> new Clause<>(clause.roles(), clause.selectors(), clause.penalty(), clause.span()))
                .toList();
        Map<Draft, Choice<Optional<Penalty>>> choices = selectors.choose(written);
        Set<Clause<Optional<Penalty>>> effective = new HashSet<>();
        Map<Clause<Optional<Penalty>>, Draft> onFrozen = new LinkedHashMap<>();
        for (Draft draft : drafts) {
            Optional<Penalty> own = own(draft);
            Choice<Optional<Penalty>> choice = choices.get(draft);
            if (own.isPresent()) {
                SourceSpan span = draft.layer().site().span();
                if (frozen.contains(draft)) {
                    session.report(
                            DiagnosticCode.REGULARIZER_ON_FROZEN.at(
                                    span, draft.value().name()),
                            draft.layer().site().frame());
                } else {
                    claims.put(draft, new Claim(own.get(), span, true));
                }
            } else if (choice != null) {
                if (frozen.contains(draft)) {
                    onFrozen.putIfAbsent(choice.clause(), draft);
                    continue;
                }
                effective.add(choice.clause());
                choice.clause()
                        .value()
                        .ifPresent(penalty -> claims.put(
                                draft, new Claim(penalty, choice.clause().span(), false)));
            }
        }
        Set<Clause<Optional<Penalty>>> chosen = new HashSet<>();
        choices.values().forEach(choice -> chosen.add(choice.clause()));
        if (!selectors.foundAmbiguity()) {
            written.forEach(clause -> reportWithoutEffect(clause, effective, onFrozen, chosen));
        }
    }

    private static Optional<Penalty> own(Draft draft) {
        boolean weight = draft.role() == ParameterDecl.Role.WEIGHT || draft.role() == ParameterDecl.Role.NORM_WEIGHT;
        return weight
                ? draft.layer().rule().weightPenalty()
                : draft.layer().rule().biasPenalty();
    }

    private void reportWithoutEffect(
            Clause<Optional<Penalty>> clause,
            Set<Clause<Optional<Penalty>>> effective,
            Map<Clause<Optional<Penalty>>, Draft> onFrozen,
            Set<Clause<Optional<Penalty>>> chosen) {
        Draft frozen = onFrozen.get(clause);
        boolean finds = clause.selectors().stream()
                .anyMatch(selector -> !selectors.find(clause.roles(), selector).isEmpty());
        if (clause.value().isEmpty() || effective.contains(clause) || !finds) {
            return;
        }
        if (frozen != null) {
            session.report(
                    DiagnosticCode.REGULARIZER_ON_FROZEN.at(
                            clause.span(), frozen.value().name()),
                    network);
            return;
        }
        String reason = chosen.contains(clause)
                ? "every parameter it means has a regularizer of its own layer"
                : "more specific clauses cover every parameter it means";
        session.report(
                DiagnosticCode.REGULARIZER_UNUSED.at(
                        clause.span(), clause.value().get().name(), reason),
                network);
    }

    /** A layer with a regularizer that never runs; unless the same words made another layer that does. */
    private void reportUnused(Map<Layer, String> applied) {
        Set<SourceSpan> places = new HashSet<>();
        applied.keySet().forEach(layer -> places.add(layer.site().span()));
        for (Layer.Primitive layer : session.regularized()) {
            if (!places.contains(layer.site().span())) {
                String name = layer.penalties().get(0).name();
                session.report(
                        DiagnosticCode.REGULARIZER_UNUSED.at(layer.site().span(), name, "the layer is never used"),
                        layer.site().frame());
            }
        }
    }

    private record Group(String name, List<RegularizerTerm> terms) {}

    /**
     * The unfrozen parameters by regularizer, in the order of their first parameter; with the activities of the same
     * regularizers, then those of others.
     */
    public List<UpdateGroup> groups(List<Activities.Claim> activities) {
        Map<ParameterDecl, Claim> byParameter = claims();
        Map<Group, List<ParameterDecl>> groups = new LinkedHashMap<>();
        for (ParameterDecl parameter : parameters.values()) {
            if (!parameter.frozen()) {
                Claim claim = byParameter.get(parameter);
                Group group = claim == null
                        ? new Group("", List.of())
                        : new Group(claim.penalty().name(), claim.penalty().terms());
                groups.computeIfAbsent(group, key -> new ArrayList<>()).add(parameter);
            }
        }
        Map<Group, List<Activity>> penalized = new HashMap<>();
        for (Activities.Claim claim : activities) {
            Penalty penalty = claim.regularizer().penalty();
            Group group = new Group(penalty.name(), penalty.terms());
            groups.computeIfAbsent(group, key -> new ArrayList<>());
            penalized.computeIfAbsent(group, key -> new ArrayList<>()).add(claim.activity());
        }
        List<UpdateGroup> result = new ArrayList<>();
        Set<String> names = new HashSet<>();
        groups.forEach((group, members) -> {
            result.add(new UpdateGroup(
                    unique(group, names), group.terms(), members, penalized.getOrDefault(group, List.of())));
        });
        return result;
    }

    /** The group's name; of several alike, each after the first with its terms too, and with a number if need be. */
    private static String unique(Group group, Set<String> names) {
        if (names.add(group.name())) {
            return group.name();
        }
        String name = SourceSpan.shortened(group.name() + " = " + describe(group.terms()));
        String unique = name;
        for (int i = 2; !names.add(unique); i++) {
            unique = name + " (" + i + ")";
        }
        return unique;
    }

    private static String describe(List<RegularizerTerm> terms) {
        return String.join(" + ", terms.stream().map(RegularizerTerm::describe).toList());
    }
}
