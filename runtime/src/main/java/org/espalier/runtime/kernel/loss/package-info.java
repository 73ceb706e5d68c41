/** Losses: predictions and targets come in, the value and the gradient by the predictions go out. */
@NullMarked
package org.espalier.runtime.kernel.loss;

import org.jspecify.annotations.NullMarked;
