package org.espalier.generator.report.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;

/** Makes a diagram of a network: closes blocks, and puts layers that follow each other into one box. */
public final class DiagramBuilder {
    /** Boxes that a picture has at most if its reader did not say which blocks to open. */
    private static final int READABLE = 45;

    /** Layers that a box shows at most. */
    private static final int LINES = 5;

    private final Graph graph;
    private final Set<String> shut;
    private final Map<String, String> regularizers = new HashMap<>();
    private final Map<Value, String> parameters = new HashMap<>();

    private DiagramBuilder(Graph graph, Set<String> shut) {
        this.graph = graph;
        this.shut = shut;
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter.name(), group.name()));
            }
        }
        for (ParameterDecl parameter : graph.parameters()) {
            parameters.put(parameter.value(), parameter.name());
        }
    }

    /**
     * Draws a network with blocks open to a depth.
     *
     * @param graph the network
     * @param depth how many of the blocks around a layer are open, from outside: 0 closes every block
     * @param shut names of blocks that are closed at any depth
     */
    public static Diagram draw(Graph graph, int depth, Set<String> shut) {
        return new DiagramBuilder(graph, shut).at(depth);
    }

    /**
     * Draws a network with as many blocks open as leave it readable.
     *
     * @param graph the network
     * @param shut names of blocks that are closed in any case
     */
    public static Diagram draw(Graph graph, Set<String> shut) {
        DiagramBuilder builder = new DiagramBuilder(graph, shut);
        Diagram best = builder.at(0);
        for (int depth = 1; depth <= BlockTree.deepest(graph); depth++) {
            Diagram next = builder.at(depth);
            if (next.boxes().size() > READABLE) {
                return best;
            }
            best = next;
        }
        return best;
    }

    private Diagram at(int depth) {
        BlockTree blocks = new BlockTree(graph, depth, shut);
        List<DrawnPiece> pieces = pieces(blocks);
        for (Set<String> torn = torn(pieces); !torn.isEmpty(); torn = torn(pieces)) {
            blocks.open(torn);
            pieces = pieces(blocks);
        }
        return joined(pieces);
    }

    private List<DrawnPiece> pieces(BlockTree blocks) {
        List<DrawnPiece> pieces = new ArrayList<>();
        Map<String, DrawnPiece> closed = new HashMap<>();
        Map<Value, DrawnPiece> makers = new HashMap<>();
        for (Value input : graph.inputs()) {
            String detail =
                    input.name() + " " + input.type() + "  (" + input.span().citation() + ")";
            DrawnPiece piece = new DrawnPiece(input.name(), "", Family.INPUT, input.name(), detail, input);
            makers.put(input, piece);
            pieces.add(piece);
        }
        String layer = "";
        for (ForwardOp op : graph.operations()) {
            Optional<String> block = blocks.closed(op.origin().layer());
            DrawnPiece piece = block.map(closed::get).orElse(null);
            if (block.isEmpty() && layer.equals(op.origin().layer())) {
                piece = pieces.get(pieces.size() - 1);
            } else if (piece == null) {
                piece = block.map(path -> block(path, op, blocks)).orElseGet(() -> layer(op, blocks));
                DrawnPiece made = piece;
                block.ifPresent(path -> closed.put(path, made));
                pieces.add(piece);
            }
            layer = block.isPresent() ? "" : op.origin().layer();
            for (Value read : op.inputs()) {
                String parameter = parameters.get(read);
                if (parameter != null) {
                    piece.read(parameter, read.shape());
                    Optional.ofNullable(regularizers.get(parameter)).ifPresent(piece::regularizedBy);
                } else if (makers.containsKey(read)) {
                    piece.read(read, makers.get(read));
                }
            }
            piece.then(op);
            for (Value computed : op.outputs()) {
                makers.put(computed, piece);
            }
        }
        for (Value output : graph.outputs()) {
            DrawnPiece piece = new DrawnPiece(
                    output.name(), "", Family.OUTPUT, output.name(), output.name() + " " + output.type(), output);
            DrawnPiece maker = makers.get(output);
            if (maker != null) {
                piece.read(output, maker);
            }
            pieces.add(piece);
        }
        return pieces;
    }

    private static DrawnPiece block(String path, ForwardOp op, BlockTree blocks) {
        String name = blocks.at(path).name();
        String detail = path + " = " + name + "  (" + blocks.at(path).span().citation() + ")";
        return new DrawnPiece(path, blocks.open(op.origin().layer()), Family.BLOCK, name, detail, op.result());
    }

    private DrawnPiece layer(ForwardOp op, BlockTree blocks) {
        String path = op.origin().layer();
        String word = op.origin().word();
        String detail = path + " = " + graph.calls().getOrDefault(path, word) + "  ("
                + op.origin().span().citation() + ")";
        return new DrawnPiece(path, blocks.open(path), Family.PLAIN, word, detail, op.result());
    }

    /**
     * Finds closed blocks that what they compute comes back to through layers outside of them, which one box cannot
     * show. Pieces lie in the order in which they begin, so such a block reads from a piece behind it.
     */
    private static Set<String> torn(List<DrawnPiece> pieces) {
        Set<DrawnPiece> begun = new HashSet<>();
        Set<String> torn = new HashSet<>();
        for (DrawnPiece piece : pieces) {
            if (!begun.containsAll(piece.reads().keySet())) {
                torn.add(piece.path);
            }
            begun.add(piece);
        }
        return torn;
    }

    private Diagram joined(List<DrawnPiece> pieces) {
        Map<DrawnPiece, Integer> readers = new HashMap<>();
        pieces.forEach(piece -> piece.reads().keySet().forEach(read -> readers.merge(read, 1, Integer::sum)));
        List<List<DrawnPiece>> rows = new ArrayList<>();
        Map<DrawnPiece, List<DrawnPiece>> rowOf = new HashMap<>();
        for (DrawnPiece piece : pieces) {
            List<DrawnPiece> row = piece.reads().keySet().stream()
                    .map(rowOf::get)
                    .filter(before -> goesOn(before, piece, readers))
                    .findFirst()
                    .orElse(null);
            if (row == null) {
                row = new ArrayList<>();
                rows.add(row);
            }
            row.add(piece);
            rowOf.put(piece, row);
        }
        IdentityHashMap<List<DrawnPiece>, Integer> places = new IdentityHashMap<>();
        List<Box> boxes = new ArrayList<>();
        Map<List<Integer>, Arrow> arrows = new LinkedHashMap<>();
        for (List<DrawnPiece> row : rows) {
            int to = boxes.size();
            places.put(row, to);
            boxes.add(box(row));
            row.get(0).reads().forEach((read, value) -> {
                int from = Objects.requireNonNull(places.get(rowOf.get(read)));
                arrows.putIfAbsent(List.of(from, to), new Arrow(from, to, label(value.shape())));
            });
        }
        return new Diagram(graph.name(), caption(), boxes, List.copyOf(arrows.values()));
    }

    /** Tells whether a piece may be in the box of the pieces before it. */
    private static boolean goesOn(List<DrawnPiece> row, DrawnPiece piece, Map<DrawnPiece, Integer> readers) {
        DrawnPiece last = row.get(row.size() - 1);
        return !piece.isAlone()
                && !last.isAlone()
                && readers.getOrDefault(last, 0) == 1
                && last.group.equals(piece.group)
                && row.size() < LINES
                && !(piece.isMain() && row.stream().anyMatch(DrawnPiece::isMain));
    }

    private static Box box(List<DrawnPiece> row) {
        DrawnPiece main = row.stream().filter(DrawnPiece::isMain).findFirst().orElse(row.get(0));
        List<String> details = new ArrayList<>();
        Set<String> regularizers = new LinkedHashSet<>();
        for (DrawnPiece piece : row) {
            details.add(piece.detail());
            if (main.family() == Family.BLOCK) {
                long scalars = piece.parameters().values().stream()
                        .mapToLong(Shape::elements)
                        .sum();
                details.add(number(scalars) + " parameters");
            } else {
                piece.parameters().forEach((name, shape) -> details.add(name + " " + shape));
            }
            regularizers.addAll(piece.regularizers());
        }
        return new Box(
                row.get(0).path,
                main.isJunction() ? Family.JUNCTION : main.family(),
                row.stream().map(DrawnPiece::line).toList(),
                List.copyOf(regularizers),
                details,
                main.group,
                row.get(row.size() - 1).result().shape().dimensions());
    }

    private String caption() {
        String losses = String.join(" + ", Loss.names(graph.losses()));
        return number(graph.parameterCount()) + " parameters" + (losses.isEmpty() ? "" : ", loss " + losses);
    }

    private static String label(Shape shape) {
        return shape.dimensions().isEmpty()
                ? "1"
                : shape.dimensions().stream().map(String::valueOf).collect(Collectors.joining("×"));
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
