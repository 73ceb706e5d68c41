/** Batch, instance and group normalisation, forward and backward. */
@NullMarked
package org.espalier.runtime.kernel.normalization;

import org.jspecify.annotations.NullMarked;
