/** Element-wise functions, and softmax. */
@NullMarked
package org.espalier.generator.layer.activation;

import org.jspecify.annotations.NullMarked;
