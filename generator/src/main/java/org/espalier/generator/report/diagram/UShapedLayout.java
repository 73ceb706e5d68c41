package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Placed.Spot;

/**
 * Draws a U, as in the paper of the U-Net (Ronneberger et al., arXiv:1505.04597): a row for each resolution, the way
 * down on the left, the way up on the right, and skips straight across.
 */
final class UShapedLayout {
    private static final double ROW_GAP = 34;
    private static final double BETWEEN_ARMS = 110;
    private static final double INDENT = 26;
    private static final double MARGIN = 20;
    private static final double CORNERS = 8;
    private static final int LEAST_LEVELS = 3;

    private final Diagram diagram;
    private final DiagramGraph graph;
    private final int[] levels;
    private final boolean[] right;
    private final int deepest;
    private final Spot[] centres;

    private UShapedLayout(Diagram diagram, DiagramGraph graph, int[] levels, boolean[] right) {
        this.diagram = diagram;
        this.graph = graph;
        this.levels = levels;
        this.right = right;
        this.deepest = IntStream.of(levels).max().orElse(0);
        this.centres = new Spot[graph.size()];
    }

    /** Places the boxes of a diagram; nothing if its resolution does not fall and rise again. */
    static Optional<Placed> place(Diagram diagram) {
        DiagramGraph graph = new DiagramGraph(diagram);
        List<Integer> path = graph.longestPath(new boolean[graph.size()]);
        List<Long> areas = path.stream().map(box -> area(diagram, box)).toList();
        long smallest = areas.stream().mapToLong(Long::longValue).min().orElse(0);
        int bottom = areas.indexOf(smallest);
        if (bottom <= 0 || !falls(areas.subList(0, bottom + 1)) || !rises(areas.subList(bottom, areas.size()))) {
            return Optional.empty();
        }
        List<Long> rows =
                areas.stream().distinct().sorted(Comparator.reverseOrder()).toList();
        long rising = areas.subList(bottom, areas.size()).stream().distinct().count();
        if (rows.size() < LEAST_LEVELS || rising < LEAST_LEVELS) {
            return Optional.empty();
        }
        int[] levels = new int[graph.size()];
        boolean[] right = new boolean[graph.size()];
        Map<Integer, Integer> onPath = new HashMap<>();
        for (int i = 0; i < path.size(); i++) {
            onPath.put(path.get(i), i);
        }
        for (int box = 0; box < graph.size(); box++) {
            int level = rows.indexOf(area(diagram, box));
            if (level < 0) {
                return Optional.empty();
            }
            boolean behindBottom = graph.before(box).stream().anyMatch(from -> right[from]);
            right[box] = onPath.containsKey(box) ? onPath.get(box) > bottom : behindBottom;
            // What enlarges stands at the end of the row that it comes from, so that skips meet at the row's begin.
            levels[box] = right[box]
                    ? graph.before(box).stream()
                            .mapToInt(from -> rows.indexOf(area(diagram, from)))
                            .max()
                            .orElse(level)
                    : level;
        }
        return Optional.of(new UShapedLayout(diagram, graph, levels, right).placed());
    }

    /** Elements of a channel: height times width of an image. */
    private static long area(Diagram diagram, int box) {
        List<Integer> shape = diagram.boxes().get(box).shape();
        return shape.size() < 2
                ? 1
                : shape.subList(1, shape.size()).stream()
                        .mapToLong(Integer::longValue)
                        .reduce(1, (a, b) -> a * b);
    }

    private static boolean falls(List<Long> areas) {
        return IntStream.range(1, areas.size()).allMatch(i -> areas.get(i) <= areas.get(i - 1));
    }

    private static boolean rises(List<Long> areas) {
        return IntStream.range(1, areas.size()).allMatch(i -> areas.get(i) >= areas.get(i - 1));
    }

    private Placed placed() {
        List<List<Integer>> down = rows(false);
        List<List<Integer>> up = rows(true);
        double[] ends = new double[deepest + 1];
        double[] middles = new double[deepest + 1];
        double top = 0;
        for (int level = 0; level <= deepest; level++) {
            double height = Stream.concat(down.get(level).stream(), up.get(level).stream())
                    .mapToDouble(box -> size(box).height())
                    .max()
                    .orElse(0);
            middles[level] = top + height / 2;
            top += height + ROW_GAP;
            ends[level] = put(down.get(level), start(down.get(level), INDENT).orElse(level * INDENT), middles[level]);
        }
        for (int level = deepest; level >= 0; level--) {
            double behind = ends[level] + (down.get(level).isEmpty() ? 0 : BETWEEN_ARMS);
            put(up.get(level), Math.max(behind, start(up.get(level), 0).orElse(behind)), middles[level]);
        }
        List<List<Spot>> routes = diagram.arrows().stream().map(this::route).toList();
        return Placed.cropped(diagram, List.of(centres), routes, List.of(), MARGIN);
    }

