package org.espalier.generator.ir;

import org.espalier.generator.ir.Window.Pair;

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

    /** The height of what becomes of an image. */
    public long height(long height) {
        return kind == Kind.NEAREST ? height * before.height() : height + before.height() + after.height();
    }

    /** The width of what becomes of an image. */
    public long width(long width) {
        return kind == Kind.NEAREST ? width * before.width() : width + before.width() + after.width();
    }
}
