/**
 * Regularizers: terms with their factors come in, values and gradients of penalties and entries of the ledger go out.
 */
@NullMarked
package org.espalier.runtime.optim.regularizer;

import org.jspecify.annotations.NullMarked;
