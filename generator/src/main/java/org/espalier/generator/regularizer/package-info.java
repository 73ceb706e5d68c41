/** Defines the regularizers of the language, their sums and their multiples. */
@NullMarked
package org.espalier.generator.regularizer;

import org.jspecify.annotations.NullMarked;
