/**
 * A {@link org.espalier.generator.ir.Graph} in, the same with its backward pass out, as a
 * {@link org.espalier.generator.ir.Program} without memory.
 */
@NullMarked
package org.espalier.generator.autodiff;

import org.jspecify.annotations.NullMarked;
