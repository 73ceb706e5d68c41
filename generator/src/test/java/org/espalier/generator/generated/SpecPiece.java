package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A part of a random specification. Its numbers are read modulo what is possible where it stands, so that any part may
 * be left out and the rest still means something.
 */
sealed interface SpecPiece {
    /** A layer of the language. */
    record Layer(int choice, int number) implements SpecPiece {}

    /** One convolution that is applied twice, so that its weights are shared. */
    record Twice(int number) implements SpecPiece {}

    /** Pieces one after the other, within something; {@code other} is the second branch where there are two. */
    record Group(Kind kind, List<SpecPiece> pieces, List<SpecPiece> other, int number) implements SpecPiece {
        /** Copies the lists. */
        public Group {
            pieces = List.copyOf(pieces);
            other = List.copyOf(other);
        }
    }

    /** Kind of a group: what holds it together. */
    enum Kind {
        /** A block of its own. */
        BLOCK,
        /** {@code repeat}, of a block. */
        REPEAT,
        /** {@code residual}. */
        RESIDUAL,
        /** {@code skip}. */
        SKIP,
        /** {@code branches(…, merge=add)}. */
        ADD,
        /** {@code branches(…, merge=concat)}. */
        CONCAT
    }

    /** Random pieces, nested at most so deep. */
    static List<SpecPiece> some(Random random, int count, int depth) {
        List<SpecPiece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = random.nextInt(1_000);
            int kind = random.nextInt(depth == 0 ? 10 : 14);
            if (kind == 0) {
                pieces.add(new Twice(number));
            } else if (kind < 10) {
                pieces.add(new Layer(random.nextInt(1_000), number));
            } else {
                Kind group = Kind.values()[random.nextInt(Kind.values().length)];
                List<SpecPiece> inner = some(random, 1 + random.nextInt(3), depth - 1);
                boolean two = group == Kind.ADD || group == Kind.CONCAT;
                pieces.add(
                        new Group(group, inner, two ? some(random, random.nextInt(3), depth - 1) : List.of(), number));
            }
        }
        return pieces;
    }

    /** Every list that has one thing less: a piece left out, a group without what holds it, or less within one. */
    static List<List<SpecPiece>> smaller(List<SpecPiece> pieces) {
        List<List<SpecPiece>> found = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            found.add(replaced(pieces, i, List.of()));
            if (pieces.get(i) instanceof Group group) {
                found.add(replaced(pieces, i, group.pieces()));
                found.add(replaced(pieces, i, group.other()));
                for (List<SpecPiece> inner : smaller(group.pieces())) {
                    Group less = new Group(group.kind(), inner, group.other(), group.number());
                    found.add(replaced(pieces, i, List.of(less)));
                }
                for (List<SpecPiece> inner : smaller(group.other())) {
                    Group less = new Group(group.kind(), group.pieces(), inner, group.number());
                    found.add(replaced(pieces, i, List.of(less)));
                }
            }
        }
        return found;
    }

    private static List<SpecPiece> replaced(List<SpecPiece> pieces, int at, List<SpecPiece> by) {
        List<SpecPiece> all = new ArrayList<>(pieces);
        all.remove(at);
        all.addAll(at, by);
        return all;
    }

    /** Counts the pieces, those within groups included. */
    static int count(List<SpecPiece> pieces) {
        int count = 0;
        for (SpecPiece piece : pieces) {
            count += piece instanceof Group group ? 1 + count(group.pieces()) + count(group.other()) : 1;
        }
        return count;
    }
}
