package org.espalier.generator.ir.text;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.Block;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Fused;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;
import org.espalier.generator.source.SourceSpan;

/**
 * The printed form of {@link Graph} and {@link Program}, which golden files, bug reports and {@code --dump-ir} use.
 *
 * <pre>{@code
 * graph       = "network" [package "."] name precision cite {declaration} "operations" {operation}
 * program     = "network" [package "."] name precision cite {declaration} ["memory" size "," "forward" size]
 *               "forward" {operation} ["given" {result}] ["wanted" value {"," value}] "backward" {operation}
 * declaration = "documentation" string
 *             | "input" value shape cite
 *             | "parameter" value shape role initializer ["units" axis] ["sparsity" number] ["frozen"] cite
 *             | "statistic" value shape (number | function) cite
 *             | "output" value
 *             | "target" value shape cite                of several losses, or of a loss with several
 *             | "loss" number "*" (kind | "formula") "(" operand {"," operand} [";" attributes] ")" cite
 *             | "optimizer" name "(" [attributes] ")"
 *             | "group" string "=" name "(" [attributes] ")" ":" value {"," value} cite
 *             | "formula" call "of" name "=" expression ["over" ("all" | "axis" int)] {part} cite
 *             | "update" (name | string | "plain") ["=" term {"+" term}] ":" member {"," member}
 *             | "call" value string                      of the layer of that path
 *             | "block" name [string] cite
 *             | "instance" value ["with" attributes]     of the block before it
 * operand     = value [shape]                        the shape of the only target of an only loss
 * part        = ";" ("slope" | "factor" | name "=") expression
 * member      = value | ("mean" | "sum") "of" value     a parameter, or a penalized activity
 * term        = name "(" number {"," attribute} ")" | [number "*"] call
 * call        = name ["(" text ")"]                   a regularizer that the .net defines, with its arguments
 * operation   = computation | "in one pass" computation {computation}
 * computation = result {"," result} ("=" | "+=") name "(" value {"," value} [";" attributes] ")" cite
 * result      = value shape ["in passing" | place]
 * size        = int "per sample," int "fixed"
 * place       = "at" ["fixed"] int ["forward" int] | "in" value "from" int ["of axis" int] | "as" value ["by" string]
 * attributes  = attribute {"," attribute}
 * attribute   = name "=" (number | word | string)
 * shape       = ["int"] "[" ["batch"] {int} "]"       sizes separated by commas; "int" where elements are whole
 * value       = "%" ["d "] path [" (" text ")"]       "d " for a gradient, the text for a part of one
 * cite        = "#" [layer] (file | string) ":" line  the layer where it is not the value's own name
 * }</pre>
 *
 * <p>One declaration or operation stands on each line, indented by two spaces; by four what is done in one pass, where
 * "in passing" marks what is never stored. {@code +=} marks the further contributions to the gradient of a shared
 * parameter. Places are those of {@link MemoryPlan}: an offset into what each sample has or into the fixed part, and
 * where nothing but forward runs another one, some channels of another value, or places of another axis, or the
 * elements of another value, perhaps with the axes in another order. {@code given} are gradients that the caller gives
 * where there is no loss, {@code wanted} those by inputs that outlive the backward pass. {@link IrReader} reads it all
 * back.
 */
public final class IrPrinter {
    /** Above computations that are fused. */
    static final String IN_ONE_PASS = "in one pass";

    /** Behind a result of theirs that has no memory. */
    static final String IN_PASSING = "in passing";

    /** Word between results that are activations. */
    static final String AND = "and";

    private final StringBuilder text = new StringBuilder();
    private final MemoryPlan memory;
    private final Set<Value> passing = new HashSet<>();

    /** Gradients of parameters written so far. */
    private final Set<Value> contributed = new HashSet<>();

    private IrPrinter(MemoryPlan memory) {
        this.memory = memory;
    }

    /** The printed form of a graph. */
    public static String print(Graph graph) {
        IrPrinter printer = new IrPrinter(MemoryPlan.NONE);
        printer.declarations(graph);
        printer.operations("operations", graph.operations());
        return printer.text.toString();
    }

