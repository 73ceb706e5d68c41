/**
 * Draws networks as papers print them: takes a graph, gives boxes and arrows, and those as SVG, DOT or Mermaid.
 *
 * <p>{@link Diagram} says what is drawn, whatever the format. DOT and Mermaid leave the layout to their readers;
 * {@link SvgDiagram} has a layout of its own, so that a U-Net comes out as a U and a shortcut beside the layers that it
 * goes around.
 */
@NullMarked
package org.espalier.generator.report.diagram;

import org.jspecify.annotations.NullMarked;
