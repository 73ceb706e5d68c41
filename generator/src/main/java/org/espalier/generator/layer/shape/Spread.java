package org.espalier.generator.layer.shape;

import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * How an image becomes a larger one whose elements are each an element of it, or 0.
 *
 * @param kind where elements come from
 * @param before for {@link Kind#NEAREST} how often each row and column is repeated, else how many come before the
 *     image's: above and to the left
 * @param after how many come after the image's: below and to the right; of {@link Kind#NEAREST} none
 */
public record Spread(Kind kind, Pair before, Pair after) {
    /** Where elements come from. */
    public enum Kind {
        /** Each row and column several times. */
        NEAREST("Upsample", "upsample"),
        /** Zeros around the image. */
        ZEROS("ZeroPad2d", "zero_pad2d"),
        /** The image mirrored at its edges, which are not repeated. */
        REFLECT("ReflectionPad2d", "reflection_pad2d"),
        /** Its edges repeated. */
        REPLICATE("ReplicationPad2d", "replication_pad2d");

        private final String word;
        private final String text;

        Kind(String word, String text) {
            this.word = word;
            this.text = text;
        }

        /** The layer in the {@code .net}. */
        public String word() {
            return word;
        }

        /** The name in printed programs. */
        public String text() {
            return text;
        }
    }

    /** Reads the attributes of an operation that spreads. */
    static Spread read(Kind kind, PrintedOp printed) {
        return kind == Kind.NEAREST
                ? new Spread(kind, printed.sizes("scale"), new Pair(0, 0))
                : new Spread(kind, printed.sizes("before"), printed.sizes("after"));
    }

    /** Name and attributes of an operation that spreads, or with a suffix of its backward. */
    OpSignature.Builder signature(String suffix) {
        OpSignature.Builder named = OpSignature.of(kind.text() + suffix);
        return kind == Kind.NEAREST
                ? named.attribute("scale", before)
                : named.attribute("before", before).attribute("after", after);
    }

    /**
     * The call of an operation's kernel.
     *
     * <pre>{@code
     * upsample(relu, up, 2, 2);
     * reflectionPad2d(image, pad, 3, 3, 3, 3);
     * }</pre>
     *
     * the latter with what comes above, below, to the left and to the right.
     */
    KernelCall call(OpSignature signature) {
        return kind == Kind.NEAREST
                ? KernelCall.of(signature)
                : KernelCall.of(
                        signature,
                        new Argument.Whole(before.height()),
                        new Argument.Whole(after.height()),
                        new Argument.Whole(before.width()),
                        new Argument.Whole(after.width()));
    }

    /** The height of what becomes of an image. */
    public long height(long height) {
        return kind == Kind.NEAREST ? height * before.height() : height + before.height() + after.height();
    }

    /** The width of what becomes of an image. */
    public long width(long width) {
        return kind == Kind.NEAREST ? width * before.width() : width + before.width() + after.width();
    }
}
