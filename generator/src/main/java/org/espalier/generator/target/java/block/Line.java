package org.espalier.generator.target.java.block;

import java.util.List;
import org.espalier.generator.target.java.text.Text;

/**
 * A statement with its comments.
 *
 * @param layer the layer that it is about, named within its instance
 * @param code the statement, on one line; empty if there are only comments
 * @param above comments above it, each a line
 * @param beside the comment behind it, empty if there is none
 */
public record Line(String layer, Text code, List<Text> above, Text beside) {
    /** Copies the list. */
    public Line {
        above = List.copyOf(above);
    }
}
