/**
 * What a generated class extends and what its users hold: arrays of examples come in, predictions, gradients and
 * reports of training steps go out.
 */
@NullMarked
package org.espalier.runtime;

import org.jspecify.annotations.NullMarked;
