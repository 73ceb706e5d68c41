/** A {@link org.espalier.generator.ir.Program} in, the same with a place in memory for every value out. */
@NullMarked
package org.espalier.generator.plan;

import org.jspecify.annotations.NullMarked;
