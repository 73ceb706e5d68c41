package org.espalier.generator.report.diagram;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;
import org.espalier.generator.source.Printable;

/** Writes diagrams as flowcharts of Mermaid, which code hosts draw within Markdown. */
public final class MermaidDiagram {
    private final StringBuilder text = new StringBuilder();
    private final Diagram diagram;
    private int groups;

    private MermaidDiagram(Diagram diagram) {
        this.diagram = diagram;
    }

    /** The text of a {@code .mmd} file. */
    public static String of(Diagram diagram) {
        return new MermaidDiagram(diagram).written();
    }

    private String written() {
        text.append("%% " + DiagramFormat.MARK + "\nflowchart TB\n");
        write(BoxGroup.of(diagram), "    ");
        for (Arrow arrow : diagram.arrows()) {
            text.append("    n" + arrow.from() + " -- " + quoted(arrow.label()) + " --> n" + arrow.to() + "\n");
        }
        for (Family family : Family.values()) {
            text.append("    classDef " + name(family) + " fill:" + Palette.fill(family) + ",stroke:"
                    + Palette.stroke(family) + ",color:#000\n");
        }
        text.append("    classDef regularized stroke:" + Palette.REGULARIZED + ",stroke-width:2px\n");
        return text.toString();
    }

    private void write(BoxGroup group, String indent) {
        for (int index : group.boxes()) {
            Box box = diagram.boxes().get(index);
            String label = Stream.concat(
                            box.lines().stream(), box.regularizers().stream().map(Palette::regularized))
                    .map(MermaidDiagram::escaped)
                    .collect(Collectors.joining("<br/>", "\"", "\""));
            text.append(indent + "n" + index + opening(box.family()) + label + closing(box.family()) + ":::"
                    + name(box.family()) + "\n");
            if (!box.regularizers().isEmpty()) {
                text.append(indent + "class n" + index + " regularized\n");
            }
        }
        for (BoxGroup inner : group.groups()) {
            text.append(indent + "subgraph g" + groups++ + "[" + quoted(inner.path()) + "]\n");
            write(inner, indent + "    ");
            text.append(indent + "end\n");
        }
    }

    private static String name(Family family) {
        return family.name().toLowerCase(Locale.ROOT);
    }

    private static String opening(Family family) {
        return switch (family) {
            case INPUT, OUTPUT -> "([";
            case JUNCTION -> "((";
            case BLOCK -> "[[";
            case WEIGHTED, NORMALIZATION, POOL, PLAIN -> "(";
        };
    }

    private static String closing(Family family) {
        return switch (family) {
            case INPUT, OUTPUT -> "])";
            case JUNCTION -> "))";
            case BLOCK -> "]]";
            case WEIGHTED, NORMALIZATION, POOL, PLAIN -> ")";
        };
    }

    private static String quoted(String text) {
        return "\"" + escaped(text) + "\"";
    }

    /** Text within quotes of Mermaid, which reads marks of HTML and codes of characters there. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        Printable.line(text).codePoints().forEach(character -> {
            if (Character.isLetterOrDigit(character) || " .,:_×/λ=()%".indexOf(character) >= 0) {
                escaped.appendCodePoint(character);
            } else {
                escaped.append('#').append(character).append(';');
            }
        });
        return escaped.toString();
    }
}
