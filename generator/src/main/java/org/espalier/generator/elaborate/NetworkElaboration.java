package org.espalier.generator.elaborate;

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
import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.clauses.ConstantRange;
import org.espalier.generator.elaborate.clauses.LearningCheck;
import org.espalier.generator.elaborate.clauses.LossClauses;
import org.espalier.generator.elaborate.clauses.LossWarnings;
import org.espalier.generator.elaborate.clauses.NormWarning;
import org.espalier.generator.elaborate.clauses.OptimizerCheck;
import org.espalier.generator.elaborate.clauses.ParameterClauses;
import org.espalier.generator.elaborate.clauses.TermCheck;
import org.espalier.generator.elaborate.evaluation.BodyNames;
import org.espalier.generator.elaborate.evaluation.BodyRun;
import org.espalier.generator.elaborate.evaluation.Clauses;
import org.espalier.generator.elaborate.evaluation.Evaluator;
import org.espalier.generator.elaborate.evaluation.Module;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Scope;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Session.Budget;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.Tensors;
import org.espalier.generator.elaborate.language.Tensors.Draft;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.elaborate.lowering.Activities;
import org.espalier.generator.elaborate.lowering.Lowering;
import org.espalier.generator.elaborate.lowering.SizeAdvice;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Declaration.NetworkDecl;

/** Elaborates one network: runs its body, lays its layers out over shapes, and applies its clauses. */
final class NetworkElaboration {
    private final Module module;
    private final NetworkDecl declaration;
    private final Session session;
    private final Frame frame;
    private final Trace trace = new Trace();
    private final Clauses clauses = new Clauses();
    private final Tensors tensors = new Tensors();
    private List<Value> inputs = List.of();
    private Optional<Lowering> laidOut = Optional.empty();

    private NetworkElaboration(Module module, NetworkDecl declaration, Budget budget, Diagnostics diagnostics) {
        this.module = module;
        this.declaration = declaration;
        this.session = new Session(diagnostics, budget);
        this.frame = Frame.network(declaration);
    }

    /**
     * The network's graph; empty if there is any mistake in it or in what it uses, all of which are reported.
     *
     * @param budget of the file
     */
    static Optional<Graph> elaborate(Module module, NetworkDecl declaration, Budget budget, Diagnostics diagnostics) {
        return new NetworkElaboration(module, declaration, budget, diagnostics).elaborate();
    }

    /**
     * The same with what became of the network where it has mistakes, which are kept apart. A body that did not parse
     * is elaborated without the statements that did not, and nothing is reported then but what did not parse.
     */
    static Sketch sketch(Module module, NetworkDecl declaration, Budget budget) {
        Diagnostics diagnostics = new Diagnostics();
        NetworkElaboration elaboration = new NetworkElaboration(module, declaration, budget, diagnostics);
        boolean broken = declaration.body().broken();
        if (broken) {
            elaboration.session.unknown();
        }
        Optional<Graph> graph = elaboration.elaborated();
        return new Sketch(
                declaration,
                elaboration.inputs,
                elaboration.laidOut.map(Lowering::results).orElse(Map.of()),
                elaboration.laidOut.map(Lowering::operations).orElse(List.of()),
                Sketch.instances(elaboration.laidOut.map(Lowering::blocks).orElse(Map.of())),
                graph,
                broken ? List.of() : diagnostics.toList());
    }

    private Optional<Graph> elaborate() {
        return declaration.body().broken() ? Optional.empty() : elaborated();
    }

