/** Matrix products come in from the kernels, and OpenBLAS computes them. */
@NullMarked
package org.espalier.runtime.cpu;

import org.jspecify.annotations.NullMarked;