    /** The printed form of a program. */
    public static String print(Program program) {
        IrPrinter printer = new IrPrinter(program.memory());
        printer.declarations(program.graph());
        if (!program.memory().equals(MemoryPlan.NONE)) {
            printer.line("memory " + size(program.memory().size()) + ", forward "
                    + size(program.memory().forwardSize()));
        }
        printer.operations("forward", program.forward());
        if (program.graph().losses().isEmpty() && !program.seeds().isEmpty()) {
            printer.line("given");
            program.seeds().forEach(seed -> printer.line("  " + printer.result(seed.gradient())));
        }
        if (!program.inputGradients().isEmpty()) {
            printer.line("wanted "
                    + program.inputGradients().stream().map(Value::toString).collect(Collectors.joining(", ")));
        }
        printer.operations("backward", program.backward());
        return printer.text.toString();
    }

    private static String size(MemoryPlan.Size size) {
        return size.perSample() + " per sample, " + size.fixed() + " fixed";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String cite(SourceSpan span) {
        return " # " + IrLine.citation(span);
    }

    /** {@code 1.0}, or {@code "mask(i, j) = if j <= i then 1.0 else 0.0"}. */
    private static String initial(Statistic statistic) {
        return statistic.isConstant()
                ? String.valueOf(statistic.constant())
                : IrLine.quoted(OpText.function(statistic.initial()));
    }

    private void declarations(Graph graph) {
        line("network " + qualified(graph) + " " + lowerCase(graph.precision()) + cite(graph.span()));
        if (!graph.documentation().isEmpty()) {
            line("  documentation " + IrLine.quoted(graph.documentation()));
        }
        for (Value input : graph.inputs()) {
            line("  input " + typed(input) + (graph.wantedInputs().contains(input) ? " with gradient" : "")
                    + cite(input.span()));
        }
        for (ParameterDecl parameter : graph.parameters()) {
            line("  parameter " + typed(parameter.value()) + " " + lowerCase(parameter.role()) + " "
                    + parameter.initializer().accept(InitializerText.INSTANCE)
                    + (parameter.outputAxis() == 0 ? "" : " units " + parameter.outputAxis())
                    + sparsity(parameter)
                    + (parameter.frozen() ? " frozen" : "")
                    + cite(parameter.value().span()));
        }
        for (Statistic statistic : graph.statistics()) {
            line("  statistic " + typed(statistic.value()) + " " + initial(statistic)
                    + cite(statistic.value().span()));
        }
        for (Value output : graph.outputs()) {
            line("  output " + output);
        }
        boolean single = graph.targets().size() == 1 && graph.losses().size() == 1;
        if (!single) {
            graph.targets().forEach(target -> line("  target " + typed(target) + cite(target.span())));
        }
        for (Loss loss : graph.losses()) {
            String operands = loss.operands().stream()
                    .map(value -> single && value.kind() == Value.Kind.TARGET ? typed(value) : value.toString())
                    .collect(Collectors.joining(", "));
            line("  loss " + loss.scale() + " * " + LossText.kind(loss.function()) + "(" + operands
                    + LossText.attributes(loss.function()) + ")" + cite(loss.span()));
        }
        graph.optimizer().ifPresent(optimizer -> line("  optimizer " + OptimizerText.print(optimizer)));
        for (OptimizerGroup group : graph.optimizerGroups()) {
            line("  group " + IrLine.quoted(group.clause()) + " = " + OptimizerText.print(group.optimizer())
                    + group.parameters().stream()
                            .map(parameter -> parameter.value().toString())
                            .collect(Collectors.joining(", ", ": ", ""))
                    + cite(group.span()));
        }
        graph.updateGroups().stream()
                .flatMap(group -> group.terms().stream())
                .flatMap(term -> FormulaText.of(term).stream())
                .distinct()
                .forEach(definition -> line("  formula " + definition));
        graph.updateGroups().forEach(group -> line("  update " + updateGroup(group)));
        graph.calls().forEach((layer, call) -> line("  call %" + layer + " " + IrLine.quoted(call)));
        graph.blocks().forEach(this::block);
    }

    private void block(Block block) {
        String documentation = block.documentation().isEmpty() ? "" : " " + IrLine.quoted(block.documentation());
        line("  block " + block.name() + documentation + cite(block.span()));
        for (Block.Instance instance : block.instances()) {
            String sizes = instance.sizes().entrySet().stream()
                    .map(size -> size.getKey() + "=" + size.getValue())
                    .collect(Collectors.joining(", "));
            line("  instance %" + instance.path() + (sizes.isEmpty() ? "" : " with " + sizes));
        }
    }

    private static String sparsity(ParameterDecl parameter) {
        return parameter.sparsityBelow().isPresent()
                ? " sparsity " + parameter.sparsityBelow().getAsDouble()
                : "";
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String qualified(Graph graph) {
        return graph.packageName().isEmpty() ? graph.name() : graph.packageName() + "." + graph.name();
    }

    private static String typed(Value value) {
        return value + " " + value.type();
    }

    private static String updateGroup(UpdateGroup group) {
        String name = group.name().isEmpty() ? "plain" : IrLine.name(group.name());
        String terms = group.terms().stream().map(RegularizerTerm::describe).collect(Collectors.joining(" + "));
        Stream<String> parameters =
                group.parameters().stream().map(parameter -> parameter.value().toString());
        Stream<String> activities =
                group.activities().stream().map(activity -> activity.reduction().word() + " of " + activity.value());
        return name
                + (terms.isEmpty() ? "" : " = " + terms)
                + Stream.concat(parameters, activities).collect(Collectors.joining(", ", ": ", ""));
    }

    private void operations(String title, List<? extends Op> operations) {
        line(title);
        for (Op op : operations) {
            line("  " + operation(op));
        }
    }

    private String operation(Op op) {
        if (op instanceof Fused fused) {
            StringBuilder parts = new StringBuilder(IN_ONE_PASS);
            for (Op part : fused.parts()) {
                part.outputs().stream()
                        .filter(output -> !fused.outputs().contains(output))
                        .forEach(passing::add);
                parts.append("\n    ").append(operation(part));
            }
            return parts.toString();
        }
        boolean further = false;
        for (Value output : op.outputs()) {
            further |= output.kind() == Value.Kind.PARAMETER_GRADIENT && !contributed.add(output);
        }
        boolean ownName = op.outputs().get(0).name().equals(op.origin().layer());
        return results(op)
                + (further ? " += " : " = ")
                + OpText.of(op.signature())
                + " # " + op.origin().word() + " "
                + (ownName ? "" : op.origin().layer() + " ")
                + IrLine.citation(op.origin().span());
    }

    /** The results, those after the first behind AND, and what is saved for backward behind a comma. */
    private String results(Op op) {
        StringBuilder results = new StringBuilder();
        for (Value output : op.outputs()) {
            boolean further = output.kind() == Value.Kind.ACTIVATION;
            results.append(results.isEmpty() ? "" : further ? " " + AND + " " : ", ")
                    .append(result(output));
        }
        return results.toString();
    }

    private String result(Value value) {
        MemoryPlan.Placement placement = memory.placements().get(value);
        if (placement == null) {
            return typed(value) + (passing.contains(value) ? " " + IN_PASSING : "");
        }
        return typed(value) + " " + place(placement);
    }

    private static String place(MemoryPlan.Placement placement) {
        if (placement instanceof MemoryPlan.Root at) {
            return "at " + (placement instanceof MemoryPlan.Fixed ? "fixed " : "") + at.offset()
                    + (at.isInForward() ? " forward " + at.forwardOffset() : "");
        } else if (placement instanceof MemoryPlan.Within within) {
            return print(within.view());
        }
        throw new IllegalStateException("unknown placement " + placement);
    }

    /** A view, as it is printed behind what is seen so. */
    public static String print(View view) {
        if (view instanceof View.Part part) {
            String axis = part.axis() == 1 ? "" : " of axis " + part.axis();
            return "in " + part.of() + " from " + part.from() + axis;
        } else if (view instanceof View.Permuted permuted) {
            return "as " + permuted.of() + " by " + OpText.axes(permuted.order());
        }
        return "as " + view.of();
    }

    /** One operation, as messages about it show it. */
    public static String print(Op op) {
        return new IrPrinter(MemoryPlan.NONE).operation(op);
    }
}
