/** Layers that compare two tensors. */
@NullMarked
package org.espalier.generator.layer.similarity;

import org.jspecify.annotations.NullMarked;
