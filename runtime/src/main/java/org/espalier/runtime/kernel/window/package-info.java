/** The geometry of sliding windows: sizes come in, the elements of the input that each output sees go out. */
@NullMarked
package org.espalier.runtime.kernel.window;

import org.jspecify.annotations.NullMarked;
