package org.espalier.generator.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Footprint;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.source.Printable;

/** Report on what the compiler made of one network, section by section, each as lines without line ends. */
public final class NetworkReport {
    /** Names of parameters that a line has at most. */
    private static final int SHOWN = 6;

    private final Program program;
    private final Graph graph;

    /**
     * A report.
     *
     * @param program with its memory planned
     */
    public NetworkReport(Program program) {
        this.program = program;
        this.graph = program.graph();
    }

    /** {@code Tiny (tiny.net:4): 203,530 parameters, 1.2 M multiply-adds forward for each sample}. */
    public String summary() {
        return Printable.line(graph.name() + " (" + graph.span().citation() + "): ")
                + counted(graph.parameterCount(), "parameter") + ", " + Amount.of(forwardMultiplyAdds())
                + " multiply-adds forward for each sample";
    }

    /** Multiply-adds of one forward pass, for each sample. */
    public long forwardMultiplyAdds() {
        return program.graph().operations().stream()
                .mapToLong(ForwardOp::multiplyAdds)
                .sum();
    }

    /** Inputs and layers in the order they run, with their shapes, parameters and work. */
    public List<String> layers() {
        TextTable table = new TextTable()
                .texts("layer")
                .texts("kind")
                .texts("output")
                .numbers("parameters")
                .numbers("multiply-adds")
                .texts("written at");
        for (Value input : graph.inputs()) {
            table.row(input.name(), "input", input.type(), "", "", input.span().citation());
        }
        Map<Value, ParameterDecl> owned = new LinkedHashMap<>();
        graph.parameters().forEach(parameter -> owned.put(parameter.value(), parameter));
        Map<String, List<ForwardOp>> layers = new LinkedHashMap<>();
        graph.operations()
                .forEach(op -> layers.computeIfAbsent(op.origin().layer(), layer -> new ArrayList<>())
                        .add(op));
        for (List<ForwardOp> operations : layers.values()) {
            ForwardOp last = operations.get(operations.size() - 1);
            // A weight that several layers share is counted where it is used first.
            long parameters = operations.stream()
                    .flatMap(op -> op.inputs().stream())
                    .filter(value -> owned.remove(value) != null)
                    .mapToLong(value -> value.shape().elements())
                    .sum();
            table.row(
                    last.result().name(),
                    last.origin().word(),
                    last.result().shape().toString(),
                    numberOrNothing(parameters),
                    Amount.orNothing(operations.stream()
                            .mapToLong(ForwardOp::multiplyAdds)
                            .sum()),
                    last.origin().span().citation());
        }
        table.row("", "", "", number(graph.parameterCount()), Amount.of(forwardMultiplyAdds()), "");
        return table.lines();
    }

