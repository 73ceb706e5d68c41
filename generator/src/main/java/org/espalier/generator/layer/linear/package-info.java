/** Fully connected layers. */
@NullMarked
package org.espalier.generator.layer.linear;

import org.jspecify.annotations.NullMarked;
