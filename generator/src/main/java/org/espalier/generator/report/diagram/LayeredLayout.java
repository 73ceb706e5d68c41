package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Placed.Around;
import org.espalier.generator.report.diagram.Placed.Spot;

/**
 * Puts a network's longest path into one column from top to bottom, as papers print a ResNet, its branches into columns
 * to the right, and shortcuts on tracks to the left of what they go around.
 */
final class LayeredLayout {
    private static final double ROW_GAP = 34;
    private static final double COLUMN_GAP = 36;
    private static final double TRACK = 14;
    private static final double MARGIN = 20;
    private static final double SIDE = 5;

    private final Diagram diagram;
    private final DiagramGraph graph;
    private final int[] lanes;
    private final double[] rowY;
    private final double[] rowHeight;
    private final List<BitSet> occupied = new ArrayList<>();

    /** The rows of each column in which it has boxes. */
    private final List<BitSet> boxes = new ArrayList<>();

    private LayeredLayout(Diagram diagram) {
        this.diagram = diagram;
        this.graph = new DiagramGraph(diagram);
        this.lanes = new int[graph.size()];
        int rows = IntStream.range(0, graph.size()).map(graph::rank).max().orElse(0) + 1;
        this.rowHeight = new double[rows];
        this.rowY = new double[rows];
    }

    /** Places the boxes and arrows of a diagram. */
    static Placed place(Diagram diagram) {
        return new LayeredLayout(diagram).placed();
    }

    private Placed placed() {
        findLanes();
        for (int i = 0; i < graph.size(); i++) {
            rowHeight[graph.rank(i)] = Math.max(rowHeight[graph.rank(i)], size(i).height());
        }
        double y = 0;
        for (int row = 0; row < rowY.length; row++) {
            rowY[row] = y + rowHeight[row] / 2;
            y += rowHeight[row] + ROW_GAP;
        }
        Tracks tracks = new Tracks();
        double[] laneX = columns(tracks);
        List<Spot> centres = IntStream.range(0, graph.size())
                .mapToObj(i -> new Spot(laneX[lanes[i]], rowY[graph.rank(i)]))
                .toList();
        List<List<Spot>> routes = new ArrayList<>();
        for (Arrow arrow : diagram.arrows()) {
            routes.add(route(arrow, centres, tracks));
        }
        return Placed.cropped(diagram, centres, routes, frames(centres), MARGIN);
    }

    private BoxSize size(int box) {
        return BoxSize.of(diagram.boxes().get(box));
    }

    /** Gives each path of boxes the first column whose rows are free from where it leaves to where it comes back. */
    private void findLanes() {
        boolean[] taken = new boolean[graph.size()];
        for (List<Integer> path = graph.longestPath(taken); !path.isEmpty(); path = graph.longestPath(taken)) {
            int first = path.get(0);
            int last = path.get(path.size() - 1);
            int from = graph.before(first).stream().mapToInt(graph::rank).max().orElse(graph.rank(first) - 1) + 1;
            int to = graph.after(last).stream().mapToInt(graph::rank).min().orElse(graph.rank(last) + 1);
            int lane = 0;
            while (lane < occupied.size()
                    && occupied.get(lane).nextSetBit(from) >= 0
                    && occupied.get(lane).nextSetBit(from) < to) {
                lane++;
            }
            if (lane == occupied.size()) {
                occupied.add(new BitSet());
                boxes.add(new BitSet());
            }
            occupied.get(lane).set(from, to);
            for (int box : path) {
                taken[box] = true;
                lanes[box] = lane;
                boxes.get(lane).set(graph.rank(box));
            }
        }
    }

    /** Tells whether a column is free of boxes in the rows between two. */
    private boolean isClear(int lane, int above, int below) {
        int next = boxes.get(lane).nextSetBit(above + 1);
        return next < 0 || next >= below;
    }

    /** Tells whether an arrow goes around boxes of its column. */
    private boolean goesAround(Arrow arrow) {
        int above = graph.rank(arrow.from());
        int below = graph.rank(arrow.to());
        return !isClear(lanes[arrow.from()], above, below) && !isClear(lanes[arrow.to()], above, below);
    }

    /** The middles of the columns: each has room for its widest box and, to its left, for its tracks. */
    private double[] columns(Tracks tracks) {
        double[] middles = new double[occupied.size()];
        double x = 0;
        for (int lane = 0; lane < middles.length; lane++) {
            int column = lane;
            double widest = IntStream.range(0, graph.size())
                    .filter(i -> lanes[i] == column)
                    .mapToDouble(i -> size(i).width())
                    .max()
                    .orElse(0);
            double label = diagram.arrows().stream()
                    .filter(arrow -> lanes[arrow.from()] == column)
                    .mapToDouble(arrow -> BoxSize.textWidth(arrow.label(), BoxSize.SMALL))
                    .max()
                    .orElse(0);
            x += tracks.count(lane) * TRACK;
            middles[lane] = x + widest / 2;
            tracks.begin(lane, x);
            x += Math.max(widest, widest / 2 + label + 8) + COLUMN_GAP;
        }
        return middles;
    }

