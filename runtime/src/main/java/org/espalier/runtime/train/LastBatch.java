package org.espalier.runtime.train;

/**
 * Treatment of an epoch's last batch where it has fewer examples than the others. Batch normalization takes its mean
 * and variance from a batch as it is, so a small one moves them more than it should, and one with a single value per
 * channel is refused; {@link #DROP} and {@link #MERGE} avoid both.
 */
public enum LastBatch {
    /** Trains on it as on any other. */
    KEEP,
    /** Leaves it out, as PyTorch's {@code drop_last=True}, unless it is the only one. */
    DROP,
    /** Trains on it together with the one before it, as one batch. */
    MERGE
}