    /**
     * The resolved table: every regularized parameter and activity with its terms, their λ and how they enter the
     * update; then what the optimizer decays besides, and how many parameters have no term.
     */
    public List<String> regularizers() {
        TextTable table = new TextTable()
                .texts("parameter")
                .texts("shape")
                .numbers("elements")
                .texts("regularizer")
                .texts("terms");
        Map<String, UpdateGroup> regularized = new HashMap<>();
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularized.put(parameter.name(), group));
            }
        }
        for (ParameterDecl parameter : graph.parameters()) {
            UpdateGroup group = regularized.get(parameter.name());
            if (group != null) {
                table.row(
                        parameter.name(),
                        parameter.value().shape().toString(),
                        number(parameter.value().shape().elements()),
                        group.name(),
                        terms(group, parameter));
            }
        }
        boolean activities = false;
        for (UpdateGroup group : graph.updateGroups()) {
            for (UpdateGroup.Activity activity : group.activities()) {
                activities = true;
                table.row(
                        activity.value().name() + ", activity",
                        activity.value().shape().toString(),
                        number(activity.value().shape().elements()),
                        group.name(),
                        terms(group) + ", " + activity.reduction().word() + " over the batch");
            }
        }
        List<String> lines = new ArrayList<>(regularized.isEmpty() && !activities ? List.of() : table.lines());
        double decay = graph.optimizer().map(OptimizerDecl::decay).orElse(0.0);
        if (decay > 0) {
            lines.add("every trained parameter" + (graph.optimizerGroups().isEmpty() ? "" : " that has no other") + ": "
                    + new RegularizerTerm.Decay(decay).describe() + " of the optimizer");
        }
        for (OptimizerGroup group : graph.optimizerGroups()) {
            lines.add(names(group.parameters()) + ": " + group.optimizer().describe() + "  ("
                    + group.span().citation() + ")");
        }
        lines.add(rest(regularized.keySet()));
        return lines;
    }

    /** {@code head.weight, head.bias, norm.weight and 12 more}. */
    private static String names(List<ParameterDecl> parameters) {
        String first = parameters.stream().limit(SHOWN).map(ParameterDecl::name).collect(Collectors.joining(", "));
        return first + (parameters.size() > SHOWN ? " and " + (parameters.size() - SHOWN) + " more" : "");
    }

    /** The terms; of a regularizer that was written in place, and so has its terms for a name, just that. */
    private static String terms(UpdateGroup group) {
        return isNamed(group)
                ? group.terms().stream().map(RegularizerTerm::describe).collect(Collectors.joining(" + "))
                : group.name();
    }

    /** The terms of a group as they are on one of its parameters, which may decide what a term is on. */
    public static String terms(UpdateGroup group, ParameterDecl parameter) {
        boolean asWritten = group.terms().stream()
                .allMatch(term -> term.on(parameter).describe().equals(term.describe()));
        return asWritten
                ? terms(group)
                : group.terms().stream()
                        .map(term -> term.on(parameter).describe())
                        .collect(Collectors.joining(" + "));
    }

    private static boolean isNamed(UpdateGroup group) {
        return group.name().matches("\\w+");
    }

    /**
     * Lists the bytes of memory by use: parameters with what training keeps of them, and the arena of activations and
     * gradients.
     */
    public List<String> memory() {
        Footprint footprint = new Footprint(program);
        TextTable table = new TextTable().texts("").numbers("").texts("");
        table.row("parameters", number(footprint.parameters()), "bytes");
        if (footprint.statistics() > 0) {
            table.row("statistics", number(footprint.statistics()), "bytes");
        }
        table.row("gradients of parameters", number(footprint.parameters()), "bytes in training");
        if (footprint.optimizer() > 0) {
            table.row("optimizer state", number(footprint.optimizer()), "bytes in training");
        }
        table.row("activations and gradients", number(footprint.perSample()), "bytes for each sample");
        if (footprint.besides() > 0) {
            table.row("  besides", number(footprint.besides()), "bytes");
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("not counted: the kernels' workspace, which depends on the machine (peakBytes() includes it)");
        return lines;
    }

    /** Lists the values of the arena with their places. */
    public List<String> placements() {
        int bytes = graph.precision().bytes();
        TextTable table =
                new TextTable().texts("value").texts("shape").numbers("bytes").texts("place");
        program.memory()
                .placements()
                .forEach((value, place) -> table.row(
                        value.name(),
                        value.shape().toString(),
                        number(value.shape().elements() * bytes),
                        describe(place)));
        return table.lines();
    }

    private String rest(Set<String> regularized) {
        long others = graph.parameters().stream()
                .filter(parameter -> !regularized.contains(parameter.name()))
                .count();
        if (regularized.isEmpty()) {
            return "no parameter has a regularizer";
        }
        return others == 0
                ? "every parameter has a regularizer"
                : "without a regularizer: " + counted(others, "parameter tensor");
    }

    private static String describe(MemoryPlan.Placement place) {
        if (place instanceof MemoryPlan.PerSample perSample) {
            return "element " + number(perSample.offset()) + " of each sample";
        } else if (place instanceof MemoryPlan.Fixed fixed) {
            return "element " + number(fixed.offset()) + " of the fixed part";
        } else if (place instanceof MemoryPlan.Within within) {
            return describe(within.view());
        }
        throw new IllegalStateException("unknown placement " + place);
    }

    private static String describe(View view) {
        String of = " of " + view.of().name();
        if (view instanceof View.Part part) {
            return (part.axis() == 1 ? "channels from " + part.from() : "axis " + part.axis() + " from " + part.from())
                    + of;
        } else if (view instanceof View.Permuted permuted) {
            return "the axes " + permuted.order() + of;
        }
        return "the elements" + of;
    }

    private static String counted(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String numberOrNothing(long number) {
        return number == 0 ? "" : number(number);
    }
}
