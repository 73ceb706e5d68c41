/** Writes blocks and networks in the language, as one would by hand, and finds where each weight then is. */
@NullMarked
package org.espalier.onnx.text;

import org.jspecify.annotations.NullMarked;
