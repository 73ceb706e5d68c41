/**
 * Element-wise kernels and the epilogues of others: formulas and operands come in, one pass over memory goes out. The
 * loops over floats that inference classes compute too are those of
 * {@link org.espalier.inference.curve.ActivationCurves}.
 */
@NullMarked
package org.espalier.runtime.kernel.elementwise;

import org.jspecify.annotations.NullMarked;
