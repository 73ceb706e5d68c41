/**
 * Arrays of NumPy: NPY and NPZ files come in, checked ahead of their numbers; arrays, and examples read from disk row
 * by row, go out.
 */
@NullMarked
package org.espalier.runtime.data.npy;

import org.jspecify.annotations.NullMarked;
