/** Defines the optimizers of the language. */
@NullMarked
package org.espalier.generator.optimizer;

import org.jspecify.annotations.NullMarked;
