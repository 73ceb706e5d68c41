/** Layers that make vectors of whole numbers. */
@NullMarked
package org.espalier.generator.layer.embedding;

import org.jspecify.annotations.NullMarked;
