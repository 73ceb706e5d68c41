/** Losses. */
@NullMarked
package org.espalier.generator.layer.loss;

import org.jspecify.annotations.NullMarked;
