package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * {@code PixelShuffle} (Shi and others, arXiv:1609.05158), its inverse, and {@code ChannelShuffle} (Zhang and others,
 * arXiv:1707.01083): axes are divided, put in another order and joined.
 *
 * @param factor how often pixels lie side by side, or how many groups there are
 */
public record Shuffle(Kind kindOf, int factor) implements UnaryRule {
    public static final List<LayerDefinition> ALL = List.of(
            of(Kind.PIXEL_SHUFFLE)
                    .example("PixelShuffle(2)", "[batch, 12, 2, 3]", "[batch, 3, 4, 6]", 0)
                    .example("PixelShuffle(3)", "[batch, 9, 2, 1]", "[batch, 1, 6, 3]", 0),
            of(Kind.PIXEL_UNSHUFFLE).example("PixelUnshuffle(2)", "[batch, 3, 4, 6]", "[batch, 12, 2, 3]", 0),
            of(Kind.CHANNEL_SHUFFLE).example("ChannelShuffle(3)", "[batch, 6, 2, 3]", "[batch, 6, 2, 3]", 0));

    /** Kind of shuffle: which elements are put where. */
    enum Kind {
        PIXEL_SHUFFLE("PixelShuffle", "upscale_factor") {
            @Override
            Fit fit(Shape x, int factor) {
                long square = (long) factor * factor;
                return x.rank() == 4 && x.axis(1) % square == 0
                        ? Fit.of(word, x.axis(1) / square, (long) factor * x.axis(2), (long) factor * x.axis(3))
                        : Fit.mismatch(word, "[batch, a multiple of " + square + ", height, width]", x);
            }

            @Override
            List<Integer> divided(Shape x, int factor) {
                return List.of(x.axis(1) / factor / factor, factor, factor, x.axis(2), x.axis(3));
            }

            @Override
            List<Integer> order(int rank) {
                return List.of(0, 1, 4, 2, 5, 3);
            }
        },
        PIXEL_UNSHUFFLE("PixelUnshuffle", "downscale_factor") {
            @Override
            Fit fit(Shape x, int factor) {
                return x.rank() == 4 && x.axis(2) % factor == 0 && x.axis(3) % factor == 0
                        ? Fit.of(word, (long) factor * factor * x.axis(1), x.axis(2) / factor, x.axis(3) / factor)
                        : Fit.mismatch(
                                word, "[batch, channels, height, width] with multiples of " + factor + " as sides", x);
            }

            @Override
            List<Integer> divided(Shape x, int factor) {
                return List.of(x.axis(1), x.axis(2) / factor, factor, x.axis(3) / factor, factor);
            }

            @Override
            List<Integer> order(int rank) {
                return List.of(0, 1, 3, 5, 2, 4);
            }
        },
        CHANNEL_SHUFFLE("ChannelShuffle", "groups") {
            @Override
            Fit fit(Shape x, int factor) {
                return x.rank() > 2 && x.axis(1) % factor == 0
                        ? new Fit.Fitting(x)
                        : Fit.mismatch(word, "[batch, a multiple of " + factor + ", size, …]", x);
            }

            @Override
            List<Integer> divided(Shape x, int factor) {
                List<Integer> sizes = new ArrayList<>(List.of(factor, x.axis(1) / factor));
                sizes.addAll(x.dimensions().subList(1, x.dimensions().size()));
                return sizes;
            }

            @Override
            List<Integer> order(int rank) {
                List<Integer> order = new ArrayList<>(List.of(0, 2, 1));
                for (int axis = 3; axis < rank; axis++) {
                    order.add(axis);
                }
                return order;
            }
        };

        final String word;
        private final String argument;

        Kind(String word, String argument) {
            this.word = word;
            this.argument = argument;
        }

        abstract Fit fit(Shape x, int factor);

        /** The sizes of x, an axis that is divided being several. */
        abstract List<Integer> divided(Shape x, int factor);

        /** The order of these, the batch first. */
        abstract List<Integer> order(int rank);
    }

    private static LayerDefinition of(Kind kind) {
        return LayerDefinition.layer(
                Signature.of(kind.word).required(kind.argument, Type.INT).build(),
                arguments -> new Shuffle(kind, arguments.integer(kind.argument, 1)));
    }

    @Override
    public String kind() {
        return kindOf.word.toLowerCase(Locale.ROOT);
    }

    @Override
    public Fit fit(Shape x) {
        return kindOf.fit(x, factor);
    }

    // conv as [batch, 3, 2, 2, 8, 8] -> [batch, 3, 8, 2, 8, 2] as [batch, 3, 16, 16]
    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value divided = wiring.between("divided", new Shape(true, kindOf.divided(x.shape(), factor)));
        List<Integer> order = kindOf.order(divided.shape().rank());
        Value moved = wiring.between("moved", Permute.of(divided.shape(), order));
        wiring.add(new Reshape(wiring.origin(), x, divided));
        wiring.add(new Permute(wiring.origin(), divided, moved, order));
        wiring.add(new Reshape(wiring.origin(), moved, y));
    }
}
