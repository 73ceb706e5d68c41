/** Matrix products and linear layers; the one door to the BLAS. */
@NullMarked
package org.espalier.runtime.kernel.product;

import org.jspecify.annotations.NullMarked;