    private List<Spot> route(Arrow arrow, List<Spot> centres, Tracks tracks) {
        Spot from = centres.get(arrow.from());
        Spot to = centres.get(arrow.to());
        double bottom = from.y() + size(arrow.from()).height() / 2;
        double top = to.y() - size(arrow.to()).height() / 2;
        int above = graph.rank(arrow.from());
        int below = graph.rank(arrow.to());
        int fromLane = lanes[arrow.from()];
        int toLane = lanes[arrow.to()];
        if (fromLane == toLane && isClear(fromLane, above, below)) {
            return List.of(new Spot(from.x(), bottom), new Spot(to.x(), top));
        } else if (goesAround(arrow)) {
            double x = tracks.x(arrow);
            // Out below the middle and in above it: one shortcut may end where the next one begins.
            double out = from.y() + SIDE;
            double in = to.y() - SIDE;
            return List.of(
                    new Spot(from.x() - size(arrow.from()).width() / 2 + 1, out),
                    new Spot(x, out),
                    new Spot(x, in),
                    new Spot(to.x() - size(arrow.to()).width() / 2 + 1, in));
        } else if (isClear(toLane, above, below)) {
            double side = Math.signum(to.x() - from.x());
            return below == above + 1
                    ? elbow(new Spot(from.x(), bottom), new Spot(to.x(), top), rowY[above] + rowHeight[above] / 2 + 10)
                    : List.of(
                            new Spot(from.x() + side * size(arrow.from()).width() / 2, from.y()),
                            new Spot(to.x(), from.y()),
                            new Spot(to.x(), top));
        }
        double side = Math.signum(from.x() - to.x());
        return List.of(
                new Spot(from.x(), bottom),
                new Spot(from.x(), to.y()),
                new Spot(to.x() + side * size(arrow.to()).width() / 2, to.y()));
    }

    private static List<Spot> elbow(Spot from, Spot to, double y) {
        return List.of(from, new Spot(from.x(), y), new Spot(to.x(), y), to);
    }

    private List<Around> frames(List<Spot> centres) {
        List<Around> frames = new ArrayList<>();
        for (BoxGroup group : BoxGroup.of(diagram).groups()) {
            List<Integer> inside = group.all();
            double left = inside.stream()
                    .mapToDouble(i -> centres.get(i).x() - size(i).width() / 2)
                    .min()
                    .orElse(0);
            double right = inside.stream()
                    .mapToDouble(i -> centres.get(i).x() + size(i).width() / 2)
                    .max()
                    .orElse(0);
            double top = inside.stream()
                    .mapToDouble(i -> centres.get(i).y() - size(i).height() / 2)
                    .min()
                    .orElse(0);
            double bottom = inside.stream()
                    .mapToDouble(i -> centres.get(i).y() + size(i).height() / 2)
                    .max()
                    .orElse(0);
            boolean others = IntStream.range(0, graph.size())
                    .filter(i -> !inside.contains(i))
                    .anyMatch(i -> centres.get(i).x() > left
                            && centres.get(i).x() < right
                            && centres.get(i).y() > top
                            && centres.get(i).y() < bottom);
            if (!others) {
                frames.add(new Around(group.path(), new Spot(left - 8, top - 10), new Spot(right + 8, bottom + 8)));
            }
        }
        return frames;
    }

    /** Ways of arrows that go around boxes, side by side to the left of their columns, the shortest innermost. */
    private final class Tracks {
        private final Map<Arrow, Integer> places = new HashMap<>();
        private final int[] counts = new int[occupied.size()];
        private final double[] begins = new double[occupied.size()];

        Tracks() {
            List<Arrow> around = diagram.arrows().stream()
                    .filter(LayeredLayout.this::goesAround)
                    .sorted(Comparator.comparingInt(arrow -> graph.rank(arrow.to()) - graph.rank(arrow.from())))
                    .toList();
            Map<Integer, List<BitSet>> taken = new HashMap<>();
            for (Arrow arrow : around) {
                List<BitSet> tracks = taken.computeIfAbsent(lane(arrow), any -> new ArrayList<>());
                int from = 2 * graph.rank(arrow.from()) + 1;
                int to = 2 * graph.rank(arrow.to());
                int track = 0;
                while (track < tracks.size()
                        && tracks.get(track).nextSetBit(from) >= 0
                        && tracks.get(track).nextSetBit(from) < to) {
                    track++;
                }
                if (track == tracks.size()) {
                    tracks.add(new BitSet());
                }
                tracks.get(track).set(from, to);
                places.put(arrow, track);
            }
            taken.forEach((lane, tracks) -> counts[lane] = tracks.size());
        }

        private int lane(Arrow arrow) {
            return Math.min(lanes[arrow.from()], lanes[arrow.to()]);
        }

        int count(int lane) {
            return counts[lane] == 0 ? 0 : counts[lane] + 1;
        }

        void begin(int lane, double x) {
            begins[lane] = x;
        }

        double x(Arrow arrow) {
            return begins[lane(arrow)] - (Objects.requireNonNull(places.get(arrow)) + 1) * TRACK;
        }
    }
}
