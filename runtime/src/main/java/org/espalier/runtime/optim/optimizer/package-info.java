/** Optimizers: settings come in, the arithmetic by which a block of weights follows its gradient goes out. */
@NullMarked
package org.espalier.runtime.optim.optimizer;

import org.jspecify.annotations.NullMarked;
