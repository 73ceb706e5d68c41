/**
 * The kernels of each backend behind one interface: a call on arrays comes in, and goes to the kernels for the memory
 * and the precision that the arrays are of.
 */
@NullMarked
package org.espalier.runtime.kernel.backend;

import org.jspecify.annotations.NullMarked;
