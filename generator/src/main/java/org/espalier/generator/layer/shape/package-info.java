/**
 * Layers that move elements about: other shapes, other orders of axes, slices and concatenation, upsampling and
 * padding.
 */
@NullMarked
package org.espalier.generator.layer.shape;

import org.jspecify.annotations.NullMarked;
