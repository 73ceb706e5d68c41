package org.espalier.generator.report.diagram;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;
import org.espalier.generator.source.Printable;

/** Writes diagrams in DOT, the language of Graphviz. */
public final class DotDiagram {
    private final StringBuilder text = new StringBuilder();
    private final Diagram diagram;

    private DotDiagram(Diagram diagram) {
        this.diagram = diagram;
    }

    /** The text of a {@code .dot} file. */
    public static String of(Diagram diagram) {
        return new DotDiagram(diagram).written();
    }

    private String written() {
        text.append("// " + DiagramFormat.MARK + "\ndigraph ")
                .append(quoted(diagram.title()))
                .append(" {\n");
        text.append("    label=")
                .append(quoted(diagram.title() + "\n" + diagram.caption()))
                .append(";\n    labelloc=t;\n    fontname=\"Helvetica\";\n");
        text.append("    node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n");
        text.append("    edge [fontname=\"Helvetica\", fontsize=9, color=\"" + Palette.ARROW + "\"];\n");
        write(BoxGroup.of(diagram), "    ");
        for (Arrow arrow : diagram.arrows()) {
            text.append("    n" + arrow.from() + " -> n" + arrow.to() + " [label=")
                    .append(quoted(arrow.label()))
                    .append("];\n");
        }
        return text.append("}\n").toString();
    }

    private void write(BoxGroup group, String indent) {
        for (int index : group.boxes()) {
            write(index, diagram.boxes().get(index), indent);
        }
        for (BoxGroup inner : group.groups()) {
            // Graphviz draws as clusters what is named so; paths are unique.
            text.append(indent + "subgraph ")
                    .append(quoted("cluster " + inner.path()))
                    .append(" {\n" + indent + "    label=")
                    .append(quoted(inner.path()))
                    .append("; color=\"" + Palette.FRAME + "\"; fontsize=10;\n");
            write(inner, indent + "    ");
            text.append(indent + "}\n");
        }
    }

    private void write(int index, Box box, String indent) {
        String lines = Stream.concat(
                        box.lines().stream(), box.regularizers().stream().map(Palette::regularized))
                .collect(Collectors.joining("\n"));
        text.append(indent + "n" + index + " [label=")
                .append(quoted(lines))
                .append(", fillcolor=\"" + Palette.fill(box.family()) + "\", color=\""
                        + (box.regularizers().isEmpty() ? Palette.stroke(box.family()) : Palette.REGULARIZED) + "\"")
                .append(shape(box.family()))
                .append(", tooltip=")
                .append(quoted(String.join("\n", box.details())))
                .append("];\n");
    }

    private static String shape(Family family) {
        return switch (family) {
            case JUNCTION -> ", shape=ellipse";
            case BLOCK -> ", peripheries=2";
            case INPUT, OUTPUT -> ", shape=plaintext";
            case WEIGHTED, NORMALIZATION, POOL, PLAIN -> "";
        };
    }

    /** A string of DOT, in which only quotes, backslashes and line ends mean something. */
    private static String quoted(String text) {
        return text.lines()
                .map(Printable::line)
                .map(line -> line.replace("\\", "\\\\").replace("\"", "\\\""))
                .collect(Collectors.joining("\\n", "\"", "\""));
    }
}
