/** Activation functions of arrays, in single precision. The runtime on ND4J computes its own by these. */
@NullMarked
package org.espalier.inference.curve;

import org.jspecify.annotations.NullMarked;
