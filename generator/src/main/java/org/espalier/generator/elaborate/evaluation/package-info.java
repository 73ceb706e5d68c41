/** Evaluates expressions and bodies: resolves names, applies blocks as compile-time functions, reads formulas. */
@NullMarked
package org.espalier.generator.elaborate.evaluation;

import org.jspecify.annotations.NullMarked;
