package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.emit.Layers.Layer;
import org.espalier.generator.ir.Footprint;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Optimizer;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.Value;

/**
 * The Javadoc of a generated class: what its author wrote, then what the compiler made of it: layers with their shapes,
 * regularizers with their parameters, memory.
 */
final class ClassDocumentation {
    private final Program program;
    private final Graph graph;
    private final Names names;
    private final Parts parts;

    /** Of each parameter and activity, by their places in the list. */
    private final Map<String, List<Integer>> regularizers = new HashMap<>();

    ClassDocumentation(Program program, Names names, Parts parts) {
        this.program = program;
        this.graph = program.graph();
        this.names = names;
        this.parts = parts;
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
    String text() {
        List<String> paragraphs = new ArrayList<>(Javadoc.paragraphs(graph.documentation()));
        paragraphs.add((paragraphs.isEmpty() ? "" : "<p>") + summary());
        List<List<String>> rows = new ArrayList<>(inputs());
        rows.addAll(layers(parts.main()));
        parts.nested().forEach(part -> rows.add(summary(part)));
        paragraphs.add(preformatted(columns(rows)));
        List<UpdateGroup> regularizers = Fields.regularizers(program);
        double decay = graph.optimizer().map(Optimizer::decay).orElse(0.0);
        if (decay > 0) {
            paragraphs.add("<p>The optimizer decays every trained parameter, biases and normalisation too: {@code "
                    + new Term.Decay(decay).describe() + "}.");
        }
        if (!regularizers.isEmpty()) {
            paragraphs.add(decay > 0 ? "<p>Regularized besides:" : "<p>Regularized, and nothing else:");
            List<String> lines = new ArrayList<>();
            for (UpdateGroup group : regularizers) {
                lines.add("  " + Fields.describe(group));
                lines.addAll(columns(regularizerTable(group)));
            }
            paragraphs.add(preformatted(lines));
        }
        paragraphs.addAll(memory());
        paragraphs.add("<p>In the code, {@code dX} is the gradient of the loss by {@code X}.");
        return String.join("\n\n", paragraphs);
    }

    private String summary() {
        StringBuilder text = new StringBuilder("Network {@code ")
                .append(graph.name())
                .append("} (")
                .append(graph.span().citation())
                .append("): ")
                .append(parameters(graph.parameterCount()));
        graph.loss().ifPresent(loss -> text.append(", loss ").append(LossEmitter.describe(loss)));
        graph.optimizer().ifPresent(optimizer -> text.append(", optimizer ").append(optimizer.describe()));
        return text.append('.').toString();
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
    String text(Part part) {
        List<Layer> layers = part.layers();
        String first = layers.get(0).origin().layer();
        String last = layers.get(layers.size() - 1).origin().layer();
        String title = layers.size() == 1 ? "Layer " + first + "." : "Layers " + first + " to " + last + ".";
        return title + "\n\n" + preformatted(columns(layers(part)));
    }

    private List<List<String>> inputs() {
        return graph.inputs().stream()
                .map(input -> List.of(
                        names.field(input),
                        input.shape().toString(),
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
        List<List<String>> rows = new ArrayList<>();
        for (Layer layer : part.layers()) {
            for (Value value : layer.results()) {
                boolean last = value.equals(layer.results().get(layer.results().size() - 1));
                rows.add(List.of(
                        names.field(value),
                        value.shape().toString(),
                        layer.kind(),
                        last ? parameters(layer) : "",
                        last ? regularizers(layer) : "",
                        layer.origin().span().citation()));
            }
        }
        return rows;
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

    private String regularizers(Layer layer) {
        Stream<String> ofParameters =
                regularizers(layer.parameters().stream().map(Parameter::name).toList());
        Stream<String> ofActivities =
                regularizers(layer.results().stream().map(Value::name).toList()).map(name -> "activity " + name);
        return Stream.concat(ofParameters, ofActivities).collect(Collectors.joining(", "));
    }

    private Stream<String> regularizers(List<String> values) {
        List<UpdateGroup> groups = Fields.regularizers(program);
        return values.stream()
                .flatMap(value -> regularizers.getOrDefault(value, List.of()).stream())
                .distinct()
                .sorted()
                .map(index -> groups.get(index).name());
    }

    // Example:
    //
    // <pre>
    //   elastic = l1(1e-6) + l2(1e-5)
    //     convWeight  [8, 1, 4, 4]
    //     conv        [batch, 8, 14, 14]  activity, mean over the batch
    // </pre>
    //
    private List<List<String>> regularizerTable(UpdateGroup group) {
        boolean looksAtUnits = group.terms().stream().anyMatch(Term::isOnOutputUnits);
        List<List<String>> rows = new ArrayList<>();
        for (Parameter parameter : group.parameters()) {
            boolean otherAxis = looksAtUnits && parameter.outputAxis() != 0;
            rows.add(List.of(
                    "  " + names.field(parameter.value()),
                    parameter.value().shape().toString(),
                    otherAxis ? "units on axis " + parameter.outputAxis() : ""));
        }
        for (UpdateGroup.Activity activity : group.activities()) {
            rows.add(List.of(
                    "  " + names.field(activity.value()),
                    activity.value().shape().toString(),
                    "activity, " + activity.reduction().word() + " over the batch"));
        }
        return rows;
    }

    // Example:
    //
    // <p>Memory of a training step, in bytes: 7,296 * batch + 128 for activations and their gradients, 1,944 for
    // parameters and theirs, 32 for statistics, 1,944 for the optimizer, and a workspace for kernels. Together:
    //
    // <pre>
    //   batch           1       8       64
    //   1 thread   13,440  65,664  472,000
    //   8 threads  13,440  76,032  490,432
    // </pre>
    //
    private List<String> memory() {
        Footprint footprint = new Footprint(program);
        List<String> shares = new ArrayList<>();
        String besides = footprint.besides() == 0 ? "" : " + " + Literals.prose(footprint.besides());
        shares.add(
                Literals.prose(footprint.perSample()) + " * batch" + besides + " for activations and their gradients");
        shares.add(Literals.prose(2 * footprint.parameters()) + " for parameters and theirs");
        if (footprint.statistics() > 0) {
            shares.add(Literals.prose(footprint.statistics()) + " for statistics");
        }
        if (footprint.optimizer() > 0) {
            shares.add(Literals.prose(footprint.optimizer()) + " for the optimizer");
        }
        if (footprint.workspace(1, 1) > 0) {
            shares.add("and a workspace for kernels");
        } else {
            shares.set(shares.size() - 1, "and " + shares.get(shares.size() - 1));
        }
        String sentence = "<p>Memory of a training step, in bytes: " + String.join(", ", shares) + ". Together:";
        return List.of(sentence, preformatted(totals(footprint)));
    }

    /** By batch and threads, on which the workspace depends. */
    private static List<String> totals(Footprint footprint) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(List.of("batch")));
        rows.add(new ArrayList<>(List.of("1 thread")));
        rows.add(new ArrayList<>(List.of("8 threads")));
        for (long batch : new long[] {1, 8, 64}) {
            String one = Literals.prose(footprint.total(batch, 1));
            String eight = Literals.prose(footprint.total(batch, 8));
            int width = Math.max(one.length(), eight.length());
            List<String> cells = List.of(String.valueOf(batch), one, eight);
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).add(" ".repeat(width - cells.get(i).length()) + cells.get(i));
            }
        }
        return columns(rows);
    }

    private static String preformatted(List<String> lines) {
        return "<pre>\n" + lines.stream().map(Javadoc::escape).collect(Collectors.joining("\n")) + "\n</pre>";
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
