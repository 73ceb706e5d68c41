/** Batch, instance and group normalization, forward and backward. */
@NullMarked
package org.espalier.runtime.kernel.normalization;

import org.jspecify.annotations.NullMarked;
