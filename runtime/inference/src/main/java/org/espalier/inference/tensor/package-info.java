/** Tensors on arrays of the JVM, and the loops and intermediate arrays that kernels share. */
@NullMarked
package org.espalier.inference.tensor;

import org.jspecify.annotations.NullMarked;
