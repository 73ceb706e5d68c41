package org.espalier.generator.report.diagram;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;
import org.espalier.generator.report.diagram.Placed.Around;
import org.espalier.generator.report.diagram.Placed.Spot;
import org.espalier.generator.source.Printable;

/** Writes diagrams as SVG: a picture that browsers and papers show, without scripts and without fonts of its own. */
public final class SvgDiagram {
    private static final double CORNER = 7;
    private static final double HEAD = 44;
    /** Length that a label takes of an upright arrow. */
    private static final double ROOM = 16;

    private final StringBuilder text = new StringBuilder();
    private final Placed placed;

    private SvgDiagram(Placed placed) {
        this.placed = placed;
    }

    /** The text of an {@code .svg} file. */
    public static String of(Diagram diagram) {
        return new SvgDiagram(UShapedLayout.place(diagram).orElseGet(() -> LayeredLayout.place(diagram))).written();
    }

    private String written() {
        Diagram diagram = placed.diagram();
        double width = Math.max(placed.width(), BoxSize.textWidth(diagram.caption(), BoxSize.TEXT) + 40);
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\"");
        attributes("width", number(width), "height", number(placed.height() + HEAD));
        attributes("viewBox", "0 0 " + number(width) + " " + number(placed.height() + HEAD));
        text.append(" font-family=\"Helvetica, Arial, sans-serif\">\n");
        text.append("<!-- " + DiagramFormat.MARK + " -->\n<title>")
                .append(escaped(diagram.title()))
                .append("</title>\n");
        text.append("<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\""
                + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0.5 8 4 0 7.5z\" fill=\"" + Palette.ARROW
                + "\"/></marker></defs>\n");
        text.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(20, 24, 15, "start", "#000000", diagram.title(), " font-weight=\"bold\"");
        text(20, 40, BoxSize.TEXT, "start", Palette.ARROW, diagram.caption(), "");
        text.append("<g");
        attributes("transform", "translate(" + number((width - placed.width()) / 2) + " " + number(HEAD) + ")");
        text.append(">\n");
        placed.frames().forEach(this::frame);
        arrows(diagram);
        for (int i = 0; i < diagram.boxes().size(); i++) {
            box(diagram.boxes().get(i), placed.centres().get(i));
        }
        return text.append("</g>\n</svg>\n").toString();
    }

    private void frame(Around frame) {
        text.append("<rect");
        attributes("x", number(frame.from().x()), "y", number(frame.from().y()));
        attributes(
                "width",
                number(frame.to().x() - frame.from().x()),
                "height",
                number(frame.to().y() - frame.from().y()));
        text.append(" rx=\"8\" fill=\"#f7f9fb\" stroke=\"" + Palette.FRAME + "\"/>\n");
        text(
                frame.from().x() + 4,
                frame.from().y() - 3,
                BoxSize.SMALL,
                "start",
                "#8a949e",
                frame.path(),
                " font-style=\"italic\"");
    }

    /** Draws arrows, each with its shape unless a straight one from the same box says the same. */
    private void arrows(Diagram diagram) {
        Set<String> said = new HashSet<>();
        for (int i = 0; i < placed.routes().size(); i++) {
            if (placed.routes().get(i).size() == 2) {
                Diagram.Arrow straight = diagram.arrows().get(i);
                said.add(straight.from() + " " + straight.label());
            }
        }
        for (int i = 0; i < placed.routes().size(); i++) {
            List<Spot> route = placed.routes().get(i);
            Diagram.Arrow arrow = diagram.arrows().get(i);
            arrow(route);
            if (route.size() == 2 || said.add(arrow.from() + " " + arrow.label())) {
                label(route, arrow.label());
            }
        }
    }

    private void arrow(List<Spot> route) {
        text.append("<path");
        attributes("d", rounded(route));
        text.append(
                " fill=\"none\" stroke=\"" + Palette.ARROW + "\" stroke-width=\"1.3\" marker-end=\"url(#head)\"/>\n");
    }

    /** Writes the shape beside the first part of an arrow that has room for it. */
    private void label(List<Spot> route, String label) {
        double width = BoxSize.textWidth(label, BoxSize.SMALL);
        for (int i = 1; i < route.size(); i++) {
            Spot from = route.get(i - 1);
            Spot to = route.get(i);
            double dx = to.x() - from.x();
            double dy = to.y() - from.y();
            if (dx == 0 && Math.abs(dy) >= ROOM) {
                double y = Math.abs(dy) > 2 * ROOM ? from.y() + Math.signum(dy) * ROOM : from.y() + dy / 2;
                text(from.x() + 5, y + 3, BoxSize.SMALL, "start", Palette.ARROW, label, "");
                return;
            } else if (dy == 0 && Math.abs(dx) > width) {
                double x = i == 1 ? from.x() + dx / 2 : from.x() + Math.signum(dx) * (width / 2 + 8);
                text(x, from.y() - 4, BoxSize.SMALL, "middle", Palette.ARROW, label, "");
                return;
            }
        }
    }

    /** A line through points whose corners are round. */
    private static String rounded(List<Spot> route) {
        StringBuilder path = new StringBuilder("M" + spot(route.get(0)));
        for (int i = 1; i < route.size() - 1; i++) {
            Spot corner = route.get(i);
            path.append(" L" + spot(towards(corner, route.get(i - 1))));
            path.append(" Q" + spot(corner) + " " + spot(towards(corner, route.get(i + 1))));
        }
        return path.append(" L" + spot(route.get(route.size() - 1))).toString();
    }

    private static Spot towards(Spot corner, Spot end) {
        double length = Math.hypot(end.x() - corner.x(), end.y() - corner.y());
        double part = length == 0 ? 0 : Math.min(CORNER, length / 2) / length;
        return corner.plus((end.x() - corner.x()) * part, (end.y() - corner.y()) * part);
    }

    private void box(Box box, Spot centre) {
        BoxSize size = BoxSize.of(box);
        text.append("<g>");
        text.append("<title>").append(escaped(String.join("\n", box.details()))).append("</title>");
        boolean regularized = !box.regularizers().isEmpty();
        String stroke = regularized ? Palette.REGULARIZED : Palette.stroke(box.family());
        if (box.family() == Family.BLOCK) {
            outline(centre.plus(3, 3), size, "#ffffff", stroke, "");
        }
        boolean bare = box.family() == Family.INPUT || box.family() == Family.OUTPUT;
        outline(centre, size, Palette.fill(box.family()), bare ? "none" : stroke, regularized ? "1.8" : "1");
        double y = centre.y() - size.height() / 2 + 5 + BoxSize.LINE - 4;
        if (BoxSize.isRound(box)) {
            y = centre.y() + 4;
        }
        for (String line : box.lines()) {
            text(centre.x(), y, BoxSize.TEXT, "middle", "#000000", line, bare ? " font-weight=\"bold\"" : "");
            y += BoxSize.LINE;
        }
        for (String regularizer : box.regularizers()) {
            text(centre.x(), y - 1, BoxSize.SMALL, "middle", Palette.REGULARIZED, Palette.regularized(regularizer), "");
            y += BoxSize.LINE;
        }
        text.append("</g>\n");
    }

    private void outline(Spot centre, BoxSize size, String fill, String stroke, String strokeWidth) {
        text.append("<rect");
        attributes("x", number(centre.x() - size.width() / 2), "y", number(centre.y() - size.height() / 2));
        attributes("width", number(size.width()), "height", number(size.height()));
        attributes("rx", number(Math.min(size.height() / 2, size.width() == size.height() ? size.width() : 6)));
        attributes("fill", fill, "stroke", stroke);
        if (!strokeWidth.isEmpty()) {
            attributes("stroke-width", strokeWidth);
        }
        text.append("/>");
    }

    private void text(double x, double y, int size, String anchor, String colour, String shown, String more) {
        text.append("<text");
        attributes("x", number(x), "y", number(y));
        attributes("font-size", String.valueOf(size), "text-anchor", anchor);
        attributes("fill", colour);
        text.append(more).append('>').append(escaped(shown)).append("</text>\n");
    }

    private void attributes(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            text.append(' ')
                    .append(namesAndValues[i])
                    .append("=\"")
                    .append(namesAndValues[i + 1])
                    .append('"');
        }
    }

    private static String spot(Spot spot) {
        return number(spot.x()) + " " + number(spot.y());
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** Text between tags, on one line but for the line ends that are there. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.lines().forEach(line -> {
            String shown = Printable.line(line)
                    .replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;");
            escaped.append(escaped.isEmpty() ? "" : "\n").append(shown);
        });
        return escaped.toString();
    }
}
