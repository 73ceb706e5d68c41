/** NumPy's files: NPY, an array, and NPZ, arrays by their names, read and written. */
@NullMarked
package org.espalier.weights.npy;

import org.jspecify.annotations.NullMarked;
