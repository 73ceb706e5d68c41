/**
 * The arithmetic of networks: arrays come in, the arrays given for the results go out filled; the one door to ND4J and
 * to the BLAS.
 */
@NullMarked
package org.espalier.runtime.kernel;

import org.jspecify.annotations.NullMarked;