    private Optional<Graph> elaborated() {
        runBody();
        inputs = inputs();
        reserveNames();
        Lowering lowering = new Lowering(session, frame, tensors, new SizeAdvice(frame, trace, inputs));
        laidOut = Optional.of(lowering);
        List<Optional<String>> wanted = trace.outputs().stream()
                .map(output -> Optional.of(output.name().text()))
                .toList();
        if (inputs.size() < trace.inputs().size()) {
            return Optional.empty();
        }
        Map<Symbol, Value> values = lowering.run(trace, inputs, "", wanted);
        Map<Symbol, Value> outputs = outputs(values, lowering);
        List<Loss> losses = new LossClauses(session, frame, clauses, trace, tensors)
                .resolve(symbol -> Optional.ofNullable(outputs.get(symbol))
                        .or(() -> Optional.ofNullable(values.get(symbol))
                                .flatMap(value -> lowering.read(value, symbol.span(), frame))));
        if (session.hasFailed()) {
            return Optional.empty();
        }
        Set<Value> seen = new HashSet<>(outputs.values());
        losses.forEach(loss -> seen.addAll(loss.operands()));
        List<ForwardOp> operations = needed(lowering.operations(), seen);
        List<Draft> drafts = used(operations);
        checkParameterCount(drafts);
        ParameterClauses parameters = new ParameterClauses(session, frame, clauses, drafts);
        parameters.resolve(lowering.applied());
        TermCheck.check(session, frame, parameters);
        OptimizerCheck.check(session, frame, clauses.optimizer(), parameters);
        List<Activities.Claim> activities =
                lowering.activities().effective(session, operations, parameters.parameters());
        checkConstants(parameters, activities);
        activities.forEach(claim -> seen.add(claim.value()));
        NormWarning.warn(session, frame, operations, seen, parameters.claims());
        LossWarnings.warn(session, frame, operations, losses);
        new LearningCheck(session, frame).check(operations, parameters.parameters(), wanted(inputs), losses);
        if (session.hasFailed()) {
            return Optional.empty();
        }
        List<UpdateGroup> groups = parameters.groups(activities);
        checkCounts(inputs, new HashSet<>(outputs.values()), groups);
        if (session.hasFailed()) {
            return Optional.empty();
        }
        Graph graph = graph(inputs, outputs, operations, losses, parameters, groups, lowering);
        Map<Value, Integer> limits = graph.limits();
        graph.statistics().stream()
                .filter(statistic -> statistic.value().isWhole())
                .forEach(statistic ->
                        checkIndices(statistic, limits.getOrDefault(statistic.value(), Integer.MAX_VALUE)));
        return session.hasFailed() ? Optional.empty() : Optional.of(graph);
    }

    private Graph graph(
            List<Value> inputs,
            Map<Symbol, Value> outputs,
            List<ForwardOp> operations,
            List<Loss> losses,
            ParameterClauses parameters,
            List<UpdateGroup> groups,
            Lowering lowering) {
        return new Graph(
                new Graph.Declaration(
                        module.file().packageName().text(),
                        declaration.name().text(),
                        declaration.documentation(),
                        declaration.span()),
                clauses.precision(),
                inputs,
                parameters.parameters(),
                statistics(operations),
                operations,
                trace.outputs().stream()
                        .map(output -> outputs.get(output.symbol()))
                        .toList(),
                new Graph.Training(losses, optimizer(), parameters.optimizerGroups(), groups, wanted(inputs)),
                new Graph.Written(
                        calls(lowering.calls(), operations),
                        blocks(lowering.blocks(), operations),
                        sites(lowering.applied())));
    }

    /** The calls that made layers, from the innermost to that in the network. */
    private static Map<String, List<SourceSpan>> sites(Map<Layer, String> applied) {
        Map<String, List<SourceSpan>> sites = new HashMap<>();
        applied.forEach((layer, path) -> {
            List<SourceSpan> calls = new ArrayList<>(List.of(layer.site().span()));
            Optional<Frame> frame = Optional.of(layer.site().frame());
            while (frame.isPresent()) {
                frame.get().calledAt().ifPresent(calls::add);
                frame = frame.get().caller();
            }
            sites.put(path, calls);
        });
        return sites;
    }

