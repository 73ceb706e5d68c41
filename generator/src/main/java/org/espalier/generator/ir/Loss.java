package org.espalier.generator.ir;

import org.espalier.generator.source.SourceSpan;

/**
 * The data loss of a network.
 *
 * @param kind which
 * @param scale factor in front of it ({@code loss 100 * L1Loss()})
 * @param prediction the output it judges
 * @param target what it is compared with
 * @param span the clause
 */
public record Loss(Kind kind, double scale, Value prediction, Value target, SourceSpan span) {
    /** PyTorch's losses with reduction {@code mean}. */
    public enum Kind {
        /** Mean of |prediction − target|. */
        L1_LOSS,
        /** Mean of (prediction − target)². */
        MSE_LOSS,
        /** Mean over the batch of −log softmax(logits)[label]; the target is {@code [batch]} class indices. */
        CROSS_ENTROPY_LOSS
    }
}
