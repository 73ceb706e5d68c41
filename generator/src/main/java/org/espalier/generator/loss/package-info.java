/** Losses: what they take, and their gradients. */
@NullMarked
package org.espalier.generator.loss;

import org.jspecify.annotations.NullMarked;
