/**
 * Forward passes of all other operations: element-wise formulas, pools, reductions, normalization, recurrences,
 * movement.
 */
@NullMarked
package org.espalier.inference.forward;

import org.jspecify.annotations.NullMarked;
