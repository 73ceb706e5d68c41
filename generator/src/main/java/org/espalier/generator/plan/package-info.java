/**
 * A {@link org.espalier.generator.ir.Program} in, the same with neighbours in one pass, and with a place in memory for
 * every value that is stored, out.
 */
@NullMarked
package org.espalier.generator.plan;

import org.jspecify.annotations.NullMarked;
