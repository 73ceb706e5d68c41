/** Element-wise kernels and the epilogues of others: formulas and operands come in, one pass over memory goes out. */
@NullMarked
package org.espalier.runtime.kernel.elementwise;

import org.jspecify.annotations.NullMarked;
