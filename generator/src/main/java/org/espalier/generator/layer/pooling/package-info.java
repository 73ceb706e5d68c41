/** Pools of images. */
@NullMarked
package org.espalier.generator.layer.pooling;

import org.jspecify.annotations.NullMarked;
