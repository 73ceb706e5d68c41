/** Penalties on what layers compute. */
@NullMarked
package org.espalier.generator.layer.regularization;

import org.jspecify.annotations.NullMarked;
