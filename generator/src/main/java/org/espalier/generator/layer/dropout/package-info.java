/** Dropout of elements and of channels. */
@NullMarked
package org.espalier.generator.layer.dropout;

import org.jspecify.annotations.NullMarked;
