package org.espalier.generator.target.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.ir.Footprint;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.BlockOrder;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Literals;

/**
 * Writes the Javadoc of a generated class: what its author wrote, then what the compiler made of it: layers with their
 * shapes, regularizers with their parameters, memory.
 */
final class ClassDocumentation {
    private final Program program;
    private final Graph graph;
    private final Names names;
    private final Parts parts;
    private final NestedBlocks blocks;

    /** Of each parameter and activity, by their places in the list. */
    private final Map<String, List<Integer>> regularizers = new HashMap<>();

    ClassDocumentation(Program program, Names names, NestedBlocks blocks) {
        this.program = program;
        this.graph = program.graph();
        this.names = names;
        this.parts = blocks.parts();
        this.blocks = blocks;
        List<UpdateGroup> groups = Fields.regularizers(program);
        for (int i = 0; i < groups.size(); i++) {
            int index = i;
            groups.get(i)
                    .activities()
                    .forEach(activity -> regularizers
                            .computeIfAbsent(activity.value().name(), key -> new ArrayList<>())
                            .add(index));
            groups.get(i)
                    .parameters()
                    .forEach(parameter -> regularizers
                            .computeIfAbsent(parameter.name(), key -> new ArrayList<>())
                            .add(index));
        }
    }

    // Example:
    //
    // A small classifier.
    //
    // <p>Network {@code Tiny} (tiny.net:4): 203,530 parameters, loss CrossEntropyLoss, optimizer Adam(lr=0.001).
    //
    // <pre>
    //   image  [batch, 1, 28, 28]                                         tiny.net:5
    //   conv   [batch, 8, 14, 14]  Conv2d       136 parameters  elastic  tiny.net:6
    // </pre>
    //
    Javadoc javadoc() {
        Javadoc javadoc = new Javadoc().paragraphs(graph.documentation());
        summary(javadoc);
        List<List<String>> rows = new ArrayList<>(inputs());
        if (blocks.instances().all().isEmpty()) {
            rows.addAll(layers(parts.main()));
        } else {
            blocks.order().units(blocks.instances().network()).stream()
                    .filter(ClassDocumentation::computes)
                    .forEach(unit -> addRow(unit, rows));
        }
        parts.nested().forEach(part -> rows.add(summary(part)));
        javadoc.preformatted(columns(rows));
        List<UpdateGroup> regularizers = Fields.regularizers(program);
        double decay = graph.optimizer().map(OptimizerDecl::decay).orElse(0.0);
        optimizerGroups(javadoc);
        if (decay > 0) {
            javadoc.text("The optimizer decays every "
                            + (graph.optimizerGroups().isEmpty() ? "" : "other ")
                            + "trained parameter, biases and normalization included: ")
                    .code(new RegularizerTerm.Decay(decay).describe())
                    .text(".")
                    .paragraph();
        }
        if (!regularizers.isEmpty()) {
            javadoc.text(decay > 0 ? "Also regularized:" : "Only these are regularized:");
            List<String> lines = new ArrayList<>();
            for (UpdateGroup group : regularizers) {
                lines.add("  " + Fields.describe(group));
                lines.addAll(columns(regularizerTable(group)));
            }
            javadoc.preformatted(lines);
        }
        memory(javadoc);
        return javadoc.text("In the code, ")
                .code("dX")
                .text(" is the gradient of the loss with respect to ")
                .code("X")
                .text(".");
    }

    // Example:
    //
    // Optimized apart: 2,570 parameters by AdamW(lr=0.01, weight_decay=0) (tiny.net:9).
    //
    private void optimizerGroups(Javadoc javadoc) {
        List<String> groups = new ArrayList<>();
        for (OptimizerGroup group : graph.optimizerGroups()) {
            long count = group.parameters().stream()
                    .mapToLong(parameter -> parameter.value().shape().elements())
                    .sum();
            groups.add(parameters(count) + " by " + group.optimizer().describe() + " ("
                    + group.span().citation() + ")");
        }
        if (!groups.isEmpty()) {
            javadoc.text("Optimized apart: " + String.join(", ", groups) + ".").paragraph();
        }
    }

    private void summary(Javadoc javadoc) {
        javadoc.text("Network ")
                .code(graph.name())
                .text(" (" + graph.span().citation() + "): " + parameters(graph.parameterCount()));
        if (!graph.losses().isEmpty()) {
            javadoc.text(", loss "
                    + graph.losses().stream().map(LossEmitter::describe).collect(Collectors.joining(" + ")));
        }
        graph.optimizer().ifPresent(optimizer -> javadoc.text(", optimizer " + optimizer.describe()));
        javadoc.text(".");
    }

    private static String parameters(long count) {
        return Literals.prose(count) + (count == 1 ? " parameter" : " parameters");
    }

