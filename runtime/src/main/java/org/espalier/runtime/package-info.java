/**
 * Networks as their users hold them, and the class that generated ones extend: arrays of examples come in, predictions,
 * gradients and reports of training steps go out.
 */
@NullMarked
package org.espalier.runtime;

import org.jspecify.annotations.NullMarked;