    /** The boxes of one arm, a row for each level, in the order in which they run. */
    private List<List<Integer>> rows(boolean ofRight) {
        List<List<Integer>> rows = new ArrayList<>();
        for (int level = 0; level <= deepest; level++) {
            int row = level;
            rows.add(IntStream.range(0, graph.size())
                    .filter(box -> right[box] == ofRight && levels[box] == row)
                    .boxed()
                    .toList());
        }
        return rows;
    }

    /** The begin of a row, so that its first box that another row leads to lies beside what leads to it. */
    private Optional<Double> start(List<Integer> row, double shift) {
        double x = 0;
        for (int i = 0; i < row.size(); i++) {
            int box = row.get(i);
            x += i == 0 ? 0 : gap(row.get(i - 1), box);
            for (int from : graph.before(box)) {
                if (levels[from] != levels[box] && right[from] == right[box]) {
                    return Optional.of(centres[from].x() + shift - x - size(box).width() / 2);
                }
            }
            x += size(box).width();
        }
        return Optional.empty();
    }

    private BoxSize size(int box) {
        return BoxSize.of(diagram.boxes().get(box));
    }

    /** Room between two boxes of a row: for the shape on the arrow, if one goes from one to the other. */
    private double gap(int from, int to) {
        return diagram.arrows().stream()
                .filter(arrow -> arrow.from() == from && arrow.to() == to)
                .mapToDouble(arrow -> BoxSize.textWidth(arrow.label(), BoxSize.SMALL) + 20)
                .findFirst()
                .orElse(24);
    }

    /** Puts a row into its place and returns where it ends. */
    private double put(List<Integer> row, double from, double y) {
        double x = from;
        for (int i = 0; i < row.size(); i++) {
            x += i == 0 ? 0 : gap(row.get(i - 1), row.get(i));
            double width = size(row.get(i)).width();
            centres[row.get(i)] = new Spot(x + width / 2, y);
            x += width;
        }
        return x;
    }

    private List<Spot> route(Arrow arrow) {
        Spot from = centres[arrow.from()];
        Spot to = centres[arrow.to()];
        BoxSize start = size(arrow.from());
        BoxSize end = size(arrow.to());
        if (levels[arrow.from()] == levels[arrow.to()]) {
            if (isClear(arrow)) {
                return List.of(from.plus(start.width() / 2, 0), to.plus(-end.width() / 2, 0));
            }
            // Past boxes of its row, above them; arrows into the same box at heights of their own.
            int others = graph.before(arrow.to()).indexOf(arrow.from());
            double over = from.y() - rowHeight(levels[arrow.from()]) / 2 - 8 - 6 * others;
            return List.of(
                    from.plus(start.width() / 4, -start.height() / 2),
                    new Spot(from.x() + start.width() / 4, over),
                    new Spot(to.x(), over),
                    to.plus(0, -end.height() / 2));
        }
        boolean down = levels[arrow.to()] > levels[arrow.from()];
        Spot out = from.plus(0, (down ? 1 : -1) * start.height() / 2);
        Spot in = to.plus(0, (down ? -1 : 1) * end.height() / 2);
        double left = Math.max(from.x() - start.width() / 2, to.x() - end.width() / 2) + CORNERS;
        double right = Math.min(from.x() + start.width() / 2, to.x() + end.width() / 2) - CORNERS;
        if (left <= right && Math.abs(levels[arrow.to()] - levels[arrow.from()]) == 1) {
            // Straight where the boxes overlap, so that arms lean without corners.
            double middle = Math.abs(out.x() - in.x()) < 1 ? out.x() : (left + right) / 2;
            return List.of(new Spot(middle, out.y()), new Spot(middle, in.y()));
        }
        double half = down ? in.y() - 12 : in.y() + 12;
        return List.of(out, new Spot(out.x(), half), new Spot(in.x(), half), in);
    }

    private double rowHeight(int level) {
        return IntStream.range(0, graph.size())
                .filter(box -> levels[box] == level)
                .mapToDouble(box -> size(box).height())
                .max()
                .orElse(0);
    }

    /** Tells whether no box lies between two of the same row. */
    private boolean isClear(Arrow arrow) {
        double from = centres[arrow.from()].x();
        double to = centres[arrow.to()].x();
        return IntStream.range(0, graph.size())
                .noneMatch(box -> levels[box] == levels[arrow.from()]
                        && box != arrow.from()
                        && box != arrow.to()
                        && centres[box].x() > from
                        && centres[box].x() < to);
    }
}
