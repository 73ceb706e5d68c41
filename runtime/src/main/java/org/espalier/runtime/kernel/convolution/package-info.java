/**
 * Convolutions and transposed convolutions over one, two and three axes, by unfolded columns, by Winograd transforms,
 * or directly.
 */
@NullMarked
package org.espalier.runtime.kernel.convolution;

import org.jspecify.annotations.NullMarked;
