package org.espalier.generator.layer.attention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.shape.Reshape;

/**
 * One application of attention with several heads: {@code forward} of PyTorch's {@code MultiheadAttention}. A mask is a
 * comparison, which holds where something is hidden, or a tensor that is added to the scores.
 *
 * @param padding of keys, [batch, keys]
 * @param attention of queries and keys, [batch, queries, keys], [batch, heads, queries, keys], or a parameter [queries,
 *     keys]
 * @param causal whether keys that come after their query are hidden
 * @param weights whether the weights of attention are a result too
 * @param averaged whether those are the mean over the heads
 */
record AttentionUse(MaskKind padding, MaskKind attention, boolean causal, boolean weights, boolean averaged) {
    /** Effect of a mask. */
    enum MaskKind {
        /** There is none. */
        NONE,
        /** It is added to the scores. */
        ADDED,
        /** It is 1 where something is hidden, and 0 elsewhere. */
        HIDING;

        static MaskKind of(Datum mask) {
            return mask instanceof Datum.None ? NONE : mask instanceof Datum.Truth ? HIDING : ADDED;
        }

        /**
         * Returns the term that the mask adds to scores: −∞ where it hides something, which as m / (1 − m) is 0
         * elsewhere.
         */
        String term(String mask) {
            return this == HIDING ? " - " + mask + " / (1 - " + mask + ")" : " + " + mask;
        }
    }

    private static final String PADDING = "key_padding_mask";
    private static final String ATTENTION = "attn_mask";

    static final Signature FORWARD = Signature.of("MultiheadAttention")
            .required("query", Type.TENSOR)
            .required("key", Type.TENSOR)
            .required("value", Type.TENSOR)
            .with(PADDING, Type.MASK, new Datum.None())
            .with("need_weights", true)
            .with(ATTENTION, Type.MASK, new Datum.None())
            .with("average_attn_weights", true)
            .with("is_causal", false)
            .build();

    /** In a list of layers, or where nothing is said. */
    static final AttentionUse PLAIN = new AttentionUse(MaskKind.NONE, MaskKind.NONE, false, false, true);

    static AttentionUse of(Arguments arguments) {
        return new AttentionUse(
                MaskKind.of(arguments.get(PADDING)),
                MaskKind.of(arguments.get(ATTENTION)),
                arguments.bool("is_causal"),
                arguments.bool("need_weights"),
                arguments.bool("average_attn_weights"));
    }

    int maskCount() {
        return (padding == MaskKind.NONE ? 0 : 1) + (attention == MaskKind.NONE ? 0 : 1);
    }

    /** Finds what is wrong with the shapes of the masks. */
    Optional<Fit.Misfit> misfit(String word, int heads, int queries, int keys, List<Shape> masks) {
        List<Shape> whole =
                List.of(Shape.batch(queries, keys), Shape.batch(heads, queries, keys), Shape.of(queries, keys));
        int place = 0;
        if (padding != MaskKind.NONE && !masks.get(place++).equals(Shape.batch(keys))) {
            return Optional.of(misfit(word, PADDING + " " + Shape.batch(keys), masks.get(0)));
        }
        if (attention != MaskKind.NONE && !whole.contains(masks.get(place))) {
            String wanted = ATTENTION + " " + whole.get(0) + ", " + whole.get(1) + " or a parameter " + whole.get(2);
            return Optional.of(misfit(word, wanted, masks.get(place)));
        }
        return Optional.empty();
    }

    private static Fit.Misfit misfit(String word, String wanted, Shape found) {
        return new Fit.Misfit(DiagnosticCode.MERGE_MISMATCH, List.of(word, wanted, found), Optional.empty());
    }

    /** The masks as they are added to scores [batch, heads, queries, keys]. */
    List<ScaledDotProduct.Mask> masks(Wiring wiring, List<Value> given) {
        List<ScaledDotProduct.Mask> masks = new ArrayList<>();
        if (padding != MaskKind.NONE) {
            Value mask = given.get(0);
            Shape apart = Shape.batch(1, 1, mask.shape().last());
            masks.add(new ScaledDotProduct.Mask("padding", reshaped(wiring, mask, apart), padding));
        }
        if (attention != MaskKind.NONE) {
            Value mask = given.get(given.size() - 1);
            Shape shape = mask.shape();
            boolean forAllHeads = shape.batched() && shape.rank() == 3;
            Value apart = forAllHeads ? reshaped(wiring, mask, Shape.batch(1, shape.axis(1), shape.axis(2))) : mask;
            masks.add(new ScaledDotProduct.Mask("mask", apart, attention));
        }
        return masks;
    }

    private static Value reshaped(Wiring wiring, Value mask, Shape shape) {
        Value reshaped = wiring.between("hiding", shape);
        wiring.add(new Reshape(wiring.origin(), mask, reshaped));
        return reshaped;
    }
}
