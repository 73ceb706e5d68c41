/**
 * The kernels that generated classes call: arrays come in, the arrays given for the results go out filled. The rooms
 * below have the arithmetic, in single precision and, for reference, in double.
 */
@NullMarked
package org.espalier.runtime.kernel;

import org.jspecify.annotations.NullMarked;
