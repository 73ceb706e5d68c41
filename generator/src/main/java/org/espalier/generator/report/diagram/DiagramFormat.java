package org.espalier.generator.report.diagram;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Formats of diagrams. */
public enum DiagramFormat {
    /** A picture, with a layout of our own. */
    SVG(".svg"),
    /** The language of Graphviz, which has its own layout. */
    DOT(".dot"),
    /** Flowcharts within Markdown. */
    MERMAID(".mmd");

    /** In every file that Espalier draws. */
    public static final String MARK = "Drawn by Espalier";

    private final String suffix;

    DiagramFormat(String suffix) {
        this.suffix = suffix;
    }

    /** Ends names of its files: {@code .svg}. */
    public String suffix() {
        return suffix;
    }

    /** Finds the format that a file's name says. */
    public static Optional<DiagramFormat> ofFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of(values())
                .filter(format -> lower.endsWith(format.suffix))
                .findFirst();
    }

    /** The text of a file with a diagram. */
    public String write(Diagram diagram) {
        return switch (this) {
            case SVG -> SvgDiagram.of(diagram);
            case DOT -> DotDiagram.of(diagram);
            case MERMAID -> MermaidDiagram.of(diagram);
        };
    }
}
