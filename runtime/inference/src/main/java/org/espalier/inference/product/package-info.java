/** Products of matrices, tile by tile, by the Vector API where the JVM has it. */
@NullMarked
package org.espalier.inference.product;

import org.jspecify.annotations.NullMarked;
