/**
 * Changes to batches: augmentation, which draws anew for every batch, and normalization by statistics of the training
 * data.
 */
@NullMarked
package org.espalier.runtime.data.augment;

import org.jspecify.annotations.NullMarked;