    /** Checks that the whole numbers of a buffer are places along the axes that they are taken of. */
    private void checkIndices(Statistic statistic, int limit) {
        Value value = statistic.value();
        for (long place = 0; place < value.shape().elements(); place++) {
            double index = Statistic.at(statistic.initial(), value.shape(), place);
            if (index < 0 || index >= limit) {
                report(DiagnosticCode.ARGUMENT_RANGE.at(
                        value.span(), value.name(), "buffer", "from 0 to " + (limit - 1), Decimal.inProse(index)));
                return;
            }
        }
    }

    /** The calls of those layers that are needed. */
    private static Map<String, String> calls(Map<String, String> calls, List<ForwardOp> operations) {
        Map<String, String> needed = new LinkedHashMap<>();
        for (ForwardOp op : operations) {
            String call = calls.get(op.origin().layer());
            if (call != null) {
                needed.put(op.origin().layer(), call);
            }
        }
        return needed;
    }

    /** The blocks that something of what is needed lies in. */
    private static List<Block> blocks(Map<String, Layer.Call> calls, List<ForwardOp> operations) {
        Set<String> needed = new HashSet<>();
        for (ForwardOp op : operations) {
            String path = op.origin().layer();
            for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
                if (!needed.add(path.substring(0, dot))) {
                    break;
                }
            }
        }
        Map<SourceSpan, Declaration> declarations = new LinkedHashMap<>();
        Map<SourceSpan, List<Block.Instance>> instances = new HashMap<>();
        calls.forEach((path, call) -> {
            if (needed.contains(path)) {
                SourceSpan span = call.block().span();
                declarations.putIfAbsent(span, call.block());
                instances.computeIfAbsent(span, key -> new ArrayList<>()).add(new Block.Instance(path, call.sizes()));
            }
        });
        List<Block> blocks = new ArrayList<>();
        declarations.forEach((span, block) -> blocks.add(
                new Block(block.name().text(), block.documentation(), span, instances.getOrDefault(span, List.of()))));
        return blocks;
    }

    private Optional<OptimizerDecl> optimizer() {
        return clauses.optimizer().map(Clauses.OptimizerClause::optimizer);
    }

    private void runBody() {
        BodyNames names = new BodyNames(module);
        Evaluator evaluator = new Evaluator(session, names, frame, new Scope(), Optional.empty());
        for (Declaration.Formal formal : declaration.formals()) {
            if (formal.defaultValue().isEmpty()) {
                report(DiagnosticCode.NETWORK_PARAMETER.at(formal.span(), formal.name(), declaration.name()));
            }
            Datum value = evaluator.defaultOf(formal, declaration.name().text());
            names.bind(formal.name().text(), value, formal.span());
        }
        BodyRun.ofNetwork(evaluator, declaration, declaration.body(), trace, clauses);
        clauses.finish(declaration.name().text());
        boolean input = !trace.inputs().isEmpty();
        boolean output = !trace.outputs().isEmpty() || session.hasFailed();
        if (!input || !output) {
            report(DiagnosticCode.NO_INPUT_OR_OUTPUT
                    .at(declaration.span(), declaration.name(), input ? "output" : output ? "input" : "input or output")
                    .withHelp(
                            input
                                    ? "write for instance output y = model(x)"
                                    : "write for instance input x: float[batch, 3, 64, 64]"));
        }
    }

    private List<Value> inputs() {
        return trace.inputs().stream()
                .flatMap(input -> input.type().stream()
                        .map(type -> tensors.reserved(
                                input.name().text(),
                                type,
                                Value.Kind.INPUT,
                                input.symbol().span())))
                .toList();
    }

    private List<Value> wanted(List<Value> inputs) {
        return IntStream.range(0, inputs.size())
                .filter(i -> trace.inputs().get(i).wanted())
                .mapToObj(inputs::get)
                .toList();
    }

    private void reserveNames() {
        trace.outputs().forEach(output -> tensors.reserve(output.name().text()));
        clauses.targets().forEach(target -> tensors.reserve(target.name().text()));
    }

    /** The values of the outputs, each made by a layer and each under one name. */
    private Map<Symbol, Value> outputs(Map<Symbol, Value> values, Lowering lowering) {
        Map<Symbol, Value> outputs = new HashMap<>();
        Map<Value, String> names = new HashMap<>();
        for (Trace.Output output : trace.outputs()) {
            Value written = values.get(output.symbol());
            Optional<Value> value = written == null
                    ? Optional.empty()
                    : lowering.read(written, output.name().span(), frame);
            if (value.isEmpty()) {
                continue;
            }
            String before = names.putIfAbsent(value.get(), output.name().text());
            if (value.get().kind() != Value.Kind.ACTIVATION) {
                report(DiagnosticCode.OUTPUT_IS_INPUT.at(output.name().span(), output.name()));
            } else if (!value.get().shape().batched()) {
                report(Fit.mismatch(
                                "output", "a tensor with a batch", value.get().shape())
                        .withHelp("expand(…, batch, …) repeats it for each sample")
                        .at(output.name().span()));
            } else if (before != null) {
                report(DiagnosticCode.OUTPUT_TWICE.at(output.name().span(), output.name(), before));
            }
            outputs.put(output.symbol(), value.get());
        }
        return outputs;
    }

    /** The operations that outputs and losses depend on. */
    private static List<ForwardOp> needed(List<ForwardOp> operations, Set<Value> results) {
        Set<Value> wanted = new HashSet<>(results);
        Deque<ForwardOp> needed = new ArrayDeque<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            ForwardOp op = operations.get(i);
            if (op.outputs().stream().anyMatch(wanted::contains)) {
                needed.addFirst(op);
                wanted.addAll(op.inputs());
            }
        }
        return new ArrayList<>(needed);
    }

    private static Set<Value> read(List<ForwardOp> operations) {
        Set<Value> read = new HashSet<>();
        operations.forEach(op -> read.addAll(op.inputs()));
        return read;
    }

    private List<Draft> used(List<ForwardOp> operations) {
        Set<Value> read = read(operations);
        return tensors.parameters().stream()
                .filter(draft -> read.contains(draft.value()))
                .toList();
    }

    private List<Statistic> statistics(List<ForwardOp> operations) {
        Set<Value> read = read(operations);
        return tensors.statistics().stream()
                .filter(statistic -> read.contains(statistic.value()))
                .toList();
    }

    private void checkParameterCount(List<Draft> drafts) {
        long count = drafts.stream()
                .mapToLong(draft -> draft.value().shape().elements())
                .sum();
        if (count > Limits.PARAMETERS) {
            report(DiagnosticCode.TOO_MANY_PARAMETERS.at(declaration.span(), declaration.name(), Limits.PARAMETERS));
        }
    }

    private void checkCounts(List<Value> inputs, Set<Value> outputs, List<UpdateGroup> groups) {
        checkCount(inputs.size(), "inputs", Limits.METHOD_PARAMETERS);
        checkCount(outputs.size(), "outputs", Limits.METHOD_PARAMETERS);
        int terms = groups.stream().mapToInt(group -> group.terms().size()).sum();
        checkCount(terms, "terms of regularizers", Limits.TERMS);
    }

    private void checkCount(int count, String what, int limit) {
        if (count > limit) {
            report(DiagnosticCode.TOO_MANY_FOR_A_CLASS.at(declaration.span(), declaration.name(), count, what, limit));
        }
    }

    private void checkConstants(ParameterClauses parameters, List<Activities.Claim> activities) {
        ConstantRange range = new ConstantRange(session, frame, clauses.precision());
        parameters.claims().values().forEach(claim -> range.check(claim.penalty()));
        activities.forEach(claim -> range.check(claim.regularizer().penalty()));
        session.constants().forEach(range::check);
        clauses.loss()
                .ifPresent(clause -> clause.loss()
                        .terms()
                        .forEach(term -> range.check(
                                "factor",
                                Words.oneLine(clause.span()).replaceFirst("^loss ", ""),
                                term.scale(),
                                clause.span())));
        clauses.reports().forEach(report -> range.check("bound", "report sparsity", report.below(), report.span()));
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, frame);
    }
}