    // Example:
    //
    // Layers body63.conv to body124.relu.
    //
    // <pre>
    //   body63Conv  [batch, 8, 14, 14]  Conv2d  136 parameters  elastic  tiny.net:6
    // </pre>
    //
    Javadoc javadoc(Part part) {
        List<Layer> layers = part.layers();
        String first = layers.get(0).origin().layer();
        String last = layers.get(layers.size() - 1).origin().layer();
        String title = layers.size() == 1 ? "Layer " + first + "." : "Layers " + first + " to " + last + ".";
        List<List<String>> rows = layers(part);
        return rows.isEmpty() ? Javadoc.of(title) : Javadoc.of(title).preformatted(columns(rows));
    }

    private List<List<String>> inputs() {
        return graph.inputs().stream()
                .map(input -> List.of(
                        names.field(input),
                        input.type(),
                        "",
                        "",
                        "",
                        input.span().citation()))
                .toList();
    }

    // Example:
    //
    //   body63ToBody124  [batch, 8, 14, 14]  150 layers  8,432 parameters
    //
    private static List<String> summary(Part part) {
        List<Value> results = part.layers().stream()
                .flatMap(layer -> layer.results().stream())
                .toList();
        long count = part.layers().stream()
                .mapToLong(ClassDocumentation::parameterCount)
                .sum();
        return List.of(
                part.field(),
                results.isEmpty() ? "" : results.get(results.size() - 1).shape().toString(),
                part.layers().size() + (part.layers().size() == 1 ? " layer" : " layers"),
                count == 0 ? "" : parameters(count),
                "",
                part.layers().get(0).origin().span().citation());
    }

    private List<List<String>> layers(Part part) {
        return part.layers().stream()
                .filter(layer -> !layer.results().isEmpty()) // Losses have gradients alone.
                .map(this::row)
                .toList();
    }

    private List<String> row(Layer layer) {
        Value result = layer.results().get(layer.results().size() - 1);
        return List.of(
                names.field(result),
                result.shape().toString(),
                layer.kind(),
                parameters(layer),
                regularizers(List.of(layer)),
                layer.origin().span().citation());
    }

    /** Tells whether it is more than an input whose gradients are summed up. */
    private static boolean computes(BlockOrder.Unit unit) {
        return !(unit instanceof BlockOrder.OfLayer of)
                || !of.layer().operations().isEmpty();
    }

    // Example:
    //
    //   blocks[0]      [batch, 64, 56, 56]  Block  73,984 parameters  net.net:12
    //   blocks[1..11]  [batch, 64, 28, 28]  Block  73,984 parameters  net.net:12
    //
    /** Adds a row, or if it says of an element of an array what the last says of others, adds that to this. */
    private void addRow(BlockOrder.Unit unit, List<List<String>> rows) {
        List<String> row = row(unit);
        List<String> last = rows.isEmpty() ? row : rows.get(rows.size() - 1);
        boolean same = unit instanceof BlockOrder.OfChild of
                && !of.child().isDeclared()
                && row.subList(1, row.size()).equals(last.subList(1, last.size()));
        if (same) {
            int place = ((BlockOrder.OfChild) unit).child().place();
            String name = last.get(0).replaceFirst("(\\.\\.\\d+)?]$", ".." + place + "]");
            List<String> all = new ArrayList<>(last);
            all.set(0, name);
            rows.set(rows.size() - 1, all);
        } else {
            rows.add(row);
        }
    }

    // Example:
    //
    //   layer1_1  [batch, 64, 56, 56]  BasicBlock  73,984 parameters  l2(1e-4)  resnet18.net:12
    //
    private List<String> row(BlockOrder.Unit unit) {
        if (unit instanceof BlockOrder.OfLayer of) {
            return row(of.layer());
        }
        Instance block = ((BlockOrder.OfChild) unit).child();
        List<Layer> within = blocks.order().layers(block);
        List<Value> results =
                within.stream().flatMap(layer -> layer.results().stream()).toList();
        long count =
                within.stream().mapToLong(ClassDocumentation::parameterCount).sum();
        return List.of(
                block.field(),
                results.get(results.size() - 1).shape().toString(),
                block.block().name(),
                count == 0 ? "" : parameters(count),
                regularizers(within),
                block.block().span().citation());
    }

    private static long parameterCount(Layer layer) {
        return layer.parameters().stream()
                .mapToLong(parameter -> parameter.value().shape().elements())
                .sum();
    }

    private static String parameters(Layer layer) {
        long count = parameterCount(layer);
        return count == 0 ? "" : parameters(count);
    }

    private String regularizers(List<Layer> layers) {
        Stream<String> ofParameters = names(layers.stream()
                .flatMap(layer -> layer.parameters().stream())
                .map(ParameterDecl::name)
                .toList());
        Stream<String> ofActivities = names(layers.stream()
                        .flatMap(layer -> layer.results().stream())
                        .map(Value::name)
                        .toList())
                .map(name -> "activity " + name);
        return Stream.concat(ofParameters, ofActivities).collect(Collectors.joining(", "));
    }

