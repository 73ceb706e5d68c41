/** Upsampling and padding, which windows use too: each element of the result is one of the operand or a constant. */
@NullMarked
package org.espalier.generator.layer.spread;

import org.jspecify.annotations.NullMarked;
