/** What moves elements about: flattening, concatenation, upsampling and padding. */
@NullMarked
package org.espalier.generator.layer.shape;

import org.jspecify.annotations.NullMarked;
