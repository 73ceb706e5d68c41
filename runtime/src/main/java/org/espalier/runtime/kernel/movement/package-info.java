/** Movement of elements without arithmetic: permutations, slices, padding, upsampling. */
@NullMarked
package org.espalier.runtime.kernel.movement;

import org.jspecify.annotations.NullMarked;
