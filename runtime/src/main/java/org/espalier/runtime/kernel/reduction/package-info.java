/** Reductions over blocks and axes: sums, means, extrema, softmax. */
@NullMarked
package org.espalier.runtime.kernel.reduction;

import org.jspecify.annotations.NullMarked;
