/** Inference classes of networks: a planned forward pass in, Java that needs {@code espalier-inference} alone out. */
@NullMarked
package org.espalier.generator.target.inference;

import org.jspecify.annotations.NullMarked;
