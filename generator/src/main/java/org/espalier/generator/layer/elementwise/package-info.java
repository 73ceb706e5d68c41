/** Arithmetic of tensors, element by element. */
@NullMarked
package org.espalier.generator.layer.elementwise;

import org.jspecify.annotations.NullMarked;
