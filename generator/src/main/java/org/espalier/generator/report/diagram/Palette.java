package org.espalier.generator.report.diagram;

import org.espalier.generator.report.diagram.Diagram.Family;

/** Colours of diagrams, light enough for black text on them. */
final class Palette {
    /** Of arrows. */
    static final String ARROW = "#5c6670";

    /** Of frames around open blocks. */
    static final String FRAME = "#b8c0c8";

    /** Of what says that weights are regularized. */
    static final String REGULARIZED = "#c0392b";

    private Palette() {}

    /** A colour for the inside of a box. */
    static String fill(Family family) {
        return switch (family) {
            case WEIGHTED -> "#d6e6f5";
            case NORMALIZATION -> "#dff0d8";
            case POOL -> "#e8def5";
            case BLOCK -> "#cfe0ef";
            case PLAIN -> "#fdf1d3";
            case JUNCTION, INPUT, OUTPUT -> "#ffffff";
        };
    }

    /** A colour for the outline of a box. */
    static String stroke(Family family) {
        return switch (family) {
            case WEIGHTED, BLOCK -> "#4a7fb0";
            case NORMALIZATION -> "#6aa84f";
            case POOL -> "#8e6bbf";
            case PLAIN -> "#d6a737";
            case JUNCTION, INPUT, OUTPUT -> ARROW;
        };
    }

    /** The line by which a box says that its weights are regularized: the letter of the strength, and the name. */
    static String regularized(String regularizer) {
        return "λ " + regularizer;
    }
}
