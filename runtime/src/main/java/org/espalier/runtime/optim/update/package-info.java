/**
 * The fused update: parameters, gradients, optimizer and regularizers come in; updated parameters and the penalties'
 * ledger go out, in one pass over memory.
 */
@NullMarked
package org.espalier.runtime.optim.update;

import org.jspecify.annotations.NullMarked;