    private Stream<String> names(List<String> values) {
        List<UpdateGroup> groups = Fields.regularizers(program);
        return values.stream()
                .flatMap(value -> regularizers.getOrDefault(value, List.of()).stream())
                .distinct()
                .sorted()
                .map(index -> groups.get(index).name());
    }

    /** {@code BasicBlock.conv1Weight}. */
    private String ofBlock(Value value) {
        return blocks.names()
                        .owner(value)
                        .map(owner -> owner.block().name() + ".")
                        .orElse("")
                + blocks.names().own(value);
    }

    /** {@code layer1_1.conv1Weight}. */
    private String field(Value value) {
        return blocks.names()
                .owner(value)
                .map(owner -> owner.from(blocks.instances().network())
                        + blocks.names().own(value))
                .orElseGet(() -> names.field(value));
    }

    // Example:
    //
    // <pre>
    //   elastic = l1(1e-6) + l2(1e-5)
    //     convWeight  [8, 1, 4, 4]
    //     conv        [batch, 8, 14, 14]  activity, mean over the batch
    //     BasicBlock.conv1Weight  each of 8
    // </pre>
    //
    private List<List<String>> regularizerTable(UpdateGroup group) {
        boolean looksAtUnits = group.terms().stream().anyMatch(RegularizerTerm::isOnOutputUnits);
        List<List<String>> rows = new ArrayList<>();
        Set<Value> all = group.parameters().stream().map(ParameterDecl::value).collect(Collectors.toSet());
        Set<List<Value>> together = new HashSet<>();
        for (ParameterDecl parameter : group.parameters()) {
            List<Value> alike = blocks.alike(parameter.value());
            boolean otherAxis = looksAtUnits && parameter.outputAxis() != 0;
            String units = otherAxis ? "units on axis " + parameter.outputAxis() : "";
            if (alike.size() == 1 || !all.containsAll(alike)) {
                rows.add(List.of(
                        "  " + field(parameter.value()),
                        parameter.value().shape().toString(),
                        units));
            } else if (together.add(alike)) {
                rows.add(List.of("  " + ofBlock(parameter.value()), "each of " + alike.size(), units));
            }
        }
        for (UpdateGroup.Activity activity : group.activities()) {
            rows.add(List.of(
                    "  " + field(activity.value()),
                    activity.value().shape().toString(),
                    "activity, " + activity.reduction().word() + " over the batch"));
        }
        return rows;
    }

    // Example:
    //
    // <p>Memory of a training step, in bytes: 7,296 * batch + 128 for activations and their gradients, 1,944 for
    // parameters and their gradients, 32 for running statistics, and 1,944 for the optimizer. In total, excluding the
    // kernels' workspace, which depends on the machine (peakBytes() includes it):
    //
    // <pre>
    //   batch       1       8       64
    //   bytes  11,344  62,416  470,992
    // </pre>
    //
    private void memory(Javadoc javadoc) {
        Footprint footprint = new Footprint(program);
        List<String> shares = new ArrayList<>();
        String besides = footprint.besides() == 0 ? "" : " + " + Literals.prose(footprint.besides());
        shares.add(
                Literals.prose(footprint.perSample()) + " * batch" + besides + " for activations and their gradients");
        shares.add(Literals.prose(2 * footprint.parameters()) + " for parameters and their gradients");
        if (footprint.statistics() > 0) {
            shares.add(Literals.prose(footprint.statistics()) + " for running statistics");
        }
        if (footprint.optimizer() > 0) {
            shares.add(Literals.prose(footprint.optimizer()) + " for the optimizer");
        }
        shares.set(shares.size() - 1, "and " + shares.get(shares.size() - 1));
        javadoc.text("Memory of a training step, in bytes: " + String.join(", ", shares)
                        + ". In total, excluding the kernels' workspace, which depends on the machine"
                        + " (peakBytes() includes it):")
                .preformatted(totals(footprint));
    }

    private static List<String> totals(Footprint footprint) {
        List<String> batches = new ArrayList<>(List.of("batch"));
        List<String> totals = new ArrayList<>(List.of("bytes"));
        for (long batch : new long[] {1, 8, 64}) {
            String total = Literals.prose(footprint.total(batch));
            batches.add(" ".repeat(total.length() - String.valueOf(batch).length()) + batch);
            totals.add(total);
        }
        return columns(List.of(batches, totals));
    }

    /** Cells side by side; a column that is empty in every row is left out. */
    private static List<String> columns(List<List<String>> rows) {
        List<StringBuilder> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(new StringBuilder()));
        for (int column = 0; column < rows.get(0).size(); column++) {
            int at = column;
            int width =
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            for (int row = 0; width > 0 && row < rows.size(); row++) {
                String cell = rows.get(row).get(column);
                lines.get(row).append("  ").append(cell).append(" ".repeat(width - cell.length()));
            }
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }
}
