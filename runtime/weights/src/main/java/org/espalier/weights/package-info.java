/** Files: tensors by name go to safetensors files and come back checked; a file is either complete or not there. */
@NullMarked
package org.espalier.weights;

import org.jspecify.annotations.NullMarked;
