/** Layers that read a sequence from its beginning to its end, and remember. */
@NullMarked
package org.espalier.generator.layer.recurrent;

import org.jspecify.annotations.NullMarked;
