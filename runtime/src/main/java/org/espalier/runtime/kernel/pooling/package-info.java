/** Pools over windows and over parts of the input: maxima and means, forward and backward. */
@NullMarked
package org.espalier.runtime.kernel.pooling;

import org.jspecify.annotations.NullMarked;
