package org.espalier.generator.report.diagram;

import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;

/**
 * The size of a box, in pixels, by its text. Widths of letters are estimated, since the reader's font is not known; a
 * little too wide rather than too narrow.
 */
record BoxSize(double width, double height) {
    /** Font size of boxes. */
    static final int TEXT = 12;

    /** Font size of shapes on arrows, and of names of blocks. */
    static final int SMALL = 10;

    /** Height of a line within a box. */
    static final int LINE = 15;

    private static final int MARGIN = 10;

    /** The size of a box. */
    static BoxSize of(Box box) {
        if (isRound(box)) {
            return new BoxSize(26, 26);
        }
        double widest = 0;
        for (String line : box.lines()) {
            widest = Math.max(widest, textWidth(line, TEXT));
        }
        for (String regularizer : box.regularizers()) {
            widest = Math.max(widest, textWidth(Palette.regularized(regularizer), SMALL));
        }
        int lines = box.lines().size() + box.regularizers().size();
        return new BoxSize(widest + 2 * MARGIN, lines * LINE + MARGIN);
    }

    /** Tells whether a box is drawn as a circle: a sum, a product, and what else is said in a few letters. */
    static boolean isRound(Box box) {
        return box.family() == Family.JUNCTION
                && box.lines().size() == 1
                && box.lines().get(0).length() <= 3
                && box.regularizers().isEmpty();
    }

    /** About the width of text. */
    static double textWidth(String text, int fontSize) {
        return text.length() * fontSize * 0.58;
    }
}
