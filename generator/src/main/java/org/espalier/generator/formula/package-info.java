/**
 * A scalar expression of a user-defined penalty in, the same simplified, differentiated and with its kinks out. Knows
 * neither where it was written nor what it will be printed as.
 */
@NullMarked
package org.espalier.generator.formula;

import org.jspecify.annotations.NullMarked;
