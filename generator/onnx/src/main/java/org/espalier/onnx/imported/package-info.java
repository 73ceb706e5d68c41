/** Operations of an imported network: a model in the words of the language, before they are grouped and written. */
@NullMarked
package org.espalier.onnx.imported;

import org.jspecify.annotations.NullMarked;
