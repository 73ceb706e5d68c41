/**
 * Convolutions, transposed or not, by products of what windows see or by Winograd; the windows are those of pools too.
 */
@NullMarked
package org.espalier.inference.convolution;

import org.jspecify.annotations.NullMarked;
