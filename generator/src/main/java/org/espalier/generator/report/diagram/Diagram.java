package org.espalier.generator.report.diagram;

import java.util.List;

/**
 * A network as boxes and arrows.
 *
 * @param title the network's name
 * @param caption its size and losses, in a line
 * @param boxes in an order in which every box comes after those it reads from
 * @param arrows between boxes, at most one from one box to another
 */
public record Diagram(String title, String caption, List<Box> boxes, List<Arrow> arrows) {
    /** Copies the lists. */
    public Diagram {
        boxes = List.copyOf(boxes);
        arrows = List.copyOf(arrows);
    }

    /** Family of a box, by which it is coloured. */
    public enum Family {
        /** Given from outside. */
        INPUT,
        /** Multiplies by weights: convolutions, linear layers. */
        WEIGHTED,
        /** Does not mind the scale of what it reads: a normalization. */
        NORMALIZATION,
        /** Slides a window without weights: a pool. */
        POOL,
        /** Joins several values: a sum, a concatenation. */
        JUNCTION,
        /** Anything else without weights: activations, shapes. */
        PLAIN,
        /** A block of the {@code .net} that is drawn closed. */
        BLOCK,
        /** Handed out. */
        OUTPUT
    }

    /**
     * A box: layers in a row that nothing leads into or out of between.
     *
     * @param path the path of its first layer or block
     * @param family what it is, by its main layer
     * @param lines its layers from first to last, in a few words each
     * @param regularizers names of the regularizers on its weights
     * @param details what a reader may want to see on pointing at it: calls with all arguments, parameters
     * @param group path of the innermost open block that it lies in, empty if it lies in none
     * @param shape the shape of what it computes, without the batch: {@code [64, 128, 128]}
     */
    public record Box(
            String path,
            Family family,
            List<String> lines,
            List<String> regularizers,
            List<String> details,
            String group,
            List<Integer> shape) {
        /** Copies the lists. */
        public Box {
            lines = List.copyOf(lines);
            regularizers = List.copyOf(regularizers);
            details = List.copyOf(details);
            shape = List.copyOf(shape);
        }
    }

    /**
     * An arrow.
     *
     * @param from index of the box that computes
     * @param to index of the box that reads, which is greater
     * @param label the shape of what goes along it, without the batch: {@code 64×128×128}
     */
    public record Arrow(int from, int to, String label) {}
}
