/** Convolutions and transposed convolutions. */
@NullMarked
package org.espalier.generator.layer.convolution;

import org.jspecify.annotations.NullMarked;
