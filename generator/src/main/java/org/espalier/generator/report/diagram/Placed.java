package org.espalier.generator.report.diagram;

import java.util.List;

/**
 * A diagram with places in a plane, in pixels, x to the right and y down.
 *
 * @param diagram what is drawn
 * @param centres the middles of its boxes
 * @param routes the ways of its arrows, each a line of points from box to box
 * @param frames rectangles around open blocks
 * @param width of the whole
 * @param height of the whole
 */
record Placed(
        Diagram diagram,
        List<Spot> centres,
        List<List<Spot>> routes,
        List<Around> frames,
        double width,
        double height) {
    /** A point. */
    record Spot(double x, double y) {
        Spot plus(double dx, double dy) {
            return new Spot(x + dx, y + dy);
        }
    }

    /**
     * A rectangle around an open block.
     *
     * @param path the block's
     * @param from the upper left corner
     * @param to the lower right corner
     */
    record Around(String path, Spot from, Spot to) {}

    /** Copies the lists. */
    Placed {
        centres = List.copyOf(centres);
        routes = routes.stream().map(List::copyOf).toList();
        frames = List.copyOf(frames);
    }

    /** The same picture moved so that everything lies between a margin and the width and height. */
    static Placed cropped(
            Diagram diagram, List<Spot> centres, List<List<Spot>> routes, List<Around> frames, double margin) {
        double left = Double.MAX_VALUE;
        double top = Double.MAX_VALUE;
        double right = -Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        for (int i = 0; i < centres.size(); i++) {
            BoxSize size = BoxSize.of(diagram.boxes().get(i));
            left = Math.min(left, centres.get(i).x() - size.width() / 2);
            right = Math.max(right, centres.get(i).x() + size.width() / 2);
            top = Math.min(top, centres.get(i).y() - size.height() / 2);
            bottom = Math.max(bottom, centres.get(i).y() + size.height() / 2);
        }
        for (int i = 0; i < routes.size(); i++) {
            double label = BoxSize.textWidth(diagram.arrows().get(i).label(), BoxSize.SMALL);
            for (Spot spot : routes.get(i)) {
                left = Math.min(left, spot.x());
                right = Math.max(right, spot.x() + label + 8);
                top = Math.min(top, spot.y() - 14);
                bottom = Math.max(bottom, spot.y());
            }
        }
        for (Around frame : frames) {
            left = Math.min(left, frame.from().x());
            right = Math.max(right, frame.to().x());
            top = Math.min(top, frame.from().y());
            bottom = Math.max(bottom, frame.to().y());
        }
        double dx = margin - left;
        double dy = margin - top;
        return new Placed(
                diagram,
                centres.stream().map(spot -> spot.plus(dx, dy)).toList(),
                routes.stream()
                        .map(route ->
                                route.stream().map(spot -> spot.plus(dx, dy)).toList())
                        .toList(),
                frames.stream()
                        .map(frame -> new Around(
                                frame.path(),
                                frame.from().plus(dx, dy),
                                frame.to().plus(dx, dy)))
                        .toList(),
                right - left + 2 * margin,
                bottom - top + 2 * margin);
    }
}
